"""One answer in the making: from ranked documents to hits with passages and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from rca_search.insight.durations import summarise
from rca_search.insight.evidence.alignment import Asked
from rca_search.insight.evidence.finder import EvidenceFinder
from rca_search.insight.judge import Judge, Judged, Raised
from rca_search.insight.named import CERTAIN, squashed
from rca_search.insight.rankings import Rankings, Supposed
from rca_search.insight.recurrence import recurrence_of
from rca_search.insight.runbooks import find_alike
from rca_search.insight.superseded import Superseding
from rca_search.insight.version_cache import Entry, VersionCache
from rca_search.models import (
    AlikeRunbook,
    Chunk,
    DurationSummary,
    IncidentFacts,
    IncidentHit,
    Judgement,
    Kind,
    Likelihood,
    OtherHit,
    Passage,
    Query,
    RunbookHit,
    RunbookReason,
    Score,
)
from rca_search.protocols import Reranker
from rca_search.ranking import runbooks as runbook_ranking
from rca_search.ranking import weights
from rca_search.ranking.fusion import Floats
from rca_search.ranking.passages import PassageRanker, RankedChunk, opened_first
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Ranked, Retrieval
from rca_search.ranking.runbooks import Worth
from rca_search.views import View


class Answering:
    """Ranks, once, what one question can be answered with; parts are made when they are asked for."""

    def __init__(
        self,
        library: VersionCache,
        question: Question,
        view: View,
        query: Query,
        *,
        asked_with: int | None = None,
        reranker: Reranker | None = None,
        supposed: Supposed | None = None,
    ) -> None:
        """Take the question, the documents that exist for it, what narrows them and the reranker, if any.

        ``asked_with`` is the ordinal of the document that the question was made from, if it was; ``supposed``
        is what is taken to be so for once.
        """
        self._library = library
        self._snapshot = library.snapshot
        self._question = question
        self._view = view
        self._query = query
        self._asked_with = asked_with
        self._rankings = Rankings(library, question, view, query, reranker, supposed)

    def ranked(self, kind: Kind | None) -> Ranked:
        """Return the documents of ``kind``, or all, best first."""
        return self._rankings.of(kind)

    def incidents(self) -> tuple[IncidentHit, ...]:
        """Return the incidents that resemble the question, as many as were asked for."""
        return self._incidents

    def durations(self) -> tuple[DurationSummary, ...]:
        """Return how long those incidents lasted."""
        return summarise(self._incidents, self._query.elapsed_minutes)

    def runbooks(self) -> tuple[RunbookHit, ...]:
        """Return the runbooks that likely apply, as many as were asked for."""
        ranked = self._rankings.runbooks
        return tuple(self._runbook(ranked, place) for place in range(self._shown(ranked)))

    def alike(self) -> tuple[AlikeRunbook, ...]:
        """Return the runbooks that only their service tells apart, where the question names none."""
        if self._rankings.sought.stated_services():
            return ()
        services = self._library.services(self._view).one_each
        ranked = self._rankings.runbooks.documents.tolist()
        return find_alike(ranked, services, self._snapshot.document)

    def others(self) -> tuple[OtherHit, ...]:
        """Return documents of no known kind that are found similar, at most ``weights.OTHERS``."""
        if self._judged_others is None:
            return ()
        ranked = self._rankings.others
        judged = self._judged_others
        return tuple(self._other(judged, ranked, place) for place in self._other_places)

    def other_judgement(self) -> Judgement | None:
        """Return the verdict over documents of no known kind, None where there is none."""
        return self._judged_others.judgement if self._judged_others is not None else None

    @cached_property
    def _other_places(self) -> list[int]:
        verdicts = self._judged_others.verdicts if self._judged_others is not None else ()
        found = [place for place, verdict in enumerate(verdicts) if verdict.found]
        return found[: weights.OTHERS]

    @cached_property
    def _judged_others(self) -> Judged | None:
        if not self._snapshot.of_kind(Kind.OTHER).any():
            return None
        return self.judge.judged(
            Kind.OTHER, self._rankings.others, weights.OTHERS, self._rankings.reference(Kind.OTHER)
        )

    @cached_property
    def _incidents(self) -> tuple[IncidentHit, ...]:
        ranked = self._rankings.incidents
        return tuple(self._incident(ranked, place) for place in range(self._shown(ranked)))

    @cached_property
    def _superseding(self) -> Superseding:
        return Superseding(self._library, self._view, self._query.as_of)

    def judgement(self, kind: Kind) -> Judgement:
        """Return the verdict over the hits of ``kind``, incidents or runbooks."""
        return (self._judged_runbooks if kind is Kind.RUNBOOK else self._judged_incidents).judgement

    def features(self, kind: Kind, places: int) -> tuple[list[int], Floats]:
        """Return the best documents of ``kind`` by their scores, and the features of each, (hits, features).

        They are what a calibration is fitted to, so that none is needed here.
        """
        fused = self._rankings.fused(kind)
        documents = fused.documents[:places].tolist()
        return documents, self.judge.features_of(kind, documents, self.reference(kind))

    def reference(self, kind: Kind) -> Ranked:
        """Return the documents of ``kind`` that probabilities are judged among."""
        return self._rankings.reference(kind)

    @property
    def retrieval(self) -> Retrieval:
        """What the documents were scored with."""
        return self._rankings.retrieval

    @property
    def judge(self) -> Judge:
        """Who says what the hits amount to."""
        return self._rankings.judge

    @cached_property
    def _judged_incidents(self) -> Judged:
        return self._judged(Kind.INCIDENT, self._certain if self._rankings.named else None)

    @cached_property
    def _judged_runbooks(self) -> Judged:
        return self._judged(Kind.RUNBOOK, self.raised)

    def raised(self, place: int, text: Likelihood) -> Likelihood:
        """Return how likely the runbook at ``place`` applies by all that leads to it, ``text`` by itself."""
        ranked, evidence = self._rankings.runbooks, self._rankings.evidence
        ordinal = int(ranked.documents[place])
        return (
            CERTAIN
            if ordinal in self._rankings.named
            else self._worth(place, text).combined(ordinal, evidence)
        )

    def _certain(self, place: int, text: Likelihood) -> Likelihood:
        """Return how likely the incident at ``place`` is meant: one that is named, by all odds."""
        return CERTAIN if int(self._rankings.incidents.documents[place]) in self._rankings.named else text

    def _judged(self, kind: Kind, raised: Raised | None = None) -> Judged:
        ranked = self.ranked(kind)
        return self.judge.judged(kind, ranked, self._shown(ranked), self._rankings.reference(kind), raised)

    def _worth(self, place: int, text: Likelihood) -> Worth:
        """Return what each path to the runbook at ``place`` is worth; incidents are judged if one links."""
        ranked, evidence = self._rankings.runbooks, self._rankings.evidence
        incidents = self._judged_incidents.by_text if evidence.linked else ()
        return Worth(text, incidents, runbook_ranking.share_of_service(ranked, place, evidence))

    @cached_property
    def _passages(self) -> PassageRanker:
        """Measure the chunks of all documents that are shown, at once."""
        shown = {
            ordinal
            for ranked in (self._rankings.incidents, self._rankings.runbooks)
            for ordinal in ranked.documents[: self._query.limit].tolist()
        }
        if self._judged_others is not None:
            shown.update(int(self._rankings.others.documents[place]) for place in self._other_places)
        rows = [row for ordinal in sorted(shown) for row in self._snapshot.chunks_of(ordinal)]
        return PassageRanker(self._rankings.retrieval, np.asarray(rows, dtype=np.int32))

    @cached_property
    def _finder(self) -> EvidenceFinder:
        if self._asked_with is None:
            names = self._library.services(self._view).names
            asked = Asked.of_text(self._question.understood.text, names.said_in(self._question.words))
        else:
            asked = Asked.of_document(self._library.read(self._asked_with))
        return EvidenceFinder(self._library, self._view, self._passages, asked)

    def _incident(self, ranked: Ranked, place: int) -> IncidentHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        facts = self._library.facts_among(ordinal, self._view)
        return IncidentHit(
            document=entry.document,
            verdict=self._judged_incidents.verdicts[place],
            likelihood=self._judged_incidents.likelihoods[place],
            score=self._score(ranked, place),
            passages=self._shown_passages(entry, self._passages.best(entry.telling)),
            matched_terms=self._matched(entry.chunks),
            resolution=self._resolution(entry, facts),
            facts=facts,
            superseded=self._superseding.of(entry.document),
            evidence=self._finder.of_incident(entry),
            recurrence=recurrence_of(self._library, ordinal, self._view),
            ties=self._rankings.services.ties(int(ranked.documents[place])),
        )

    def _other(self, judged: Judged, ranked: Ranked, place: int) -> OtherHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        return OtherHit(
            document=entry.document,
            verdict=judged.verdicts[place],
            likelihood=judged.likelihoods[place],
            score=self._score(ranked, place),
            passages=self._shown_passages(entry, self._passages.best(entry.telling)),
            matched_terms=self._matched(entry.chunks),
            evidence=self._finder.of_runbook(entry),
        )

    def _runbook(self, ranked: Ranked, place: int) -> RunbookHit:
        ordinal = int(ranked.documents[place])
        entry = self._library.read(ordinal)
        found = self._passages.best(entry.telling)
        score = self._score(ranked, place)
        told = score.dense + score.lexical + score.spelling + score.title
        headings = entry.chunks[found[0].chunk].headings if found else ()
        section = headings[-1] if headings else ""
        return RunbookHit(
            document=entry.document,
            verdict=self._judged_runbooks.verdicts[place],
            likelihood=self._judged_runbooks.likelihoods[place],
            score=score,
            passages=self._shown_passages(entry, self._opened(ordinal, found, entry)),
            matched_terms=self._matched(entry.chunks),
            reasons=(
                *self._named_reason(ordinal),
                *runbook_ranking.reasons(
                    ordinal,
                    self._rankings.evidence,
                    self._worth(place, self._judged_runbooks.by_text[place]),
                    text_total=told,
                    section=section,
                ),
            ),
            evidence=self._finder.of_runbook(entry),
            age=self._library.ages(self._view).of(entry.document),
            text_likelihood=self._judged_runbooks.by_text[place],
        )

    def _opened(self, ordinal: int, found: Sequence[RankedChunk], entry: Entry) -> list[RankedChunk]:
        """Return the passages of a runbook with the section to open first: that which is named, if one is."""
        named = self._rankings.named.get(ordinal)
        ranked = opened_first(found, entry.chunks)
        if named is None or not named.heading:
            return ranked
        headed = [each for each in ranked if _heading(entry.chunks[each.chunk]) == named.heading]
        return [*headed, *(each for each in ranked if each not in headed)]

    def _named_reason(self, ordinal: int) -> Iterator[RunbookReason]:
        named = self._rankings.named.get(ordinal)
        if named is not None:
            yield RunbookReason(
                "alert" if named.by_alert else "named", named.said, probability=CERTAIN.probability
            )

    def _shown_passages(self, entry: Entry, found: Sequence[RankedChunk]) -> tuple[Passage, ...]:
        shown = found[: weights.PASSAGES]
        return tuple(self._passage(entry, each.chunk, each.similarity) for each in shown)

    def _passage(self, entry: Entry, row: int, similarity: float) -> Passage:
        chunk = entry.chunks[row]
        return Passage(
            chunk_id=chunk.id,
            role=chunk.role,
            headings=chunk.headings,
            path=entry.document.path,
            first_line=chunk.first_line,
            last_line=chunk.last_line,
            text=entry.excerpt(chunk),
            line_kinds=entry.document.line_kinds[chunk.first_line - 1 : chunk.last_line],
            matched_terms=self._matched([row]),
            similarity=round(similarity, 6),
        )

    def _resolution(self, entry: Entry, facts: IncidentFacts) -> Passage | None:
        """Return what fixed it as a passage, under the chunk that its first line stands in."""
        if not facts.resolution:
            return None
        told = facts.resolution[0]
        row, chunk = min(entry.chunks.items(), key=lambda item: _distance(item[1], told.first_line))
        return Passage(
            chunk_id=chunk.id,
            role=chunk.role,
            headings=chunk.headings,
            path=entry.document.path,
            first_line=told.first_line,
            last_line=told.last_line,
            text=told.text,
            line_kinds=entry.document.line_kinds[told.first_line - 1 : told.last_line],
            matched_terms=self._matched([row]),
            similarity=round(self._passages.similarity(row), 6),
        )

    def _matched(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._passages.rarest_matches(rows))

    def _shown(self, ranked: Ranked) -> int:
        return min(self._query.limit, len(ranked.documents))

    def _score(self, ranked: Ranked, place: int) -> Score:
        return Score(
            total=round(float(ranked.totals[place]), 6),
            dense=round(float(ranked.signals.dense[place]), 6),
            lexical=round(float(ranked.signals.lexical[place]), 6),
            spelling=round(float(ranked.signals.spelling[place]), 6),
            title=round(float(ranked.signals.title[place]), 6),
            **{name: round(float(added[place]), 6) for name, added in ranked.additions.items()},
        )


def _heading(chunk: Chunk) -> str:
    return squashed(chunk.headings[-1]) if chunk.headings else ""


def _distance(chunk: Chunk, line: int) -> int:
    """Return how many lines lie between ``line`` and ``chunk``."""
    return max(chunk.first_line - line, line - chunk.last_line, 0)
