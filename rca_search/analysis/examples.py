"""Questions of known outcome, asked so that a calibration can be fitted to what the answers look like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.evaluation.dataset import JudgedQuery
from rca_search.models import Kind, Query
from rca_search.ranking.calibration import JUDGED
from rca_search.ranking.features import MONOTONE_CONSTRAINTS
from rca_search.ranking.fusion import Floats
from rca_search.service import SearchService

PRESENT, NOTHING = "present", "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One question over one view: the features of its best hits (hits, features) and their grades.

    A grade is None where nobody judged the hit. ``group`` is what is left out together when the fit is
    checked, ``name`` the set, ``sort`` how the question was asked, ``style`` how it is written, ``weight``
    how much it counts in a fit.
    """

    kind: Kind
    name: str
    sort: str
    group: str
    question: str
    rows: Floats
    grades: tuple[int | None, ...]
    hits: tuple[str, ...] = ()
    style: str = ""
    weight: float = 1.0

    def order(self, log_odds: Floats) -> list[int]:
        """Return the places of the hits as shown: incidents by ``log_odds``, runbooks as found."""
        if self.kind is Kind.RUNBOOK:
            return list(range(len(log_odds)))
        return [int(place) for place in np.argsort(-log_odds, kind="stable")]


@dataclass(frozen=True, slots=True)
class Source:
    """Where questions are asked: an index, the kind of document wanted, and the name of the set."""

    service: SearchService
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A judged question, what does not exist for it, and the group it belongs to."""

    query: JudgedQuery
    group: str
    as_of: dt.date | None = None
    hidden: tuple[str, ...] = ()


def ask(
    source: Source,
    asked: Trial,
    sort: str,
    *,
    grades: Mapping[str, int],
    exclude: Sequence[str],
    unjudged: int | None = None,
) -> Example:
    """Ask one question with the documents ``exclude`` left out; a hit without a grade has ``unjudged``."""
    query = Query(asked.query.text, as_of=asked.as_of, exclude=tuple(exclude))
    found = source.service.features(query, source.kind, depth=JUDGED)
    names = tuple(name for name, _ in found)
    rows = np.asarray([row for _, row in found], dtype=np.float64).reshape(
        len(found), len(MONOTONE_CONSTRAINTS)
    )
    return Example(
        kind=source.kind,
        name=source.name,
        sort=sort,
        group=asked.group,
        question=asked.query.id,
        rows=rows,
        grades=tuple(grades.get(name, unjudged) for name in names),
        hits=names,
        style=str(asked.query.metadata.get("style", "")),
    )
