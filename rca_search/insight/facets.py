"""What the incidents of an index are catalogued under."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rca_search.indexing.catalogue import Catalogue
from rca_search.models import Kind


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What a filter can ask for: the values that incidents have, each sorted, and the first and last day."""

    incidents: int
    services: tuple[str, ...]
    severities: tuple[str, ...]
    tags: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None

    @classmethod
    def of(cls, catalogue: Catalogue) -> Catalogued:
        """Gather what ``catalogue`` has of its incidents."""
        incidents = [n for n, kind in enumerate(catalogue.kinds) if kind is Kind.INCIDENT]
        dates = [date for n in incidents if (date := catalogue.dates[n]) is not None]
        severities = {severity for n in incidents if (severity := catalogue.severities[n])}
        return cls(
            incidents=len(incidents),
            services=tuple(sorted({name for n in incidents for name in catalogue.services[n]})),
            severities=tuple(sorted(severities)),
            tags=tuple(sorted({tag for n in incidents for tag in catalogue.tags[n]})),
            first=min(dates, default=None),
            last=max(dates, default=None),
        )
