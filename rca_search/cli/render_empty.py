"""An answer without incidents: why that is, and what to try."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.models import Filter, Query
from rca_search.service import Catalogued

INDENT = 2


def render_nothing(page: Page, query: Query, known: Catalogued) -> None:
    """Say that no incident was found, and for each thing that may be the reason what to do."""
    if not known.incidents:
        page.line("There is no incident in the index.", style="bold")
        page.line("'rca-search status' counts what it holds; 'build --kind incident=GLOB' names incidents.")
        return
    if query.filter != Filter():
        page.line("No incident in the index passes these filters.", style="bold")
    else:
        page.line("No incident in the index exists for this question.", style="bold")
    for hint in _hints(query, known):
        page.line(safe_line(hint), indent=INDENT, hang=2)


def _hints(query: Query, known: Catalogued) -> list[str]:
    wanted = query.filter
    hints = [
        *_unknown("service", wanted.services, known.services),
        *_unknown("severity", wanted.severities, known.severities),
        *_unknown("tag", wanted.tags, known.tags),
    ]
    if (wanted.since or wanted.until) and known.first is not None and known.last is not None:
        hints.append(
            f"Incidents are dated from {known.first} to {known.last}; undated ones pass no date filter."
        )
    if query.as_of is not None:
        hints.append(f"Documents after {query.as_of} did not exist for this answer (--as-of).")
    if query.exclude:
        hints.append(f"Left out: {', '.join(query.exclude)} (--exclude).")
    return hints or ["Ask again with fewer filters."]


def _unknown(what: str, wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return a hint for each value that no incident has, with near spellings or examples."""
    folded = {name.casefold(): name for name in known}
    hints = []
    for name in wanted:
        if name.casefold() in folded:
            continue
        near = [folded[other] for other in difflib.get_close_matches(name.casefold(), folded, n=3)]
        named = f"did you mean {', '.join(near)}?" if near else f"known are {_some(known)}." if known else ""
        hints.append(f"No incident has the {what} {name}; {named}".rstrip("; "))
    return hints


def _some(names: Sequence[str]) -> str:
    most = 8
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")
