"""``show``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from rca_search.cli import options
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind

SHOW_EXAMPLES = """
  rca-search show RCAs/2025-11-28-checkout-oom
  rca-search show 2025-11-28-checkout-oom.md --lines
  rca-search show checkout-api --graph --depth 2
  rca-search show checkout-api --json
"""


def show(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="ID", help="Id, alias, file name or title of a document.")],
    lines: Annotated[bool, typer.Option("--lines", help="Number the lines as in the file.")] = False,
    graph: Annotated[
        bool, typer.Option("--graph", help="Show what it links to and what speaks of it instead.")
    ] = False,
    depth: Annotated[
        int | None,
        typer.Option("--depth", metavar="N", help="With --graph: steps to follow, 1 (the default) to 3."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show a document as it was indexed: what was recognised in it, facts with their lines, its sections.

    With --graph: the incidents, runbooks, services and teams around it, each with the line that says so; then
    ID may be a service or a team that has no document of its own.
    """
    if graph:
        _show_graph(session, name, 1 if depth is None else depth, numbered=lines, as_json=as_json)
        return
    if depth is not None:
        raise InvalidRequestError("--depth needs --graph.")
    service = session.service()
    document = service.get(name)
    found = service.fetch_incident(document.id)[1] if document.kind is Kind.INCIDENT else None
    if as_json:
        from rca_search.schemas.documents import DocumentResponse

        freshness = service.status().freshness
        session.screen.show_json(DocumentResponse.from_result(document, found, freshness))
        return
    from rca_search.cli.render_document import render_document

    page = session.screen.page()
    render_document(page, document, found, today=dt.date.today(), numbered=lines)
    session.screen.show(page)


def _show_graph(session: Session, name: str, depth: int, *, numbered: bool, as_json: bool) -> None:
    if numbered:
        raise InvalidRequestError("--lines and --graph exclude each other.", remedy="Give one of them.")
    found, freshness = session.service().graph(name, depth)
    if as_json:
        from rca_search.schemas.graph import GraphResponse

        session.screen.show_json(GraphResponse.from_result(found, freshness))
        return
    from rca_search.cli.render_graph import render_graph

    page = session.screen.page()
    render_graph(page, found, verbose=session.screen.verbose)
    session.screen.show(page)
