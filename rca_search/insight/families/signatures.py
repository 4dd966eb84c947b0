"""A short vector of whole numbers for each incident, of which the likeness of two incidents is computed.

A signature has parts side by side, each of length ``SCALE`` but for rounding: meanings (title, symptom,
cause, all that is told) and sketches of words and of spelling. Because every value is a whole number and
small, sums and products of them are exact in floating point, in whatever order they are taken: a likeness
does not depend, not even in its last bit, on what else is compared at the same time.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Role

PARTS = ("title", "symptom", "cause", "told", "words", "spelling")
"""The parts of a signature in their order."""

SCALE = 256
"""Length of each part: a product of two is at most ``SCALE`` squared, which a 32-bit float holds exactly."""

_LARGEST = np.iinfo(np.int8).max

Whole = NDArray[np.int8]
Products = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Signatures (incidents, width), one row each; ``bounds`` are the columns of each part."""

    rows: Whole
    bounds: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, parts: Mapping[str, NDArray[np.float64]]) -> Signatures:
        """Join ``parts``, each (incidents, own width), brought to length ``SCALE`` and rounded."""
        bounds: dict[str, tuple[int, int]] = {}
        start = 0
        for name in PARTS:
            bounds[name] = (start, start + parts[name].shape[1])
            start = bounds[name][1]
        return cls(np.concatenate([_rounded(parts[name]) for name in PARTS], axis=1), bounds)

    @classmethod
    def open(cls, content: bytes, bounds: Mapping[str, tuple[int, int]]) -> Signatures:
        """Read what ``to_bytes`` gave; raises IndexCorruptError where it does not fit ``bounds``."""
        try:
            rows = np.load(io.BytesIO(content), allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise IndexCorruptError("Signatures cannot be read.", remedy="Build the index again.") from error
        ends = [end for _, end in bounds.values()]
        if rows.dtype != np.int8 or rows.ndim != 2 or set(bounds) != set(PARTS) or max(ends) != rows.shape[1]:
            raise IndexCorruptError("Signatures do not fit.", remedy="Build the index again.")
        return cls(rows, bounds)

    def to_bytes(self) -> bytes:
        """Return the rows in NumPy's own format."""
        stream = io.BytesIO()
        np.save(stream, self.rows, allow_pickle=False)
        return stream.getvalue()

    def part(self, name: str, places: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return one part of the signatures at ``places``, (places, width of the part)."""
        first, end = self.bounds[name]
        return self.rows[places, first:end].astype(np.float32)

    def __len__(self) -> int:
        """Count the incidents."""
        return len(self.rows)


def products(one: NDArray[np.float32], other: NDArray[np.float32]) -> Products:
    """Return the exact products of two sets of signatures, (one, other); cosines times ``SCALE`` squared."""
    return (one @ other.T).astype(np.float64)


def _rounded(values: NDArray[np.float64]) -> Whole:
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
    unit = values / np.where(lengths > 0, lengths, 1.0)[:, None]
    return np.clip(np.rint(unit * SCALE), -_LARGEST, _LARGEST).astype(np.int8)


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
