"""Why an expected document does not come first, put together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from rca_search.insight.answer import Answering
from rca_search.insight.rankings import Supposed
from rca_search.insight.why_not.changes import Trials, filtered_by
from rca_search.insight.why_not.comparison import (
    Asking,
    Named,
    QuestionWords,
    Stand,
    contributions,
    named_differences,
    place_of,
    shifts,
)
from rca_search.models import Barrier, Change, FirstHit, Freshness, Ground, KeptOut, Shift, Verdict, WhyNot
from rca_search.ranking.calibration import KindCalibration

_LEAST = 1e-6
"""Probabilities are rounded to six digits, so that odds are taken of this at least."""


# No slots: what is worked out once is kept in the instance.
@dataclass(frozen=True)
class Explanation:
    """One question looked at for a document that exists for its answer."""

    asking: Asking

    def told(self, freshness: Freshness) -> WhyNot:
        """Say where the document stands, what counts for and against it, and what it would have taken."""
        catalogue, ordinal = self.asking.library.snapshot.catalogue, self.asking.ordinal
        named, first = self._named, self._first
        present, missing = named.get(Ground.WORDS, ((), ()))
        is_filtered = any(each.barrier is not Barrier.CANDIDATES for each in self._kept_out_by)
        return WhyNot(
            document=catalogue.ids[ordinal],
            kind=self.asking.kind,
            freshness=freshness,
            place=self._place,
            of=len(self._answer.ranked(self.asking.kind).documents),
            kept_out_by=self._kept_out_by,
            title=catalogue.titles[ordinal],
            path=catalogue.paths[ordinal],
            likelihood=self._now.likelihood,
            by_text=self._now.by_text,
            verdict=self._now.verdict,
            first=self._first_hit,
            contributions=contributions(self._models, self._now.row, first.row if first else None, named),
            shifts=self._shifts,
            missing_terms=missing,
            present_terms=present,
            lacking_terms=self._words.lacked_by(ordinal),
            would_take=self._would_take(is_filtered=is_filtered),
            all_words=None if is_filtered else self._trials.all_words(),
            short_of_first=self._short_of(first.likelihood.probability) if first else None,
            short_of_possible=self._short_of_possible(),
            question_lacks=self._answer.judge.missing,
            calibrated=self._answer.judge.is_calibrated(self.asking.kind),
        )

    @cached_property
    def _answer(self) -> Answering:
        """The answer as everybody gets it."""
        return self.asking.ask()

    @cached_property
    def _scored(self) -> Answering:
        """The answer in which the document is scored, although no retriever may bring it in."""
        if self.asking.ordinal in self._answer.reference(self.asking.kind).documents:
            return self._answer
        return self.asking.ask(supposed=Supposed(self.asking.ordinal))

    @property
    def _models(self) -> KindCalibration:
        return self._answer.judge.models(self.asking.kind)

    @cached_property
    def _place(self) -> int | None:
        return place_of(self._answer, self.asking.kind, self.asking.ordinal)

    @cached_property
    def _now(self) -> Stand:
        return self.asking.stand(self._scored)

    @cached_property
    def _best(self) -> int | None:
        """The hit in first place."""
        found = self._answer.ranked(self.asking.kind).documents
        return int(found[0]) if len(found) else None

    @cached_property
    def _first(self) -> Stand | None:
        return None if self._best is None else self.asking.stand(self._answer, self._best)

    @cached_property
    def _words(self) -> QuestionWords:
        return QuestionWords(self.asking.library, self._answer.retrieval)

    @cached_property
    def _named(self) -> Named:
        return {} if self._best is None else named_differences(self._words, self.asking.ordinal, self._best)

    @cached_property
    def _trials(self) -> Trials:
        return Trials(self.asking, self._scored, self._words, self._now, self._first)

    @cached_property
    def _kept_out_by(self) -> tuple[KeptOut, ...]:
        snapshot, query = self.asking.library.snapshot, self.asking.query
        filtered = filtered_by(snapshot, query.filter, self.asking.ordinal)
        if filtered or self._place is not None:
            return filtered
        return (KeptOut(Barrier.CANDIDATES),)

    @property
    def _first_hit(self) -> FirstHit | None:
        if self._first is None or self._best is None:
            return None
        catalogue, first = self.asking.library.snapshot.catalogue, self._first
        return FirstHit(
            catalogue.ids[self._best],
            catalogue.titles[self._best],
            catalogue.paths[self._best],
            first.likelihood,
            first.by_text,
            first.verdict,
        )

    @property
    def _shifts(self) -> tuple[Shift, ...]:
        if self._place is None:
            return ()
        return shifts(self._answer.ranked(self.asking.kind), self._place)

    def _would_take(self, *, is_filtered: bool) -> tuple[Change, ...]:
        if is_filtered:
            return self._trials.let_in(self._kept_out_by)
        return (*self._trials.text(), *self._trials.question())

    def _short_of_possible(self) -> float | None:
        if self._now.verdict.found or self._now.verdict is Verdict.TOO_THIN:
            return None
        cut = self._models.cut(self.asking.query.precision)
        return self._short_of(min(cut.likely, self._models.possible))

    def _short_of(self, probability: float) -> float | None:
        """Return the log odds between the document's probability and a higher one, None where it is none."""
        gap = _log_odds(probability) - _log_odds(self._now.likelihood.probability)
        return round(gap, 6) if gap > 0 else None


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1.0 - _LEAST)
    return math.log(bounded / (1.0 - bounded))
