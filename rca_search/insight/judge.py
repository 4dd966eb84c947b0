"""The verdict over the hits of one kind, and the probability of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from rca_search.insight.query_quality import missing_parts
from rca_search.insight.version_cache import VersionCache
from rca_search.models import Judgement, Kind, Likelihood, Query, Verdict
from rca_search.ranking.calibration import JUDGED, Calibration, Cut, KindCalibration
from rca_search.ranking.feature_extraction import Described, FeatureExtractor, Record
from rca_search.ranking.features import MONOTONE_CONSTRAINTS, feature_rows
from rca_search.ranking.filters import fold
from rca_search.ranking.fusion import Floats
from rca_search.ranking.retrieval import Ranked, Retrieval
from rca_search.views import View

Raised = Callable[[int, Likelihood], Likelihood]
"""Gives, for the place of a hit and its likelihood by text, that by everything that leads to it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement of the answer, and likelihood and verdict of each hit, best first.

    ``by_text`` are the likelihoods before anything but the text was counted.
    """

    judgement: Judgement
    by_text: tuple[Likelihood, ...]
    likelihoods: tuple[Likelihood, ...]
    verdicts: tuple[Verdict, ...]


class Judge:
    """Looks closely at the hits of one question and says what they amount to."""

    def __init__(
        self,
        library: VersionCache,
        retrieval: Retrieval,
        view: View,
        query: Query,
        reranker: str | None,
        symptom: Callable[[Kind], Retrieval | None],
        *,
        named: Collection[Kind] = (),
    ) -> None:
        """Take what the hits are ranked with; ``reranker`` names who looked at them again, if anyone did.

        ``symptom`` gives the rest of the question that hits of a kind are ranked by too, if they are. A
        question is not too thin for the kinds of which one is ``named`` by it.
        """
        self._library = library
        self._view = view
        self._query = query
        self._reranker = reranker
        self._text = retrieval.question.words
        snapshot = library.snapshot
        self._record = Record(snapshot.passage_terms, snapshot.title_terms, snapshot.roles)
        self._observer = FeatureExtractor(retrieval, self._record)
        self._symptom = symptom
        self._others: dict[Kind, FeatureExtractor | None] = {}
        services = library.services(view).names.said_in(self._text)
        self._services = frozenset(fold(name) for name in services)
        self._missing = missing_parts(self._text, names_service=bool(self._services))
        self._named = frozenset(named)
        self._rows: list[tuple[Ranked, dict[int, Floats]]] = []

    def judged(
        self, kind: Kind, ranked: Ranked, shown: int, reference: Ranked, raised: Raised | None = None
    ) -> Judged:
        """Judge the answer by its best hits, and each of the first ``shown`` hits, at least ``JUDGED``.

        ``reference`` ranks what there is without any filter, and ``ranked`` is all or part of it: whom a hit
        is compared with must not depend on what was asked to be shown. ``raised`` adds to what the text of
        a hit says of it what leads to it otherwise; the answer is as likely as that makes its best hit.
        """
        chosen = self._library.calibrations.chosen(_judged_as(kind), self._reranker)
        calibration = chosen.calibration
        rows = self.features(kind, ranked, max(shown, JUDGED), reference)
        found = calibration.likelihoods(_judged_as(kind), rows)
        hits, answer = found.hits, found.answer
        if raised is not None:
            hits = tuple(raised(place, each) for place, each in enumerate(hits))
            answer = _best([answer, *hits[:JUDGED]])
        models = calibration.kinds[_judged_as(kind)]
        cut = models.cut(self._query.precision)
        verdict = self._verdict(kind, answer, models, cut)
        ids = self._library.snapshot.catalogue.ids
        is_miss = verdict is Verdict.NOTHING_SIMILAR and len(ranked.documents) > 0
        judgement = Judgement(
            verdict=verdict,
            likelihood=answer,
            precision=cut.precision,
            nearest=ids[int(ranked.documents[0])] if is_miss else None,
            missing=() if kind in self._named else self._missing,
            calibration=calibration.name,
            calibrated=chosen.fits,
        )
        verdicts = tuple(self._verdict(kind, each, models, cut) for each in hits)
        return Judged(judgement, found.hits, hits, verdicts)

    @property
    def missing(self) -> tuple[str, ...]:
        """What to add to a question that is too thin."""
        return self._missing

    def models(self, kind: Kind) -> KindCalibration:
        """Return what documents of ``kind`` are judged by."""
        return self._calibration(kind).kinds[kind]

    def is_calibrated(self, kind: Kind) -> bool:
        """Return whether what documents of ``kind`` are judged by knows the encoder and the reranker."""
        return self._library.calibrations.chosen(kind, self._reranker).fits

    def likelihood(self, kind: Kind, row: Floats) -> Likelihood:
        """Return how likely a document of ``kind`` with the features ``row`` is by its text."""
        return self._calibration(kind).likelihoods(kind, row[np.newaxis]).hits[0]

    def verdict(self, kind: Kind, likelihood: Likelihood) -> Verdict:
        """Return what a document of ``kind`` that is so likely amounts to."""
        models = self.models(kind)
        return self._verdict(kind, likelihood, models, models.cut(self._query.precision))

    def log_odds(self, kind: Kind, ranked: Ranked, reference: Ranked) -> Floats:
        """Return the log odds, by its text, of each of the first ``JUDGED`` documents, best first."""
        models, rows = self.models(kind), self.features(kind, ranked, JUDGED, reference)
        return models.hit_related.slope * models.related.logits(rows) + models.hit_related.offset

    def features(self, kind: Kind, ranked: Ranked, count: int, reference: Ranked) -> Floats:
        """Return the features of the first ``count`` hits, (hits, features)."""
        return self.features_of(kind, ranked.documents[:count].tolist(), reference)

    def features_of(self, kind: Kind, documents: Sequence[int], reference: Ranked) -> Floats:
        """Return the features of ``documents``, (documents, features), wherever ``reference`` has them.

        Where hits are ranked by the question and by the rest of it, each feature is the mean of both: a page
        that is named like the service must not look like the answer to whatever befalls it.
        """
        if not documents:
            return np.zeros((0, len(MONOTONE_CONSTRAINTS)), dtype=np.float64)
        known = self._known(reference)
        new = [ordinal for ordinal in dict.fromkeys(documents) if ordinal not in known]
        if new:
            known.update(zip(new, self._measured(kind, new, reference), strict=True))
        return np.stack([known[ordinal] for ordinal in documents])

    def _known(self, reference: Ranked) -> dict[int, Floats]:
        """Return the features measured so far beside ``reference``: what they order is judged next."""
        for before, rows in self._rows:
            if before is reference:
                return rows
        self._rows.append((reference, {}))
        return self._rows[-1][1]

    def _measured(self, kind: Kind, documents: Sequence[int], reference: Ranked) -> Floats:
        placed = {ordinal: place for place, ordinal in enumerate(reference.documents.tolist())}
        described = [self._described(each) for each in documents]
        places = [placed[ordinal] for ordinal in documents]

        def rows(observer: FeatureExtractor) -> Floats:
            return feature_rows(observer.question, observer.facts(reference, places, described))

        other = self._other(kind)
        return rows(self._observer) if other is None else (rows(self._observer) + rows(other)) / 2

    def _other(self, kind: Kind) -> FeatureExtractor | None:
        """Return who looks at hits of ``kind`` beside the rest of the question."""
        if kind not in self._others:
            symptom = self._symptom(kind)
            self._others[kind] = None if symptom is None else FeatureExtractor(symptom, self._record)
        return self._others[kind]

    def _calibration(self, kind: Kind) -> Calibration:
        return self._library.calibrations.chosen(kind, self._reranker).calibration

    def _described(self, ordinal: int) -> Described:
        services = {fold(name) for name in self._library.snapshot.catalogue.services[ordinal]}
        shared = bool(services & self._services)
        other = bool(services and self._services) and not shared
        return Described(shared, other)

    def _verdict(self, kind: Kind, likelihood: Likelihood, models: KindCalibration, cut: Cut) -> Verdict:
        is_thin = self._missing and kind not in self._named
        return Verdict.TOO_THIN if is_thin else models.verdict(likelihood, cut)


def _judged_as(kind: Kind) -> Kind:
    """Return the kind whose calibration counts: that of incidents for documents of no known kind."""
    return Kind.INCIDENT if kind is Kind.OTHER else kind


def _best(likelihoods: Sequence[Likelihood]) -> Likelihood:
    return Likelihood(max(each.probability for each in likelihoods), max(each.same for each in likelihoods))
