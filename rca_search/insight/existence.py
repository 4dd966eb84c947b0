"""Which documents exist for one question; a question that makes no sense is refused here."""

from __future__ import annotations

from rca_search.errors import InvalidRequestError
from rca_search.indexing.snapshot import Snapshot
from rca_search.models import Query
from rca_search.ranking.filters import existing_on
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
