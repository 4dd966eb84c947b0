"""The link graph around a document and the gaps of the knowledge, as tables and lists."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from rca_search.cli.page import Page, fitting
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.models import DanglingLink, Edge, EdgeKind, Gaps, Neighbourhood, Node, NodeKind

_GAP = 2


def table(page: Page, rows: Sequence[Sequence[str]], *, indent: int, head: Sequence[str] = ()) -> None:
    """Add ``rows`` below ``head``; every column but the last is as wide as its widest cell."""
    cells = [[safe_line(cell) for cell in row] for row in rows]
    columns = range(len(rows[0]) if rows else len(head))
    widths = [
        max((cell_len(row[at]) for row in [*cells, *([head] if head else [])]), default=0) for at in columns
    ]
    if head:
        page.verbatim(Text(_line(head, widths), style="dim"), indent=indent)
    for row in cells:
        page.verbatim(_line(row, widths), indent=indent)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (width - cell_len(cell) + _GAP) for cell, width in zip(row, widths, strict=True)]
    return "".join(padded).rstrip()


SHOWN = 15
"""Neighbours of one kind shown; ``-v`` and ``--json`` give all."""

_HEADS = {
    NodeKind.INCIDENT: "incidents",
    NodeKind.RUNBOOK: "runbooks",
    NodeKind.SERVICE: "services",
    NodeKind.TEAM: "teams",
    NodeKind.OTHER: "other documents",
    NodeKind.MISSING: "not there",
}
_OUTWARD = {EdgeKind.SERVICE: "is about", EdgeKind.OWNER: "owned by", EdgeKind.DEPENDS_ON: "depends on"}
_INWARD = {
    EdgeKind.LINK: "linked from", EdgeKind.RELATED: "related from", EdgeKind.RUNBOOK: "runbook of",
    EdgeKind.SUPERSEDES: "superseded by", EdgeKind.MENTION: "mentioned in", EdgeKind.URL: "linked from",
    EdgeKind.SERVICE: "about it", EdgeKind.OWNER: "owns", EdgeKind.DEPENDS_ON: "needed by",
    EdgeKind.PART_OF: "has part",
}  # fmt: skip
_LEAST_TELLING = (EdgeKind.MENTION, EdgeKind.URL, EdgeKind.LINK)


def render_graph(page: Page, found: Neighbourhood, *, verbose: bool) -> None:
    """Add the node in the middle, then its neighbours by distance and kind."""
    center = found.center
    page.line(Text(safe_line(center.title), style="bold cyan"))
    steps = "1 step" if found.depth == 1 else f"{found.depth} steps"
    number = len(found.nodes) - 1 + found.left_out
    page.line(safe_line(f"{center.kind.value} · {center.id} · {counted(number, 'neighbour')} within {steps}"))
    if center.near:
        page.line(safe_line(_maybe(center)), style="yellow")
    if number == 0:
        page.gap()
        page.line("Nothing links to it, and it links to nothing.", style="bold")
    placed = dict(zip((node.id for node in found.nodes), found.distances, strict=True))
    for distance in range(1, found.depth + 1):
        for kind in NodeKind:
            nodes = [node for node in found.nodes if node.kind is kind and placed[node.id] == distance]
            if nodes:
                _group(page, found, nodes, placed, distance, verbose=verbose)
    if found.left_out:
        page.gap()
        page.line(f"{counted(found.left_out, 'node')} further out left out.", style="dim")


def _group(
    page: Page,
    found: Neighbourhood,
    nodes: Sequence[Node],
    placed: dict[str, int],
    distance: int,
    *,
    verbose: bool,
) -> None:
    away = "" if distance == 1 else f", {distance} steps away"
    page.gap()
    page.line(Text(f"{_HEADS[nodes[0].kind]}{away} ({len(nodes)})", style="bold"))
    shown = nodes if verbose else nodes[:SHOWN]
    rows = [_row(node, found, placed, distance) for node in shown]
    table(page, rows, indent=2)
    if left := len(nodes) - len(shown):
        page.line(f"and {left:,} more: -v or --json lists them", indent=2, style="dim")


def _row(node: Node, found: Neighbourhood, placed: dict[str, int], distance: int) -> list[str]:
    """Say how a node is joined to the nearer one that leads to it, and where that is written."""
    edges = [edge for edge in found.edges if _joins(edge, node.id, placed, distance - 1)]
    edges.sort(key=lambda edge: (edge.kind in _LEAST_TELLING, edge.path, edge.line))
    first = edges[0]
    nearer = first.source if first.target == node.id else first.target
    name = node.id if node.document else node.title
    via = f" (by {nearer})" if distance > 1 else ""
    where = f"{first.path}:{first.line}"
    return [_relation(first, node.id), f"{name}{via}", _maybe(node) or where]


def _joins(edge: Edge, node: str, placed: dict[str, int], distance: int) -> bool:
    if node not in {edge.source, edge.target}:
        return False
    return placed.get(edge.source if edge.target == node else edge.target) == distance


def _relation(edge: Edge, node: str) -> str:
    outward = edge.target == node
    words = _OUTWARD if outward else _INWARD
    return words.get(edge.kind, edge.kind.value.replace("_", " "))


def _maybe(node: Node) -> str:
    return f"did you mean {', '.join(node.near)}?" if node.near else ""


LONGEST_ACTION = 48
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
    _table(
        page,
        "Documents of no known kind, searched as notes",
        ("document", "title"),
        [(one.path, safe_line(one.title)) for one in found.unrecognised],
        verbose=verbose,
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
