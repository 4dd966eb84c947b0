"""One version of the index with what answers ask of it again and again, worked out once and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rca_search.embedding.lineage import ranks_like
from rca_search.errors import InvalidRequestError
from rca_search.indexing.facts import RecordedFacts
from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.insight.calibrations import Calibrations
from rca_search.insight.families.index import FamilyIndex
from rca_search.insight.links.graph import LinkGraph
from rca_search.insight.links.references import visible_target
from rca_search.insight.links.runbook_age import RunbookAges
from rca_search.insight.links.service_map import ServiceMap
from rca_search.insight.named import PageNames
from rca_search.insight.sentences import Sentence, sentences
from rca_search.lru_cache import LruCache
from rca_search.models import Chunk, Document, IncidentFacts, Kind, Query, Role
from rca_search.ranking.feedback import shift
from rca_search.ranking.filters import existing_on, fold
from rca_search.ranking.fusion import Floats
from rca_search.ranking.service_names import Runbook, RunbookServices, ServiceNames
from rca_search.views import View

MAX_LIMIT = 100


def view_of(snapshot: Snapshot, query: Query) -> View:
    """Return the view that ``query`` opens; raises InvalidRequestError, or what its exclusions raise."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidRequestError(f"A limit of {query.limit} is not between 1 and {MAX_LIMIT}.")
    if not 0 < query.precision < 1:
        raise InvalidRequestError(f"A precision of {query.precision:g} is not between 0 and 1.")
    since, until = query.filter.since, query.filter.until
    if since is not None and until is not None and since > until:
        raise InvalidRequestError(f"No day is both on or after {since} and on or before {until}.")
    view = snapshot.everything
    if query.as_of is not None:
        view = view.restricted(existing_on(snapshot.catalogue, query.as_of))
    if query.exclude:
        view = view.without(*(snapshot.ordinal(name) for name in query.exclude))
    return view


_VIEWS = 64
_DOCUMENTS = 256
_CHUNKS = 2048
_GRAPHS = 4
"""Link graphs kept: each holds the whole of a view."""
_FACTS = 1024
"""Incidents whose facts are kept: where the build recorded none, reading those of one takes milliseconds."""


_ASIDE = frozenset({Role.TITLE, Role.RELATED, Role.ACTIONS, Role.LESSONS})
"""Parts that make a poor passage to show: they do not tell what happened."""

_FIELD = re.compile(
    r"(?:- )?(?:date|severity|services?|authors?|owners?|status|duration|tags|team)\b[^:]{0,20}:.*",
    re.IGNORECASE,
)


MOST_SERVICES = 6
"""Services that an incident is said to be about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its chunks by ordinal, and which of these can be shown as passages of it."""

    document: Document
    chunks: Mapping[int, Chunk]
    lines: Sequence[str]
    telling: Sequence[int]

    @classmethod
    def of(cls, document: Document, chunks: Mapping[int, Chunk]) -> Entry:
        """Join a document and its chunks."""
        telling = [row for row, chunk in chunks.items() if _tells(chunk)] or list(chunks)
        return cls(document, chunks, document.text.split("\n"), telling)

    def sentences(self, row: int) -> list[Sentence]:
        """Return the sentences of the lines of the chunk ``row``."""
        chunk = self.chunks[row]
        return sentences(self.lines, range(chunk.first_line, chunk.last_line + 1), self.document.line_kinds)

    def excerpt(self, chunk: Chunk) -> str:
        """Return the lines of ``chunk`` exactly as they stand in the file."""
        return "\n".join(self.lines[chunk.first_line - 1 : chunk.last_line])


class VersionCache:
    """A snapshot, the services that exist in each view of it, and the documents shown last."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot; nothing is worked out before it is asked for."""
        self.snapshot = snapshot
        self._services: LruCache[str, RunbookServices] = LruCache(_VIEWS)
        self._maps: LruCache[str, ServiceMap] = LruCache(_VIEWS)
        self._ages: LruCache[str, RunbookAges] = LruCache(_VIEWS)
        self._graphs: LruCache[str, LinkGraph] = LruCache(_GRAPHS)
        self._documents: LruCache[int, Entry] = LruCache(_DOCUMENTS)
        self._sentences: LruCache[int, list[Sentence]] = LruCache(_CHUNKS)
        self.families = FamilyIndex(snapshot)
        self._facts: LruCache[int, IncidentFacts] = LruCache(_FACTS)

    @cached_property
    def pages(self) -> PageNames:
        """The names by which questions may call documents outright."""
        return PageNames(self.snapshot)

    @cached_property
    def calibrations(self) -> Calibrations:
        """What turns features into probabilities."""
        return Calibrations(self.snapshot.calibration, ranks_like(self.snapshot.manifest.encoder.files))

    def read(self, ordinal: int) -> Entry:
        """Return the document at ``ordinal`` with its chunks."""
        return self._documents.get_or_make(ordinal, lambda: self._decoded(ordinal))

    def facts(self, ordinal: int) -> IncidentFacts:
        """Return what the document at ``ordinal`` says of its incident."""
        return self._facts.get_or_make(ordinal, lambda: self._recorded.of(ordinal))

    def facts_among(self, ordinal: int, view: View) -> IncidentFacts:
        """Return the facts of an incident; where it lists no service, known ones that it names come first.

        Known are those that other documents of ``view``, service notes and catalogues list: the team's own
        word beats any guess.
        """
        facts, document = self.facts(ordinal), self.read(ordinal).document
        if document.services:
            return facts
        told = [document.title, *(each.text for each in (*facts.symptoms[:2], *facts.causes[:2]))]
        known = self.services(view).names.said_in("\n".join(told))
        if not known:
            return facts
        folded = {fold(name) for name in known}
        guessed = [name for name in facts.services if fold(name) not in folded]
        return replace(facts, services=(*known, *guessed)[:MOST_SERVICES])

    def services(self, view: View) -> RunbookServices:
        """Return the services of the visible documents and the visible runbooks of each."""
        return self._services.get_or_make(view.key, lambda: self._measured(view))

    def service_map(self, view: View) -> ServiceMap:
        """Return what visible notes and service catalogues say of services."""
        return self._maps.get_or_make(view.key, lambda: ServiceMap.of(self.snapshot, view))

    def ages(self, view: View) -> RunbookAges:
        """Return what tells how old the visible runbooks are."""
        return self._ages.get_or_make(
            view.key,
            lambda: RunbookAges(self.snapshot, view, self.services(view), self.service_map(view)),
        )

    def graph(self, view: View) -> LinkGraph:
        """Return the link graph of ``view``."""
        return self._graphs.get_or_make(view.key, lambda: LinkGraph(self.snapshot, view, self.services(view)))

    @cached_property
    def _recorded(self) -> RecordedFacts:
        return RecordedFacts(self.snapshot)

    @cached_property
    def references_from(self) -> Mapping[str, Sequence[Reference]]:
        """The links of each document that has any, in order."""
        found: dict[str, list[Reference]] = {}
        for reference in self.snapshot.references:
            found.setdefault(reference.source_id, []).append(reference)
        return found

    @cached_property
    def shifts(self) -> Floats:
        """What votes add to the total of each document, by ordinal."""
        shifts = np.zeros(len(self.snapshot.catalogue), dtype=np.float64)
        for name, standing in self.snapshot.standings.items():
            shifts[self.snapshot.ordinals[name]] = shift(standing)
        return shifts

    def target(self, reference: Reference, view: View) -> int | None:
        """Return the one document that a link means in ``view``, None where it means none or several."""
        return visible_target(self.snapshot, reference, view)

    def sentences(self, entry: Entry, row: int) -> list[Sentence]:
        """Return the sentences of the chunk ``row`` of ``entry``, as they stand in the file."""
        return self._sentences.get_or_make(row, lambda: entry.sentences(row))

    @cached_property
    def references_to(self) -> Mapping[str, Sequence[Reference]]:
        """The links that may mean a document, by its id."""
        found: dict[str, list[Reference]] = {}
        for reference in self.snapshot.references:
            for target in {name for group in reference.meanings for name in group}:
                found.setdefault(target, []).append(reference)
        return found

    @cached_property
    def service_notes(self) -> Mapping[str, Sequence[int]]:
        """The notes on each service, by its folded name: that of the file, or the title."""
        found: dict[str, list[int]] = {}
        catalogue = self.snapshot.catalogue
        for ordinal in np.flatnonzero(self.snapshot.of_kind(Kind.SERVICE)).tolist():
            names = {fold(catalogue.ids[ordinal].rsplit("/", 1)[-1]), fold(catalogue.titles[ordinal])}
            for name in names:
                found.setdefault(name, []).append(ordinal)
        return found

    def _decoded(self, ordinal: int) -> Entry:
        return Entry.of(self.snapshot.document(ordinal), self.snapshot.chunks_by_ordinal(ordinal))

    def _measured(self, view: View) -> RunbookServices:
        catalogue = self.snapshot.catalogue
        visible = np.flatnonzero(view.documents).tolist()
        runbooks = np.flatnonzero(view.documents & self.snapshot.of_kind(Kind.RUNBOOK)).tolist()
        return RunbookServices(
            (
                Runbook(
                    ordinal,
                    catalogue.services[ordinal],
                    catalogue.tags[ordinal],
                    catalogue.ids[ordinal].rsplit("/", 1)[-1],
                )
                for ordinal in runbooks
            ),
            ServiceNames(
                [*(name for n in visible for name in catalogue.services[n]), *self._described(view)]
            ),
        )

    def _described(self, view: View) -> Iterator[str]:
        """Yield the services that have a visible note or stand in a service catalogue."""
        for ordinal in np.flatnonzero(view.documents & self.snapshot.of_kind(Kind.SERVICE)).tolist():
            yield self.snapshot.catalogue.ids[ordinal].rpartition("/")[2]
        for entity in self.snapshot.service_catalogue[1]:
            if not entity.is_team:
                yield entity.name.rpartition("/")[2]


def _tells(chunk: Chunk) -> bool:
    """Return whether a chunk can be shown as a passage: it tells what happened, and is no list of fields."""
    if chunk.role in _ASIDE:
        return False
    return not all(_FIELD.fullmatch(line) for line in chunk.text.split("\n"))
