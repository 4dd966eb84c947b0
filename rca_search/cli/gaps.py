"""``gaps``: what is missing in the documents as a whole."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from rca_search.cli import options
from rca_search.cli.exits import ExitCode
from rca_search.cli.question import read_date
from rca_search.cli.session import Session
from rca_search.models import Query

EXAMPLES = """
  rca-search gaps
  rca-search gaps --incidents 1 --json
  rca-search gaps --exit-code --quiet > gaps.txt
"""


def gaps(
    session: Session,
    incidents: Annotated[
        int,
        typer.Option(
            "--incidents", metavar="N", help="A runbook is stale from N incidents since its last update on."
        ),
    ] = 3,
    as_of: options.AsOf = None,
    exclude: options.Exclude = None,
    as_json: options.Json = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with exit code 1 where there is a gap.")
    ] = False,
) -> None:
    """List what is missing: runbooks for failures that came back, links, updates, and actions never closed.

    Of a dangling link, documents with a name spelled nearly alike are suggested. An action counts where the
    write-up says that it is open, or where its due day has passed and no completion is recorded.
    """
    query = Query("", as_of=read_date("--as-of", as_of), exclude=tuple(exclude or ()))
    today = query.as_of or dt.date.today()
    found, freshness = session.service().gaps(query, today=today, stale_from=incidents)
    if as_json:
        from rca_search.schemas.graph import GapsResponse

        session.screen.show_json(GapsResponse.from_result(found, freshness, query.as_of))
    else:
        from rca_search.cli.render_graph import render_gaps

        page = session.screen.page()
        render_gaps(page, found, verbose=session.screen.verbose)
        session.screen.show(page)
    if exit_code and found.total:
        raise typer.Exit(ExitCode.NOTHING_FOUND)
