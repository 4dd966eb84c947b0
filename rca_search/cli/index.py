"""``build`` and ``status``."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from rca_search.cli import options
from rca_search.cli.progress import progress
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError

BUILD_EXAMPLES = """
  rca-search build postmortems/
  rca-search build rcas/ runbooks/ services/ --index /var/lib/rca-search
  rca-search build wiki/ --kind incident=outages/* --kind runbook=howto/*
  rca-search build notes/ --strict --json > build.json
  rca-search build notes/ --allow-shrink
"""
STATUS_EXAMPLES = """
  rca-search status
  RCA_STALE_AFTER=P1D rca-search status --json
"""


def build(
    session: Session,
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Folders with Markdown files, read recursively.")
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND=GLOB",
            help="Kind of the documents whose id matches: incident, runbook, service or other; repeatable.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Publish nothing if a file cannot be used (exit code 4).")
    ] = False,
    allow_shrink: Annotated[
        bool,
        typer.Option(
            "--allow-shrink",
            help="Publish even if over a fifth of the documents, or all of a kind or folder, are gone.",
        ),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="Name or folder of a sentence-transformers model. [env RCA_MODEL]"
        ),
    ] = None,
    quantize: Annotated[
        str | None,
        typer.Option(
            "--quantize",
            metavar="NAME",
            help="fp32, or int8: smaller and faster, slightly other vectors. "
            "[env RCA_PRECISION; default: fp32]",
        ),
    ] = None,
    precision: Annotated[str | None, typer.Option("--precision", hidden=True)] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store", metavar="NAME", help="auto, faiss, ivf or exact. [env RCA_STORE; default: auto]"
        ),
    ] = None,
    max_file_bytes: Annotated[
        int | None,
        typer.Option(
            "--max-file-bytes",
            metavar="N",
            help="Leave larger files out. [env RCA_MAX_FILE_BYTES; default: 10 MiB]",
        ),
    ] = None,
    glossary: Annotated[
        Path | None,
        typer.Option(
            "--glossary",
            metavar="FILE",
            help="Expressions of one meaning, with = between them, a group a line. [env RCA_GLOSSARY]",
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Build an index of folders with post-mortems, runbooks and service notes, or bring it up to date.

    The index that was there serves on until the new one is complete; if anything fails it stays.
    """
    if precision is not None:
        raise InvalidRequestError(
            "--precision of a build is called --quantize now.", remedy=f"Write: --quantize {precision}."
        )
    from rca_search.sources.classify import parse_override

    kinds = [parse_override(text) for text in kind or []]
    settings = session.settings(
        model=model, precision=quantize, store=store, max_file_bytes=max_file_bytes, glossary=glossary
    )
    from rca_search.bootstrap import build_index

    started = time.monotonic()
    with progress(session.screen) as report_progress:
        report = build_index(
            settings,
            folders,
            kinds=kinds,
            strict=strict,
            allow_shrink=allow_shrink,
            progress=report_progress,
        )
    seconds = time.monotonic() - started
    if as_json:
        from rca_search.schemas.index import BuildResponse

        session.screen.show_json(BuildResponse.from_result(report, seconds))
        return
    from rca_search.cli.render_build import render_build

    page = session.screen.page()
    render_build(page, report, seconds=seconds, verbose=session.screen.verbose)
    session.screen.show(page)


def status(session: Session, as_json: options.Json = False) -> None:
    """Say which version is current, how fresh it is, what it holds and which files were left out."""
    settings = session.settings()
    service = session.service()
    found, problems, taken = service.status(), service.problems(), _size(settings.index)
    if as_json:
        from rca_search.schemas.index import IndexStatusResponse

        session.screen.show_json(IndexStatusResponse.from_result(found, problems, taken))
        return
    from rca_search.cli.render_build import render_status
    from rca_search.indexing.encoder import PublishedEncoder

    page = session.screen.page()
    now, verbose = dt.datetime.now(dt.UTC), session.screen.verbose
    precision = PublishedEncoder(settings.index).precision()
    render_status(page, found, problems, precision=precision, size_bytes=taken, now=now, verbose=verbose)
    session.screen.show(page)


def _size(index: Path) -> int:
    """Return the bytes that ``index`` takes, files that several versions share once."""
    files: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(index):
        for name in names:
            try:
                found = Path(folder, name).lstat()
            except OSError:
                continue  # a version that another process has just removed
            files[(found.st_dev, found.st_ino)] = found.st_size
    return sum(files.values())
