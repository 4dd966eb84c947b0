"""When a runbook was last updated, and how many incidents of its kind have come since."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence

import numpy as np

from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.insight.links.references import meant
from rca_search.insight.links.service_map import ServiceMap
from rca_search.insight.standing import standing_of
from rca_search.models import Document, Kind, RunbookAge
from rca_search.ranking.filters import fold
from rca_search.ranking.service_names import RunbookServices
from rca_search.sources.keys import plain_key
from rca_search.sources.values import one_text
from rca_search.text.dates import FieldError, find_date, parse_date
from rca_search.views import View

_KEYS = re.compile(
    r"(?:last )?(?:updated?|reviewed|modified|verified|tested|changed|edited|revised|review)(?: on| at)?"
    r"|lastmod|(?:update|review|revision)(?: date)|date(?: of)? (?:updated|reviewed|last review)"
)
_LINE = re.compile(
    r"^[\W_]*(?:last )?(?:updated?|reviewed|looked at|verified|tested|modified|changed|revised)\b"
    r"(?: on| at| by \S+)?\W{1,6}(?P<rest>.*)",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?<![A-Za-z])(?P<month>[A-Za-z]{3})[a-z]*+\.? (?P<year>[0-9]{4})\b")
_MONTHS = tuple(calendar.month_abbr)


def last_updated(document: Document) -> tuple[dt.date | None, int | None]:
    """Return the latest day that a runbook gives for its own state, and the line where it says so.

    Front matter is asked first, then a line such as "Last reviewed: 2025-03-01", then the document's date. A
    month alone counts to its end.
    """
    lines = document.text.split("\n")
    days = [
        (day, key)
        for key, value in document.metadata.items()
        if _KEYS.fullmatch(plain_key(key)) and (day := _day(_dated(value))) is not None
    ]
    if days:
        day, key = max(days)
        return day, _line_of(lines, key)
    for number, line in enumerate(lines, start=1):
        match = _LINE.match(line)
        if match and (day := _day(match["rest"])) is not None:
            return day, number
    return document.date, _line_of(lines, "date") if document.date is not None else None


class RunbookAges:
    """Counts, in one view, the incidents that link to a runbook or share a service with it."""

    def __init__(
        self, snapshot: Snapshot, view: View, services: RunbookServices, service_map: ServiceMap
    ) -> None:
        """Find the incidents of each runbook of ``view``."""
        self._snapshot = snapshot
        incidents = np.flatnonzero(view.documents & snapshot.of_kind(Kind.INCIDENT)).tolist()
        by_service: dict[str, list[int]] = {}
        for ordinal in incidents:
            for name in snapshot.catalogue.services[ordinal]:
                by_service.setdefault(fold(name), []).append(ordinal)
        self._of_runbook: dict[int, set[int]] = {}
        for name in services.names.known:
            for book in {*services.of(name), *service_map.runbooks_of(name)}:
                self._of_runbook.setdefault(book, set()).update(by_service.get(fold(name), ()))
        self._add_linking(snapshot.references, view)

    def of(self, document: Document) -> RunbookAge:
        """Return the age of the runbook ``document``."""
        day, line = last_updated(document)
        dates = self._snapshot.catalogue.dates
        related = self._of_runbook.get(self._snapshot.ordinals[document.id], ())
        since = [date for n in related if (date := dates[n]) is not None and (day is None or date > day)]
        standing = standing_of(document)
        return RunbookAge(
            day,
            line,
            len(since),
            max(since, default=None),
            standing.retired,
            standing.stale_after,
            standing.generated,
            standing.vouched_by,
        )

    def _add_linking(self, references: Sequence[Reference], view: View) -> None:
        kinds, ordinals = self._snapshot.catalogue.kinds, self._snapshot.ordinals
        for reference in references:
            source = ordinals[reference.source_id]
            if not view.documents[source] or kinds[source] is not Kind.INCIDENT:
                continue
            found = meant(reference.meanings, ordinals, view)
            if len(found) == 1 and kinds[found[0]] is Kind.RUNBOOK:
                self._of_runbook.setdefault(found[0], set()).add(source)


def _dated(value: object) -> str:
    """Return the day in a value, where it stands beside a name, too: ``{by: Kim, on: 2025-03-01}``."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("on", "at", "date", "when") if key in value), "")
    return one_text(value) or ""


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except FieldError:
        return find_date(text) or _end_of_month(text)


def _end_of_month(text: str) -> dt.date | None:
    match = _MONTH.search(text)
    month = match["month"].title() if match else ""
    if match is None or month not in _MONTHS:
        return None
    number, year = _MONTHS.index(month), int(match["year"])
    return dt.date(year, number, calendar.monthrange(year, number)[1]) if 1980 <= year <= 2100 else None


def _line_of(lines: Sequence[str], key: str) -> int:
    start = re.compile(rf"\W*{re.escape(key)}\W", re.IGNORECASE)
    return next((number for number, line in enumerate(lines, start=1) if start.match(line)), 1)
