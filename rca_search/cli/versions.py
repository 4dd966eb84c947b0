"""``verify`` and ``rollback``: the versions of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rca_search.cli import options
from rca_search.cli.exits import ExitCode
from rca_search.cli.safe_text import safe_line
from rca_search.cli.session import Session

if TYPE_CHECKING:
    from rca_search.cli.page import Page
    from rca_search.indexing.versions import IndexCheck

VERIFY_EXAMPLES = """
  rca-search verify
  rca-search verify --index /var/lib/rca-search || echo "do not deploy"
"""
ROLLBACK_EXAMPLES = """
  rca-search rollback
  rca-search rollback 0000000041-5f0c1d2e3a4b --index /var/lib/rca-search
"""

_INDENT = 2


def verify(session: Session, as_json: options.Json = False) -> None:
    """Hash every file of every version, and name each that is damaged, missing or foreign.

    Also looks at the pointer to the current version, the record of the last check and the votes. Ends with
    exit code 3 where the index is damaged.
    """
    from rca_search.indexing.versions import verify_index
    from rca_search.sources.votes import read_votes

    settings = session.settings()
    found = verify_index(settings.index)
    votes = read_votes(settings.votes_file).problems
    if as_json:
        from rca_search.schemas.index import VerifyResponse

        session.screen.show_json(VerifyResponse.from_result(found, votes))
    else:
        page = session.screen.page()
        _render(page, found)
        for problem in votes:
            page.line(safe_line(f"{problem.path}:{problem.line}: {problem.message} {problem.remedy}"))
        session.screen.show(page)
    if found.all_faults:
        session.screen.error(_told(found), _remedy(found))
        raise typer.Exit(ExitCode.INDEX)


def rollback(
    session: Session,
    version: Annotated[
        str | None,
        typer.Argument(metavar="[VERSION]", help="The version to return to; default: the one before."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Make an earlier version of the index the current one, at once and for every reader.

    The sources are as they were: the next build publishes what they say. It also removes what is newer than
    the current version; until then a rollback that names it leads back.
    """
    from rca_search.indexing.publish import roll_back

    pointer, before = roll_back(session.settings().index, version)
    if as_json:
        from rca_search.schemas.index import RollbackResponse

        session.screen.show_json(RollbackResponse(index_version=pointer.version, before=before or None))
        return
    page = session.screen.page()
    page.line(f"Version {pointer.version} is current", style="bold")
    page.labelled("published", [f"{pointer.published_at:%Y-%m-%d %H:%M} UTC"], indent=_INDENT)
    page.labelled("before", [before or "unknown, the pointer was damaged"], indent=_INDENT)
    page.line("The next build publishes what the folders hold then.", indent=_INDENT)
    session.screen.show(page)


def _render(page: Page, found: IndexCheck) -> None:
    for fault in found.faults:
        page.line(safe_line(fault))
    for kept in found.versions:
        state = "damaged" if kept.faults else "intact"
        mark = ", current" if kept.current else ""
        page.line(f"Version {kept.pointer.version}: {state}{mark}", style="bold red" if kept.faults else "")
        for fault in kept.faults:
            page.line(safe_line(fault), indent=_INDENT, hang=_INDENT)


def _told(found: IndexCheck) -> str:
    damaged = sum(bool(kept.faults) for kept in found.versions)
    if found.current is not None and found.current.faults:
        return f"Version {found.current.pointer.version}, the current one, is damaged."
    if found.current is None:
        return "Which version is current cannot be told."
    return f"{damaged} of {len(found.versions)} versions are damaged." if damaged else found.faults[0]


def _remedy(found: IndexCheck) -> str:
    build = "Build the index again: rca-search build FOLDER"
    current = found.current
    if current is not None and not current.faults:
        return f"The current version answers as before. {build}"
    spare = any(not kept.faults and not kept.current for kept in found.versions)
    return f"{build}, or return to an intact version: rca-search rollback" if spare else build
