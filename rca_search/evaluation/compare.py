"""Two runs over the same questions, question by question."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.intervals import SEED, Difference, paired
from rca_search.evaluation.run import MEASURES, QueryOutcome

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class FormerOutcome:
    """A question of a former run; ``digest`` is that of its text and judgements."""

    digest: str
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class FormerRun:
    """A run that ``eval ... --outcomes`` wrote."""

    version: str
    outcomes: Mapping[str, FormerOutcome]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each measure now less before, over the ``queries`` questions that both runs asked alike.

    ``altered`` questions have another text or other judgements now; ``only_before`` and ``only_now`` were
    asked in one of the runs. None of these count.
    """

    version: str
    queries: int
    altered: int
    only_before: int
    only_now: int
    changes: Mapping[str, Difference]


def digest(query: JudgedQuery) -> str:
    """Return what tells a question from one of the same id with another text or other judgements."""
    body = json.dumps([query.text, sorted(query.relevant.items()), query.own], ensure_ascii=True)
    return hashlib.sha256(body.encode()).hexdigest()[:_DIGITS]


def load_former(path: Path) -> FormerRun:
    """Read what ``eval ... --outcomes`` wrote; raises InvalidRequestError on anything else."""
    try:
        body = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{path} cannot be read: {error}.") from error
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InvalidRequestError(f"{path}:{line} is not JSON ({error}).") from error
    try:
        outcomes = {entry["id"]: _former(entry) for entry in body["outcomes"]}
        return FormerRun(str(body["index_version"]), outcomes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidRequestError(
            f"{path} holds no outcome of each question.",
            remedy="Write it with: rca-search eval questions ... --outcomes > scores.json",
        ) from error


def compare(
    former: FormerRun, outcomes: Sequence[QueryOutcome], queries: Sequence[JudgedQuery], *, seed: int = SEED
) -> Comparison:
    """Pair ``outcomes`` with those of ``former``; measures that one of them lacks are left out.

    Raises InvalidRequestError where no question was asked alike in both.
    """
    digests = {query.id: digest(query) for query in queries}
    known = [outcome for outcome in outcomes if outcome.query_id in former.outcomes]
    alike = [one for one in known if former.outcomes[one.query_id].digest == digests[one.query_id]]
    if not alike:
        raise InvalidRequestError(
            "Not one question is the same in both runs.", remedy="Compare runs over the same set."
        )
    before = [former.outcomes[one.query_id].measures for one in alike]
    names = [name for name in MEASURES if all(name in measures for measures in before)]
    changes = paired(
        [[one.measures[name] for name in names] for one in alike],
        [[measures[name] for name in names] for measures in before],
        seed=seed,
    )
    return Comparison(
        version=former.version,
        queries=len(alike),
        altered=len(known) - len(alike),
        only_before=len(former.outcomes.keys() - {one.query_id for one in outcomes}),
        only_now=len(outcomes) - len(known),
        changes=dict(zip(names, changes, strict=True)),
    )


def _former(entry: Mapping[str, object]) -> FormerOutcome:
    measures = entry["measures"]
    if not isinstance(measures, dict) or not all(map(_is_measure, measures.values())):
        raise TypeError("measures are numbers from 0 to 1")
    return FormerOutcome(str(entry["digest"]), {str(name): float(value) for name, value in measures.items()})


def _is_measure(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1
