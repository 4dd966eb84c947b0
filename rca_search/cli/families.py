"""``families``: which failures keep coming back, and what they cost."""

from __future__ import annotations

from typing import Annotated

import typer

from rca_search.cli import options
from rca_search.cli.exits import ExitCode
from rca_search.cli.question import read_date, read_filter
from rca_search.cli.session import Session
from rca_search.models import Query

DEFAULT_LIMIT = 10

EXAMPLES = """
  rca-search families
  rca-search families --service payments-api --since 2025-01-01
  rca-search families RCAs/2025-11-28-checkout-oom
  rca-search families -k 3 --json
"""


def families(
    session: Session,
    name: Annotated[
        str | None,
        typer.Argument(metavar="ID", show_default=False, help="One family: its id, or an incident of it."),
    ] = None,
    limit: options.Limit = DEFAULT_LIMIT,
    service: options.Service = None,
    severity: options.Severity = None,
    tag: options.Tag = None,
    since: options.Since = None,
    until: options.Until = None,
    as_of: options.AsOf = None,
    exclude: options.Exclude = None,
    as_json: options.Json = False,
    exit_code: options.ExitCodeFlag = False,
) -> None:
    """List the failures that came back, the costliest first: how often, how long, how bad, and the trend.

    Cost is the minutes that the incidents lasted; where a file does not say, the median of all is taken.
    Filters choose the incidents that are counted. Planned maintenance does not count.
    """
    query = Query(
        text="",
        limit=limit,
        filter=read_filter(service, severity, tag, since, until),
        as_of=read_date("--as-of", as_of),
        exclude=tuple(exclude or ()),
    )
    found = session.service().families(query, name)
    if as_json:
        from rca_search.schemas.families import FamiliesResponse

        session.screen.show_json(FamiliesResponse.from_result(found, query))
    else:
        from rca_search.cli.render_families import render_families

        page = session.screen.page()
        render_families(page, found, whole=name is not None or session.screen.verbose)
        session.screen.show(page)
    if exit_code and not found.families:
        raise typer.Exit(ExitCode.NOTHING_FOUND)
