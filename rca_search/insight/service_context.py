"""Incidents of the services that a question is about, and of those next to them, weigh somewhat more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rca_search.insight.library import Library
from rca_search.insight.links.service_map import ServiceMap
from rca_search.models import ServiceTie
from rca_search.ranking import weights
from rca_search.ranking.filters import fold
from rca_search.ranking.retrieval import Ranked
from rca_search.views import View

SAME, NEIGHBOUR = "same", "neighbour"


class ServiceContext:
    """The services that one question is about, and those next to them in its view."""

    def __init__(self, library: Library, about: Sequence[str], view: View) -> None:
        """Take the names as the caller spells them; none are fine, and so are unknown ones."""
        self._services = library.snapshot.catalogue.services
        named = [name for name in about if fold(name)]
        self._map = library.service_map(view) if named else ServiceMap.empty()
        self._about = {self._map.key(name): name for name in named}
        self._near = {key: name for name in reversed(named) for key in self._map.next_to(name)}

    def ties(self, ordinal: int) -> tuple[ServiceTie, ...]:
        """Return how the services of the incident at ``ordinal`` are tied to those asked about."""
        found: list[ServiceTie] = []
        for service in self._services[ordinal] if self._about else ():
            key = self._map.key(service)
            if key in self._about:
                found.append(ServiceTie(service, SAME, self._about[key]))
            elif key in self._near:
                found.append(ServiceTie(service, NEIGHBOUR, self._near[key]))
        return tuple(found)

    def applied(self, ranked: Ranked) -> Ranked:
        """Raise the incidents that are tied to the services, and order anew."""
        if not self._about:
            return ranked
        amounts = [_amount(self.ties(ordinal)) for ordinal in ranked.documents.tolist()]
        return ranked.raised(service=np.asarray(amounts, dtype=np.float64))


def _amount(ties: Sequence[ServiceTie]) -> float:
    """Return what the closest tie is worth; several are worth no more."""
    if any(tie.relation == SAME for tie in ties):
        return weights.SAME_SERVICE
    return weights.NEIGHBOUR_SERVICE if ties else 0.0
