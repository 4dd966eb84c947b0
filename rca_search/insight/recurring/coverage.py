"""Which runbooks there are for incidents that share a failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rca_search.insight.library import Library
from rca_search.models import Kind
from rca_search.views import View


def runbooks_linked(library: Library, group: Sequence[int], view: View) -> set[int]:
    """Return the runbooks of ``view`` that an incident of ``group`` links to, or that link to one."""
    catalogue, ordinals = library.snapshot.catalogue, library.snapshot.ordinals
    members, found = set(group), set[int]()
    for member in group:
        name = catalogue.ids[member]
        for reference in library.references_from.get(name, ()):
            found.update(_runbooks(library, [library.target(reference, view)]))
        for reference in library.references_to.get(name, ()):
            source = ordinals[reference.source_id]
            if view.documents[source] and library.target(reference, view) in members:
                found.update(_runbooks(library, [source]))
    return found


def runbooks_of_services(library: Library, group: Sequence[int], view: View) -> set[int]:
    """Return the runbooks of ``view`` about a service of an incident of ``group``."""
    services, named = library.services(view), library.service_map(view)
    names = {name for member in group for name in library.snapshot.catalogue.services[member]}
    return {book for name in names for book in (*services.of(name), *named.runbooks_of(name))}


def _runbooks(library: Library, ordinals: Iterable[int | None]) -> Iterable[int]:
    kinds = library.snapshot.catalogue.kinds
    return (each for each in ordinals if each is not None and kinds[each] is Kind.RUNBOOK)
