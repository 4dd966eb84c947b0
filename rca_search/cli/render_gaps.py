"""The gaps as tables, the worst of each sort first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rca_search.cli.fitting import fitting
from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.tables import table
from rca_search.cli.wording import counted
from rca_search.models import DanglingLink, Gaps

LONGEST_ACTION = 48
SHOWN = 15
"""Rows of one sort shown; ``-v`` and ``--json`` give all."""


def render_gaps(page: Page, found: Gaps, *, verbose: bool) -> None:
    """Add a table for each sort of gap that there is."""
    if not found.total:
        page.line(
            "No gap: links lead somewhere, services and families have runbooks, actions are closed.",
            style="bold",
        )
    _table(
        page,
        "Failures that came back, without a runbook on record",
        ("family", "incidents", "since", "last", "runbooks of its services"),
        [
            (
                safe_line(one.name),
                f"{one.incidents:,}",
                str(one.first or ""),
                str(one.last or ""),
                ", ".join(one.service_runbooks),
            )
            for one in found.uncovered_families
        ],
        verbose=verbose,
    )
    _table(
        page,
        "Actions never closed, the longest overdue first",
        ("due", "owner", "action", "at"),
        [
            (
                f"{one.item.due}{'' if one.overdue else ' (to come)'}" if one.item.due else "open",
                safe_line(one.item.owner or ""),
                fitting(safe_line(one.item.text), LONGEST_ACTION),
                f"{one.path}:{one.item.line}",
            )
            for one in found.unclosed_actions
        ],
        verbose=verbose,
    )
    if found.unrecorded_actions:
        page.line(
            f"{counted(found.unrecorded_actions, 'more action')} without a due day, and nothing says whether "
            "they were carried out",
            indent=2,
            style="dim",
        )
    _table(page, "Dangling links", ("target", "links", "first at", ""), _dangling(found), verbose=verbose)
    _table(
        page,
        f"Stale runbooks: not updated though {counted(found.stale_from, 'incident')} or more came since",
        ("runbook", "updated", "incidents", "last"),
        [
            (
                book.document_id,
                str(book.age.last_updated or "no date"),
                f"{book.age.incidents_since:,}",
                str(book.age.last_incident or ""),
            )
            for book in found.stale_runbooks
        ],
        verbose=verbose,
    )
    _table(
        page,
        "Services with incidents but without a runbook",
        ("service", "incidents", "last"),
        [
            (one.service, f"{one.incidents:,}", str(one.last_incident or ""))
            for one in found.uncovered_services
        ],
        verbose=verbose,
    )
    _table(
        page,
        "Runbooks that nothing links to",
        ("runbook", "title"),
        [(book.document_id, book.title) for book in found.unlinked_runbooks],
        verbose=verbose,
    )


def _table(
    page: Page, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, verbose: bool
) -> None:
    if not rows:
        return
    if page.text():
        page.gap()
    page.line(Text(f"{title} ({len(rows):,})", style="bold"))
    shown = rows if verbose else rows[:SHOWN]
    table(page, shown, head=head, indent=2)
    if left := len(rows) - len(shown):
        page.line(f"and {left:,} more: -v or --json lists them", indent=2, style="dim")


def _dangling(found: Gaps) -> list[Sequence[str]]:
    """Return a row for each target, those with most links first."""
    targets: dict[tuple[str, tuple[str, ...]], list[DanglingLink]] = {}
    for link in found.dangling_links:
        targets.setdefault((link.target.casefold(), link.candidates), []).append(link)
    rows: list[Sequence[str]] = []
    for links in sorted(targets.values(), key=lambda links: (-len(links), links[0].path, links[0].line)):
        first = links[0]
        meant = f"means {', '.join(first.candidates)} alike" if first.candidates else ""
        near = f"did you mean {', '.join(first.near)}?" if first.near else ""
        rows.append((first.target, f"{len(links):,}", f"{first.path}:{first.line}", meant or near))
    return rows
