"""The signatures of incidents, made of what the staged version holds: no text is encoded or read again.

Words and spelling are sketched: each term is added to or taken from one of a few hundred columns, as its hash
says, so that the product of two sketches estimates that of the whole vectors (Weinberger et al., "Feature
hashing for large scale multitask learning", ICML 2009). The hash depends on the term alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.families.signatures import Signatures
from rca_search.models import Role

SKETCH = 512
"""Columns of a sketch."""

_UNSAID = frozenset({Role.RELATED, Role.ACTIONS, Role.LESSONS})
"""Sections that say nothing of what was seen or done; they are where templates repeat themselves most."""

_SYMPTOM = frozenset({Role.TITLE, Role.SUMMARY, Role.SYMPTOM, Role.IMPACT, Role.DETECTION})
_CAUSE = frozenset({Role.CAUSE, Role.DIAGNOSIS, Role.RESOLUTION})
_TITLE = frozenset({Role.TITLE})

_WHOLE = 64
"""What frequencies are multiplied with before rounding, so that sums of them are exact."""

_FINE = 4096
"""Likewise for the values of vectors."""

_AT_ONCE = 4096
"""Chunks whose vectors are held at once."""

Sums = NDArray[np.float64]


def make_signatures(snapshot: Snapshot, incidents: Sequence[int]) -> Signatures:
    """Return the signatures of the documents at ``incidents``, in that order."""
    rows = [row for ordinal in incidents for row in snapshot.chunks_of(ordinal)]
    owners = np.repeat(np.arange(len(incidents)), [len(snapshot.chunks_of(ordinal)) for ordinal in incidents])
    chunks = _Chunks(np.asarray(rows, dtype=np.int32), owners, _roles(snapshot, incidents), len(incidents))
    told = chunks.of(frozenset(Role) - _UNSAID)
    symptom, cause, title = (chunks.of(roles, told) for roles in (_SYMPTOM, _CAUSE, _TITLE))
    meanings = _meanings(snapshot, chunks, {"told": told, "symptom": symptom, "cause": cause, "title": title})
    words = _words(snapshot, chunks, told)
    return Signatures.of({**meanings, "words": words, "spelling": _spelling(snapshot, incidents)})


class _Chunks:
    """The chunks of all incidents, each with its incident's place and its role."""

    def __init__(
        self, rows: NDArray[np.int32], owners: NDArray[np.intp], roles: Sequence[Role], count: int
    ) -> None:
        self.rows = rows
        self.owners = owners
        self.count = count
        self._roles = roles

    def of(self, roles: frozenset[Role], otherwise: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Flag chunks of ``roles``; of an incident without, ``otherwise``, or else all of its chunks."""
        chosen = np.fromiter((role in roles for role in self._roles), dtype=np.bool_, count=len(self._roles))
        lacking = np.bincount(self.owners[chosen], minlength=self.count) == 0
        fallback = np.ones_like(chosen) if otherwise is None else otherwise
        flags: NDArray[np.bool_] = chosen | (lacking[self.owners] & fallback)
        return flags


def _roles(snapshot: Snapshot, incidents: Iterable[int]) -> list[Role]:
    return [
        Role(json.loads(line)["role"])
        for ordinal in incidents
        for line in snapshot.chunk_lines(snapshot.chunks_of(ordinal))
    ]


def _meanings(snapshot: Snapshot, chunks: _Chunks, chosen: dict[str, NDArray[np.bool_]]) -> dict[str, Sums]:
    """Return for each incident the sum of the vectors of its chosen chunks."""
    sums = {name: np.zeros((chunks.count, snapshot.store.dimension)) for name in chosen}
    for start in range(0, len(chunks.rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        vectors = np.rint(snapshot.store.vectors(chunks.rows[part]).astype(np.float64) * _FINE)
        for name, flags in chosen.items():
            np.add.at(sums[name], chunks.owners[part][flags[part]], vectors[flags[part]])
    return sums


def _words(snapshot: Snapshot, chunks: _Chunks, told: NDArray[np.bool_]) -> Sums:
    """Return a sketch of the terms of each incident; a term that stands n times counts 1 + ln n times."""
    postings = snapshot.lexical.postings
    places = np.full(len(snapshot.chunk_documents), -1, dtype=np.int64)
    places[chunks.rows[told]] = chunks.owners[told]
    owners = places[postings.chunks]
    terms = np.repeat(np.arange(len(postings.vocabulary)), np.diff(postings.indptr))
    kept = owners >= 0
    pairs, where = np.unique(owners[kept] * len(postings.vocabulary) + terms[kept], return_inverse=True)
    counts = np.bincount(where, weights=postings.counts[kept], minlength=len(pairs))
    hashes = np.fromiter(
        (_hash(postings.vocabulary.term(number)) for number in range(len(postings.vocabulary))),
        dtype=np.uint64,
        count=len(postings.vocabulary),
    )
    found = hashes[pairs % len(postings.vocabulary)]
    return _sketch(found, pairs // len(postings.vocabulary), 1.0 + np.log(counts), chunks.count)


def _spelling(snapshot: Snapshot, incidents: Sequence[int]) -> Sums:
    """Return a sketch of the runs of characters of each incident, of its whole text."""
    places = np.full(len(snapshot.catalogue), -1, dtype=np.int64)
    places[list(incidents)] = np.arange(len(incidents))
    sums = np.zeros((len(incidents), SKETCH))
    for keys, documents, frequencies in snapshot.ngrams.entries():
        owners = places[documents]
        kept = owners >= 0
        sums += _sketch(
            _mixed(keys[kept]), owners[kept], frequencies[kept].astype(np.float64), len(incidents)
        )
    return sums


def _sketch(hashes: NDArray[np.uint64], owners: NDArray[np.int64], gains: Sums, count: int) -> Sums:
    columns = (hashes % np.uint64(SKETCH)).astype(np.int64)
    signs = np.where((hashes >> np.uint64(40)) & np.uint64(1), 1.0, -1.0)
    sums = np.bincount(
        owners * SKETCH + columns, weights=signs * np.rint(gains * _WHOLE), minlength=count * SKETCH
    )
    return sums.astype(np.float64).reshape(count, SKETCH)


def _hash(term: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )


def _mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return ``keys`` with their bits mixed, by the finaliser of MurmurHash3 (Appleby, 2011)."""
    with np.errstate(over="ignore"):
        mixed = (keys ^ (keys >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        return mixed ^ (mixed >> np.uint64(33))
