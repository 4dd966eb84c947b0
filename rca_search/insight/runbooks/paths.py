"""What speaks for runbooks besides their text: links of matched incidents, services, and what these need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rca_search.insight.library import Library
from rca_search.insight.links.references import meant
from rca_search.insight.runbooks.alike import are_alike
from rca_search.lexical.tokens import tokenize
from rca_search.models import Kind, Query
from rca_search.ranking.filters import fold
from rca_search.ranking.question import Question
from rca_search.ranking.runbooks import Evidence
from rca_search.views import View

Links = Mapping[int, Sequence[tuple[int, str]]]
"""Matched incidents that link to a runbook, by its ordinal: place in the ranking from 0, and id."""

_WITH_SERVICE = 3
"""Matched incidents whose services count as the question's where it names none."""


@dataclass(frozen=True, slots=True)
class RunbookEvidence:
    """Looks for evidence in the documents that exist for one question.

    ``supposed`` is a runbook that the best matched incident is taken to link to.
    """

    library: Library
    question: Question
    query: Query
    view: View
    supposed: int | None = None

    def gather(self, matched: Sequence[int]) -> Evidence:
        """Return the evidence from the incidents ``matched``, best first, and from services."""
        stated = self.stated_services()
        asked = stated or self._services_of(matched)
        services = self._of_services(asked)
        needed = {ordinal: ways for ordinal, ways in self._needed(asked).items() if ordinal not in services}
        return Evidence(self._for_service(self._linked(matched), stated), services, needed)

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
