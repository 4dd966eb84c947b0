"""What it would have taken: single changes, each tried by asking again or by judging the changed features."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.answer import Answering
from rca_search.insight.rankings import Supposed
from rca_search.insight.why_not.comparison import Asking, QuestionWords, Stand, place_of
from rca_search.models import Barrier, Change, ChangeKind, Filter, Ground, KeptOut, Kind, Query
from rca_search.ranking.filters import candidates
from rca_search.ranking.grounds import as_on

_FIELDS = (
    Barrier.KINDS,
    Barrier.SERVICES,
    Barrier.SEVERITIES,
    Barrier.TAGS,
    Barrier.SINCE,
    Barrier.UNTIL,
)


def hidden_by(snapshot: Snapshot, query: Query, ordinal: int) -> tuple[KeptOut, ...]:
    """Return what the caller named that makes the document not exist for the answer."""
    found = []
    date = snapshot.catalogue.dates[ordinal]
    if query.as_of is not None and date is not None and date > query.as_of:
        found.append(KeptOut(Barrier.AS_OF, (query.as_of.isoformat(),)))
    names = tuple(name for name in query.exclude if snapshot.ordinal(name) == ordinal)
    if names:
        found.append(KeptOut(Barrier.EXCLUDE, names))
    return tuple(found)


def filtered_by(snapshot: Snapshot, wanted: Filter, ordinal: int) -> tuple[KeptOut, ...]:
    """Return the fields of the filter that do not let the document through; no filter narrows runbooks."""
    if snapshot.catalogue.kinds[ordinal] is Kind.RUNBOOK:
        return ()
    return tuple(
        each for each in fields(wanted) if not candidates(snapshot.catalogue, _only(wanted, each))[ordinal]
    )


def fields(wanted: Filter) -> tuple[KeptOut, ...]:
    """Return the fields of the filter that narrow, each with what it wants."""
    narrowing = ((field, getattr(wanted, field.value)) for field in _FIELDS)
    return tuple(KeptOut(field, _spelled(value)) for field, value in narrowing if value)


def without(wanted: Filter, dropped: Iterable[KeptOut]) -> Filter:
    """Return the filter with some fields left open."""
    names = {each.barrier for each in dropped}
    return Filter(**{each.value: getattr(wanted, each.value) for each in _FIELDS if each not in names})


def _only(wanted: Filter, one: KeptOut) -> Filter:
    return without(wanted, [each for each in fields(wanted) if each != one])


def _spelled(value: object) -> tuple[str, ...]:
    if isinstance(value, dt.date):
        return (value.isoformat(),)
    return tuple(str(each) for each in value) if isinstance(value, tuple) else ()


_SWAPPED = tuple(ground for ground in Ground if ground not in (Ground.QUESTION, Ground.STANDING_OUT))
"""Grounds that could differ alone: how far a document stands out follows from the others."""


@dataclass(frozen=True)
class Trials:
    """Tries single changes on a document that stands as ``now`` in the answer ``answered``.

    ``first`` is the hit in first place, None where there is none.
    """

    asking: Asking
    answered: Answering
    words: QuestionWords
    now: Stand
    first: Stand | None

    def let_in(self, barriers: Sequence[KeptOut]) -> tuple[Change, ...]:
        """Return what would come of leaving out the fields of the filter that keep the document out."""
        found = self._unfiltered(barriers)
        return () if found is None else (found,)

    def text(self) -> tuple[Change, ...]:
        """Return the changes of the document that would put it first or make it at least "possible"."""
        tried = [*self._fewest_words, *self._grounds(), *self._link()]
        return tuple(change for change in tried if self._gains(change))

    def all_words(self) -> Change | None:
        """Return what would come of every word that it lacks, where more is wanted and that is not enough."""
        has_all = self.now.place == 1 and self.now.verdict.found
        if has_all or not self._lacked or self._gains(self._said(len(self._lacked))):
            return None
        return self._said(len(self._lacked))

    def question(self) -> tuple[Change, ...]:
        """Return the changes of how it was asked that would move the document up."""
        tried = [self._anew(ChangeKind.ABOUT, self._query.about, replace(self._query, about=()))]
        if self._query.votes and self.asking.library.shifts.any():
            tried.append(self._anew(ChangeKind.VOTES, ("votes",), replace(self._query, votes=False)))
        if self.asking.reranker is not None:
            name = self.asking.reranker.name
            tried.append(self._anew(ChangeKind.RERANK, (name,), self._query, reranked=False))
        if self.asking.kind is Kind.RUNBOOK:
            tried.append(self._unfiltered(fields(self._query.filter)))
        return tuple(each for each in tried if each is not None and self._moves_up(each))

    @property
    def _query(self) -> Query:
        return self.asking.query

    def _gains(self, change: Change) -> bool:
        already_first = self.now.place == 1 or (change.place is None and self._is_likelier(self.now))
        return (change.first and not already_first) or (change.verdict.found and not self.now.verdict.found)

    def _moves_up(self, change: Change) -> bool:
        return change.place is not None and (self.now.place is None or change.place < self.now.place)

    def _is_likelier(self, stand: Stand) -> bool:
        """Whether a document that stands so is likelier than the first hit."""
        return self.first is None or stand.likelihood.probability > self.first.likelihood.probability

    def _unfiltered(self, dropped: Sequence[KeptOut]) -> Change | None:
        """Return what would come of leaving some fields of the filter open."""
        left: Filter = without(self._query.filter, dropped)
        wanted = tuple(value for each in dropped for value in each.wanted)
        found = self._anew(ChangeKind.FILTER, wanted, replace(self._query, filter=left))
        return None if found is None else replace(found, fields=tuple(each.barrier for each in dropped))

    def _anew(
        self, kind: ChangeKind, subject: tuple[str, ...], query: Query, *, reranked: bool = True
    ) -> Change | None:
        """Ask without ``subject``; None where there is none, or the document would have no place then."""
        if not subject:
            return None
        answering = self.asking.ask(query, reranked=reranked)
        is_placed = place_of(answering, self.asking.kind, self.asking.ordinal) is not None
        return self._change(kind, subject, answering) if is_placed else None

    def _change(self, kind: ChangeKind, subject: tuple[str, ...], answering: Answering) -> Change:
        """Tell how the document stands in another answer that scored it."""
        stand = self.asking.stand(answering)
        return Change(kind, subject, stand.place, stand.likelihood, stand.verdict, first=stand.place == 1)

    def _grounds(self) -> Iterator[Change]:
        """Give the document, ground by ground, what the first hit has there."""
        if self.first is None or self.now.place == 1:
            return
        for ground in _SWAPPED:
            row = as_on(self.now.row, self.first.row, ground)
            stand = self.asking.judged(self.answered, self.now.place, row)
            if stand.likelihood.probability > self.now.likelihood.probability:
                yield Change(
                    ChangeKind.GROUND,
                    (ground.value,),
                    None,
                    stand.likelihood,
                    stand.verdict,
                    first=self._is_likelier(stand),
                )

    def _link(self) -> Iterator[Change]:
        """Suppose of a runbook that the best matched incident links to it."""
        matched = self.answered.ranked(Kind.INCIDENT).documents
        if self.asking.kind is Kind.RUNBOOK and len(matched):
            best = self.asking.library.snapshot.catalogue.ids[int(matched[0])]
            supposed = Supposed(self.asking.ordinal, linked=True)
            yield self._change(ChangeKind.LINK, (best,), self.asking.ask(supposed=supposed))

    @cached_property
    def _lacked(self) -> tuple[str, ...]:
        return self.words.lacked_by(self.asking.ordinal)

    @cached_property
    def _passage(self) -> int:
        return self.words.passage_of(self.asking.ordinal)

    @cached_property
    def _tried(self) -> dict[int, Change]:
        return {}

    def _said(self, count: int) -> Change:
        """Suppose that the passage that fits best says the ``count`` rarest words that the document lacks."""
        if count not in self._tried:
            words = self._lacked[:count]
            supposed = Supposed(
                self.asking.ordinal, self._passage, self.words.terms_lacked(words, self.asking.ordinal)
            )
            self._tried[count] = self._change(ChangeKind.WORDS, words, self.asking.ask(supposed=supposed))
        return self._tried[count]

    @cached_property
    def _fewest_words(self) -> tuple[Change, ...]:
        """The fewest words, rarest first, that make the document "possible", and that put it first."""
        goals: list[Callable[[Change], bool]] = []
        if not self.now.verdict.found:
            goals.append(lambda change: change.verdict.found)
        if self.now.place != 1:
            goals.append(lambda change: change.first)
        found = (self._fewest(goal) for goal in goals if self._lacked)
        return tuple(dict.fromkeys(change for change in found if change is not None))

    def _fewest(self, reaches: Callable[[Change], bool]) -> Change | None:
        """Return the least change of words that reaches a goal; more words are never worse."""
        low, high = 0, len(self._lacked)
        if not reaches(self._said(high)):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if reaches(self._said(middle)) else (middle, high)
        return self._said(high)
