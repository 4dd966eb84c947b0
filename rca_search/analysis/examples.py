"""Questions of known outcome, asked so that a calibration can be fitted to what the answers look like."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.evaluation.dataset import JudgedQuery
from rca_search.models import Kind, Query
from rca_search.ranking.calibration import JUDGED
from rca_search.ranking.features import SIGNS
from rca_search.ranking.fusion import Floats
from rca_search.service import SearchService

SMALL_CORPORA = (20, 100)
"""Documents of the smaller corpora that questions are asked over as well."""

PRESENT, REMOVED = "present", "removed"
SMALLER, FOREIGN, OFF_TOPIC, COPIED = "smaller", "foreign", "off topic", "copied"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One question over one view: the features of its best hits (hits, features) and their grades.

    ``present`` is the highest grade that was on record at all, 0 where nothing was. ``group`` is what is left
    out together when the fit is checked, ``name`` the set, ``sort`` how the question was asked.
    """

    kind: Kind
    name: str
    sort: str
    group: str
    question: str
    rows: Floats
    grades: tuple[int, ...]
    present: int
    hits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where questions are asked: an index, the kind of document wanted, and the name of the set."""

    service: SearchService
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged question, what does not exist for it, and the group it belongs to."""

    query: JudgedQuery
    group: str
    as_of: dt.date | None = None
    hidden: tuple[str, ...] = ()


def ask(
    source: Source, asked: Asked, sort: str, *, relevant: dict[str, int], exclude: Sequence[str]
) -> Example:
    """Ask one question with the documents ``exclude`` left out; ``relevant`` grades what is on record."""
    query = Query(asked.query.text, as_of=asked.as_of, exclude=tuple(exclude))
    found = source.service.features(query, source.kind, depth=JUDGED)
    names = tuple(name for name, _ in found)
    rows = np.asarray([row for _, row in found], dtype=np.float64).reshape(len(found), len(SIGNS))
    return Example(
        kind=source.kind,
        name=source.name,
        sort=sort,
        group=asked.group,
        question=asked.query.id,
        rows=rows,
        grades=tuple(relevant.get(name, 0) for name in names),
        present=max(relevant.values(), default=0),
        hits=names,
    )


def present_and_removed(source: Source, asked: Asked) -> tuple[Example, Example]:
    """Ask a judged question as it is, and with everything that it is judged to find left out."""
    own, relevant = judgements(source.service, asked.query)
    without = [*own, *asked.hidden]
    return (
        ask(source, asked, PRESENT, relevant=relevant, exclude=without),
        ask(source, asked, REMOVED, relevant={}, exclude=[*without, *relevant]),
    )


def in_smaller_corpora(source: Source, asked: Asked) -> Iterator[Example]:
    """Ask a judged question over few documents drawn by its id, what it is to find among them or not."""
    own, relevant = judgements(source.service, asked.query)
    snapshot = source.service.snapshot
    others = [name for name in snapshot.catalogue.ids if name not in relevant and name not in own]
    generator = np.random.default_rng(zlib.crc32(asked.query.id.encode()))
    for size in SMALL_CORPORA:
        kept = set(generator.choice(len(others), min(size, len(others)), replace=False).tolist())
        left_out = [*own, *(name for place, name in enumerate(others) if place not in kept)]
        yield ask(source, asked, SMALLER, relevant=relevant, exclude=left_out)
        yield ask(source, asked, SMALLER, relevant={}, exclude=[*left_out, *relevant])


def judgements(service: SearchService, query: JudgedQuery) -> tuple[list[str], dict[str, int]]:
    """Return the question's own document, if any, and the grades of the others that the index has, by id."""
    own = service.find(query.own) if query.own is not None else None
    relevant: dict[str, int] = {}
    for name, grade in query.relevant.items():
        document = service.find(name)
        if document is not None and document != own:
            relevant[document] = max(grade, relevant.get(document, 0))
    return [own] if own is not None else [], relevant
