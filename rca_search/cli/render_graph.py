"""What surrounds a document in the link graph: neighbours by kind, aligned, each with where it is said."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.tables import table
from rca_search.cli.wording import counted
from rca_search.models import Edge, EdgeKind, Neighbourhood, Node, NodeKind

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
