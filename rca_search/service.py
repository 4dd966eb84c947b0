"""SearchService: everything that the command line, the API and later edges can ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from rca_search.errors import IndexCorruptError
from rca_search.indexing.pointer import CURRENT
from rca_search.indexing.snapshot import Snapshot
from rca_search.indexing.storage import read_pointer
from rca_search.indexing.versions import Damage
from rca_search.insight.answer import Answering
from rca_search.insight.answer_tokens import answer_id
from rca_search.insight.facets import Catalogued
from rca_search.insight.index_status import IndexStatus, freshness_of
from rca_search.insight.questions import MAX_QUESTION_CHARACTERS
from rca_search.insight.recurrence import listed
from rca_search.insight.version_cache import MAX_LIMIT, VersionCache, view_of
from rca_search.insight.voting import Ballot, cast
from rca_search.insight.why_not.request import Expected, explained
from rca_search.models import (
    Document,
    Families,
    Freshness,
    Gaps,
    IncidentFacts,
    Kind,
    Neighbourhood,
    Problem,
    Query,
    SearchResult,
    Vote,
    WhyNot,
)
from rca_search.protocols import EncoderSource, Reranker
from rca_search.ranking.fusion import Floats
from rca_search.ranking.question import Question
from rca_search.serving import Served, Serving
from rca_search.views import View

__all__ = ["MAX_LIMIT", "MAX_QUESTION_CHARACTERS", "Catalogued", "IndexStatus", "SearchService"]

P = ParamSpec("P")
T = TypeVar("T")


def _healing(
    method: Callable[Concatenate[SearchService, P], T],
) -> Callable[Concatenate[SearchService, P], T]:
    """Ask again where the version that was asked turned out to be damaged and another one is intact."""

    @wraps(method)
    def asked(self: SearchService, /, *args: P.args, **kwargs: P.kwargs) -> T:
        served = self._served
        try:
            return method(self, *args, **kwargs)
        except IndexCorruptError as error:
            if not self._serving.leave(served, error):
                raise
        return method(self, *args, **kwargs)

    return asked


class SearchService:
    """Answers questions from one index; safe to share between threads."""

    def __init__(
        self,
        index: Path,
        encoder: EncoderSource | None = None,
        *,
        workers: int = 1,
        stale_after: dt.timedelta | None = None,
        remembered: int = 0,
        reranker: Reranker | None = None,
        secret: bytes = b"",
    ) -> None:
        """Open the current version of ``index``; the encoder is loaded at the first question.

        It is the one that the version carries, unless ``encoder`` gives another of the same vectors;
        ``workers`` parts of a long question are encoded side by side; the last ``remembered`` answers are
        kept for the same question over the same view; ``reranker`` looks at the best of each answer again;
        ``secret`` signs answer ids. Raises IndexMissingError, IndexCorruptError or IndexFormatError.
        """
        self._index = index
        self._stale_after = stale_after
        self._reranker = reranker
        self._secret = secret
        self._serving = Serving(index, encoder, workers=workers, remembered=remembered)

    @property
    def _served(self) -> Served:
        return self._serving.served

    @property
    def damage(self) -> Damage | None:
        """Why the served version stands in for the current one, None where it is the current one."""
        return self._served.damage

    @property
    def version(self) -> str:
        """The version being served."""
        return self._served.pointer.version

    @property
    def secret(self) -> bytes:
        """What answer ids are signed with."""
        return self._secret

    @property
    def reranker(self) -> str | None:
        """The name of the model that looks at the best documents again, if any does."""
        return None if self._reranker is None else self._reranker.name

    @property
    def snapshot(self) -> Snapshot:
        """What is being served, for those who look at the whole of it rather than ask."""
        return self._served.snapshot

    @_healing
    def search(self, query: Query) -> SearchResult:
        """Return the past incidents and runbooks that fit the text of ``query``, best first.

        Raises InvalidRequestError on an empty or oversized question or a limit out of range, and
        EncoderUnavailableError or IndexMismatchError where the index's model is not at hand.
        """
        served = self._served
        # The view comes first, so that a wrong query is told before a model has been loaded for it.
        view = self._view(served, query)
        return self._answered(served, query, view, None, lambda: served.questions.of_text(query.text))

    @_healing
    def search_like(self, name: str, query: Query) -> SearchResult:
        """Return what resembles the document called ``name``, which itself does not exist for the answer.

        The text of ``query`` is ignored. Raises DocumentNotFoundError or AmbiguousIdError besides
        what ``search`` raises.
        """
        served = self._served
        ordinal = served.snapshot.ordinal(name)
        view = self._view(served, query).without(ordinal)
        query = replace(query, text="")

        def ask() -> Question:
            return served.questions.of_document(served.snapshot, ordinal)

        return self._answered(served, query, view, ordinal, ask)

    @_healing
    def ranking(self, query: Query, kind: Kind | None, *, depth: int) -> list[tuple[str, float]]:
        """Return the ids of the ``depth`` best documents of ``kind`` (or any) with their totals."""
        served = self._served
        view = self._view(served, query)
        question = served.questions.of_text(query.text)
        ranked = Answering(served.library, question, view, query, reranker=self._reranker).ranked(kind)
        ids = served.snapshot.catalogue.ids
        best = zip(ranked.documents[:depth].tolist(), ranked.totals[:depth].tolist(), strict=True)
        return [(ids[ordinal], total) for ordinal, total in best]

    @_healing
    def why_not(
        self, query: Query, name: str, *, kind: Kind | None = None, like: str | None = None
    ) -> WhyNot:
        """Say why the document called ``name`` does not come first in the answer to ``query``.

        ``kind`` refuses documents of another one. With ``like`` the question is that of ``search_like``.
        Raises what that raises, and InvalidRequestError where the document can be in no such answer.
        """
        served = self._served
        expected, freshness = Expected(name, kind, like), self._freshness(served)
        return explained(served.library, served.questions, query, expected, self._reranker, freshness)

    @_healing
    def vote(self, ballot: Ballot, at: dt.datetime) -> Vote:
        """Return the vote that ``ballot`` stands for, cast at ``at``, for the file of votes.

        Raises InvalidRequestError on what the next build would not count, and IndexMissingError where the
        index is gone though its last version still answers: nobody knows whether it will be built again.
        """
        read_pointer(self._index / CURRENT)
        catalogue = self._served.snapshot.catalogue
        return cast(ballot, self._secret, at, dict(zip(catalogue.ids, catalogue.kinds, strict=True)))

    @_healing
    def families(self, query: Query, name: str | None = None) -> Families:
        """Return the families of incidents as the filter narrows them, or the one called ``name``.

        Raises DocumentNotFoundError or AmbiguousIdError on a name, IndexFormatError on a version without.
        """
        served = self._served
        return listed(served.library, self._view(served, query), query, self._freshness(served), name)

    @_healing
    def features(self, query: Query, kind: Kind, *, depth: int) -> list[tuple[str, Floats]]:
        """Return the ids of the ``depth`` best documents of ``kind``, each with what counts for it."""
        served = self._served
        view = self._view(served, query)
        question = served.questions.of_text(query.text)
        answering = Answering(served.library, question, view, query, reranker=self._reranker)
        documents, rows = answering.features(kind, depth)
        ids = served.snapshot.catalogue.ids
        return [(ids[ordinal], row) for ordinal, row in zip(documents, rows, strict=True)]

    def find(self, name: str) -> str | None:
        """Return the id of the one document that ``name`` stands for, or None."""
        found = self._served.snapshot.aliases.matches(name)
        return found[0] if len(found) == 1 else None

    def get(self, name: str, *, kind: Kind | None = None) -> Document:
        """Return the document with that id, alias or file name, if it is of ``kind``.

        Raises DocumentNotFoundError with near spellings, or AmbiguousIdError with the candidates.
        """
        return self.fetch(name, kind=kind)[0]

    @_healing
    def fetch(self, name: str, *, kind: Kind | None = None) -> tuple[Document, Freshness]:
        """Return what ``get`` returns, and the freshness of the version that it was taken from."""
        served = self._served
        document = served.snapshot.document(served.snapshot.ordinal(name, kind))
        return document, self._freshness(served)

    def seen(self, query: Query) -> tuple[VersionCache, View, Freshness]:
        """Return what is served, the view that ``query`` opens of it, and how fresh it is.

        For what learns from the whole rather than asks. Raises as ``search`` does on a wrong query.
        """
        served = self._served
        return served.library, self._view(served, query), self._freshness(served)

    @_healing
    def graph(self, name: str, depth: int) -> tuple[Neighbourhood, Freshness]:
        """Return what lies within ``depth`` steps of a document, a service or a team, and the freshness.

        Raises DocumentNotFoundError or AmbiguousIdError.
        """
        library, view, freshness = self.seen(Query(""))
        return library.graph(view).around(name, depth), freshness

    @_healing
    def gaps(self, query: Query, *, today: dt.date, stale_from: int) -> tuple[Gaps, Freshness]:
        """Return what is missing in the documents that exist for ``query``, and the freshness.

        Actions are overdue by ``today``; a runbook is stale from so many incidents since its update on.
        """
        from rca_search.insight.gaps import find_gaps  # no question needs it

        library, view, freshness = self.seen(query)
        return find_gaps(library, view, today=today, stale_from=stale_from), freshness

    @_healing
    def fetch_incident(self, name: str) -> tuple[Document, IncidentFacts, Freshness]:
        """Return an incident with what its write-up says, and the freshness; raises what ``get`` raises."""
        served = self._served
        ordinal = served.snapshot.ordinal(name, Kind.INCIDENT)
        facts = served.library.facts_among(ordinal, self._view(served, Query("")))
        return served.snapshot.document(ordinal), facts, self._freshness(served)

    def status(self) -> IndexStatus:
        """Describe what is being served."""
        served = self._served
        return IndexStatus.of(served.snapshot, self._freshness(served))

    @_healing
    def problems(self) -> tuple[Problem, ...]:
        """Return what the build of the served version said of its sources, by path and line."""
        return self._served.snapshot.report.problems

    def catalogued(self) -> Catalogued:
        """Return the values that filters can ask for, each sorted, and the first and last day."""
        return Catalogued.of(self._served.snapshot.catalogue)

    def freshness(self) -> Freshness:
        """Say when the sources were last compared with the served version, and if that is too old."""
        return self._freshness(self._served)

    def reload(self) -> bool:
        """Serve the current version if it is another than the served one; tell whether it was.

        A version that cannot be opened, or whose encoder cannot be loaded, raises, and the served one
        stays. One whose files are damaged gives way to the newest intact one. Questions are answered
        meanwhile.
        """
        return self._serving.reload()

    @_healing
    def warm(self) -> None:
        """Load the encoder, and the reranker if there is one, now rather than at the first question."""
        self._served.encoder.get()
        if self._reranker is not None:
            self._reranker.load()

    def _answered(
        self, served: Served, query: Query, view: View, ordinal: int | None, ask: Callable[[], Question]
    ) -> SearchResult:
        """Return the answer kept for the same question over the same view, or work it out."""
        asked = (view.key, ordinal, query)
        known = served.answers.get(asked)
        if known is not None:
            return replace(known, freshness=self._freshness(served), repeated=True)
        question = ask()
        answering = Answering(
            served.library, question, view, query, asked_with=ordinal, reranker=self._reranker
        )
        result = SearchResult(
            query=replace(query, text=question.text),
            understood=question.understood,
            windows=len(question.windows),
            judgement=answering.judgement(Kind.INCIDENT),
            runbook_judgement=answering.judgement(Kind.RUNBOOK),
            incidents=answering.incidents(),
            runbooks=answering.runbooks(),
            freshness=self._freshness(served),
            alike=answering.alike(),
            durations=answering.durations(),
            others=answering.others(),
            other_judgement=answering.other_judgement(),
            left_out=sum(problem.fatal for problem in served.snapshot.report.problems),
        )
        result = replace(result, answer_id=answer_id(result, view, self._secret))
        served.answers.put(asked, result)
        return result

    def _view(self, served: Served, query: Query) -> View:
        return view_of(served.snapshot, query)

    def _freshness(self, served: Served) -> Freshness:
        return freshness_of(self._index, served.pointer, self._stale_after, served.damage)
