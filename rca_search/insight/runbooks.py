"""What leads to a runbook besides its text, and runbooks that are alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.insight.links.references import meant
from rca_search.insight.version_cache import VersionCache
from rca_search.lexical.tokens import tokenize
from rca_search.models import AlikeRunbook, Document, Kind, Query
from rca_search.ranking.filters import fold
from rca_search.ranking.question import Question
from rca_search.ranking.runbooks import RunbookSupport
from rca_search.views import View

COMPARED = 64
"""Best-ranked runbooks that are compared with the first."""

_LEAST_SHARED = 0.8
"""Share of distinct lines that two runbooks must have in common, names of services and days masked."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FEWEST_LINES = 5


def find_alike(
    ranked: Sequence[int], services: Mapping[int, str], read: Callable[[int], Document]
) -> tuple[AlikeRunbook, ...]:
    """Return the runbooks that are like the first of ``ranked`` but of another service, that one included.

    ``services`` has the service of each runbook that has just one. By service; empty where there is no other.
    """
    if not ranked or ranked[0] not in services:
        return ()
    others = [n for n in ranked[1:COMPARED] if n in services and services[n] != services[ranked[0]]]
    if not others:
        return ()
    first = read(ranked[0])
    lines = _masked(first, services[ranked[0]])
    alike = [first] if len(lines) >= _FEWEST_LINES else []
    named = {first.id: services[ranked[0]]}
    for ordinal in others if alike else ():
        document = read(ordinal)
        named[document.id] = services[ordinal]
        if _shared(lines, _masked(document, services[ordinal])) >= _LEAST_SHARED:
            alike.append(document)
    if len(alike) < 2:
        return ()
    found = (AlikeRunbook(named[each.id], each.id, each.title) for each in alike)
    return tuple(sorted(found, key=lambda each: (each.service, each.document_id)))


def are_alike(one: Document, its_service: str, other: Document, service: str) -> bool:
    """Return whether two runbooks, of one service each, differ in nothing but that."""
    lines = _masked(one, its_service)
    enough = len(lines) >= _FEWEST_LINES
    return enough and _shared(lines, _masked(other, service)) >= _LEAST_SHARED


def _masked(document: Document, service: str) -> frozenset[str]:
    """Return the lines of ``document``, each once, with its service and every day made the same."""
    parts = [re.escape(part) for part in re.split(r"[\W_]+", service) if part]
    name = re.compile(r"[\W_]{0,3}".join(parts) or re.escape(fold(service)), re.IGNORECASE)
    lines = (_DAY.sub("#", name.sub("*", line)).strip() for line in document.text.split("\n"))
    return frozenset(line for line in lines if line)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


Links = Mapping[int, Sequence[tuple[int, str]]]
"""Matched incidents that link to a runbook, by its ordinal: place in the ranking from 0, and id."""

_WITH_SERVICE = 3
"""Matched incidents whose services count as the question's where it names none."""


@dataclass(frozen=True, slots=True)
class RunbookEvidence:
    """Looks for evidence in the documents that exist for one question.

    ``supposed`` is a runbook that the best matched incident is taken to link to.
    """

    library: VersionCache
    question: Question
    query: Query
    view: View
    supposed: int | None = None

    def gather(self, matched: Sequence[int]) -> RunbookSupport:
        """Return the evidence from the incidents ``matched``, best first, and from services."""
        stated = self.stated_services()
        asked = stated or self._services_of(matched)
        services = self._of_services(asked)
        needed = {ordinal: ways for ordinal, ways in self._needed(asked).items() if ordinal not in services}
        return RunbookSupport(self._for_service(self._linked(matched), stated), services, needed)

    def stated_services(self) -> list[str]:
        """Return the services that were asked for, else those that the question names."""
        if asked := (*self.query.filter.services, *self.query.about):
            return list(dict.fromkeys(asked))
        return self.library.services(self.view).names.said_in(self.question.words)

    def telling_terms(self) -> dict[str, float]:
        """Return the question's terms without those of the services that it names."""
        names = self.library.services(self.view).names.said_in(self.question.words)
        said = {term for name in names for term in tokenize(name)}
        return {term: weight for term, weight in self.question.terms.items() if term not in said}

    def symptom(self) -> Question | None:
        """Return the question without the services that it names; None where that is no other question."""
        if self.question.asked_as is None:
            return None
        left = self.library.services(self.view).names.left_out_of(self.question.understood.text)
        if left == " ".join(self.question.understood.text.split()) or not tokenize(left):
            return None
        return self.question.asked_as(left)

    def _services_of(self, matched: Sequence[int]) -> list[str]:
        services = self.library.snapshot.catalogue.services
        # The first service of an incident is the one that failed; the others were affected.
        first = [services[ordinal][0] for ordinal in matched if services[ordinal]]
        return list(dict.fromkeys(first[:_WITH_SERVICE]))

    def _linked(self, matched: Sequence[int]) -> Links:
        snapshot = self.library.snapshot
        linked: dict[int, set[tuple[int, str]]] = {}
        for place, ordinal in enumerate(matched):
            source = snapshot.catalogue.ids[ordinal]
            for reference in self.library.references_from.get(source, ()):
                found = meant(reference.meanings, snapshot.ordinals, self.view)
                if len(found) == 1 and snapshot.catalogue.kinds[found[0]] is Kind.RUNBOOK:
                    linked.setdefault(found[0], set()).add((place, source))
        if self.supposed is not None and len(matched):
            best = snapshot.catalogue.ids[matched[0]]
            linked.setdefault(self.supposed, set()).add((0, best))
        return {target: sorted(entries) for target, entries in linked.items()}

    def _for_service(self, linked: Links, stated: Sequence[str]) -> Links:
        """Let links to a runbook of another service mean the stated one's of the same template."""
        one_each = self.library.services(self.view).one_each if linked and stated else {}
        wanted = {fold(service) for service in stated}
        own = [ordinal for ordinal, service in one_each.items() if fold(service) in wanted]
        found: dict[int, set[tuple[int, str]]] = {}
        for target, entries in linked.items():
            meant = [each for each in own if target not in own and self._alike(one_each, target, each)]
            for ordinal in meant or [target]:
                found.setdefault(ordinal, set()).update(entries)
        return {target: sorted(entries) for target, entries in found.items()}

    def _alike(self, services: Mapping[int, str], one: int, other: int) -> bool:
        documents = (self.library.read(one).document, self.library.read(other).document)
        return one in services and are_alike(documents[0], services[one], documents[1], services[other])

    def _of_services(self, asked: Sequence[str]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for service in asked:
            for ordinal in self._runbooks_of(service):
                found.setdefault(ordinal, []).append(service)
        return found

    def _needed(self, asked: Sequence[str]) -> dict[int, list[tuple[str, str]]]:
        services = self.library.service_map(self.view)
        found: dict[int, list[tuple[str, str]]] = {}
        for service in asked:
            for other in services.needed_by(service):
                for ordinal in self._runbooks_of(other):
                    found.setdefault(ordinal, []).append((service, other))
        return found

    def _runbooks_of(self, service: str) -> list[int]:
        of_service = self.library.services(self.view).of(service)
        named = self.library.service_map(self.view).runbooks_of(service)
        return list(dict.fromkeys([*of_service, *named]))
