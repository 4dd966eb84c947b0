"""Signs that what fixed an incident may no longer hold, from links, dates and status of other documents."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from rca_search.insight.standing import standing_of
from rca_search.insight.version_cache import VersionCache
from rca_search.models import Document, Kind, Supersession
from rca_search.ranking.filters import fold
from rca_search.sources.keys import plain_key
from rca_search.text.dates import FieldError, parse_date
from rca_search.views import View

MAX_NOTES = 6

_ORDER = (
    "document_retired", "service_retired", "later_incident", "document_stale", "document_changed",
    "dangling_link",
)  # fmt: skip
_CHANGED_KEYS = (
    "last updated",
    "updated",
    "last modified",
    "modified",
    "last reviewed",
    "reviewed",
    "revised",
    "changed",
)
_RETIRED = re.compile(
    r"(?:retired|decommission(?:ed)?|deprecated|sunset|archived|replaced|removed|shut ?down|end of life|eol"
    r"|obsolete)\b",
    re.I,
)


class Superseding:
    """Looks for such signs in one view of a library."""

    def __init__(self, library: VersionCache, view: View, as_of: dt.date | None) -> None:
        """Take the library, the documents that exist, and the last day known of."""
        self._library = library
        self._view = view
        self._as_of = as_of

    def of(self, document: Document) -> tuple[Supersession, ...]:
        """Return the signs about ``document``, those that weigh most first."""
        found = [
            *self._standing(document, 0),
            *self._linked(document),
            *self._retired(document),
            *self._later(document),
        ]
        unique = {(note.reason, note.subject): note for note in reversed(found)}
        ranked = sorted(
            unique.values(), key=lambda note: (_ORDER.index(note.reason), note.line, note.subject)
        )
        return tuple(ranked)[:MAX_NOTES]

    def _standing(self, document: Document, line: int) -> Iterator[Supersession]:
        """Give what a document says of itself: that it is retired, or holds until a day that has passed."""
        standing = standing_of(document)
        if standing.retired:
            yield Supersession("document_retired", document.id, None, line)
        elif standing.is_stale(self._as_of or dt.date.today()):
            yield Supersession("document_stale", document.id, standing.stale_after, line)

    def _later(self, document: Document) -> Iterator[Supersession]:
        """Give later incidents that link to this one and were fixed by something else."""
        own = self._library.snapshot.ordinals[document.id]
        if document.date is None:
            return
        for reference in self._library.references_to.get(document.id, ()):
            source = self._library.snapshot.ordinals[reference.source_id]
            if not self._view.documents[source] or self._library.target(reference, self._view) != own:
                continue
            other = self._library.read(source).document
            later = other.kind is Kind.INCIDENT and other.date is not None and other.date > document.date
            if later and self._library.facts(own).fixed_otherwise(self._library.facts(source)):
                yield Supersession("later_incident", other.id, other.date)

    def _retired(self, document: Document) -> Iterator[Supersession]:
        """Give the notes of the incident's services that say the service is no more."""
        for name in document.services:
            for ordinal in self._library.service_notes.get(fold(name), ()):
                note = self._library.read(ordinal).document
                if self._view.documents[ordinal] and self._is_retired(note):
                    yield Supersession("service_retired", note.id, changed_on(note))

    def _is_retired(self, note: Document) -> bool:
        changed = changed_on(note)
        unknown_yet = self._as_of is not None and changed is not None and changed > self._as_of
        return bool(_RETIRED.match(note.status or "")) and not unknown_yet

    def _linked(self, document: Document) -> Iterator[Supersession]:
        for reference in self._library.references_from.get(document.id, ()):
            ordinal = self._library.target(reference, self._view)
            if ordinal is None:
                yield Supersession("dangling_link", reference.link.target, None, reference.link.line)
                continue
            target = self._library.read(ordinal).document
            if target.kind is Kind.RUNBOOK:
                yield from self._standing(target, reference.link.line)
            if target.kind is Kind.SERVICE and self._is_retired(target):
                yield Supersession("service_retired", target.id, changed_on(target), reference.link.line)
            elif target.kind in (Kind.SERVICE, Kind.RUNBOOK) and self._is_newer(target, document):
                yield Supersession("document_changed", target.id, changed_on(target), reference.link.line)

    def _is_newer(self, target: Document, document: Document) -> bool:
        changed = changed_on(target)
        if changed is None or document.date is None or (self._as_of and changed > self._as_of):
            return False
        return changed > document.date


def changed_on(document: Document) -> dt.date | None:
    """Return the day on which the document says it was last changed or looked at, else its date."""
    stated = {plain_key(key): value for key, value in document.metadata.items()}
    for key in _CHANGED_KEYS:
        try:
            return parse_date(str(stated[key]))
        except (KeyError, FieldError):
            continue
    return document.date
