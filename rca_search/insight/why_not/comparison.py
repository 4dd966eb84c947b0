"""What speaks for and against a document beside the first hit, ground by ground."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rca_search.insight.why_not.words import QuestionWords, wholes
from rca_search.models import Contribution, FeatureShare, Ground, Shift
from rca_search.ranking import grounds
from rca_search.ranking.calibration import KindCalibration
from rca_search.ranking.features import SIGNS
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked

Named = Mapping[Ground, tuple[tuple[str, ...], tuple[str, ...]]]
"""What can be named of a ground: what only the document has, and what only the first hit has."""


def contributions(
    models: KindCalibration, own: Floats, first: Floats | None, named: Named
) -> tuple[Contribution, ...]:
    """Return what each ground adds to the log odds of the document, and of the first hit if there is one."""
    features = list(_features(models, own, first))
    base = grounds.base_log_odds(models)
    return tuple(_contribution(ground, features, base, named) for ground in Ground)


def named_differences(words: QuestionWords, own: int, first: int) -> Named:
    """Return what of the question, by ground, only one of two documents has."""
    return {
        Ground.WORDS: _apart(words.telling(words.said_by(own)), words.telling(words.said_by(first))),
        Ground.TITLE: _apart(words.in_title_of(own), words.in_title_of(first)),
        Ground.SERVICE: _apart(words.services_of(own), words.services_of(first)),
    }


def shifts(ranked: Ranked, place: int) -> tuple[Shift, ...]:
    """Return what besides the text moved the hit at ``place``, from 1, or the first hit."""
    moved = ((name, float(added[place - 1]), float(added[0])) for name, added in ranked.additions.items())
    return tuple(Shift(name, round(own, 6), round(first, 6)) for name, own, first in moved if own or first)


def _features(models: KindCalibration, own: Floats, first: Floats | None) -> Iterator[FeatureShare]:
    worth = grounds.log_odds(models, own).tolist()
    beside = [None] * len(own) if first is None else grounds.log_odds(models, first).tolist()
    values = [None] * len(own) if first is None else first.tolist()
    for name, value, other, log_odds, first_log_odds in zip(
        SIGNS, own.tolist(), values, worth, beside, strict=True
    ):
        yield FeatureShare(
            name, round(value, 6), _rounded(other), round(log_odds, 6), _rounded(first_log_odds)
        )


def _contribution(
    ground: Ground, features: Sequence[FeatureShare], base: float, named: Named
) -> Contribution:
    parts = tuple(each for each in features if grounds.GROUNDS[each.name] is ground)
    # What every document starts from belongs to what the question alone says.
    start = base if ground is Ground.QUESTION else 0.0
    beside = [each.first_log_odds for each in parts if each.first_log_odds is not None]
    only_it, only_first = named.get(ground, ((), ()))
    return Contribution(
        ground=ground,
        log_odds=round(start + sum(each.log_odds for each in parts), 6),
        first_log_odds=round(start + sum(beside), 6) if len(beside) == len(parts) else None,
        only_it=only_it,
        only_first=only_first,
        features=parts,
    )


def _apart(one: Sequence[str], other: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what only the one has, and what only the other has."""
    return wholes(each for each in one if each not in other), wholes(
        each for each in other if each not in one
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
