"""Score what was read or learned against labels: ``python -m benchmarks.scoring``.

    python -m benchmarks.scoring extraction LABELS FOLDER [FOLDER ...]
    python -m benchmarks.scoring families INDEX QUERIES QRELS
    python -m benchmarks.scoring kinds incident|runbook FOLDER [FOLDER ...]

The first compares facts of incidents with what people read in the same documents, the second the families of
an index with judgements of grade 2 (B-cubed). The third counts what documents are taken for whose folder and
front matter do not say it. The exit code is 2 where something cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.scoring.extraction import load_labels, render_extraction, score_extraction
from benchmarks.scoring.families import render_family_scores, score_families
from benchmarks.scoring.kinds import render_kinds, score_kinds
from rca_search.cli.page import Page
from rca_search.errors import DocumentRejectedError, InvalidRequestError, RcaSearchError
from rca_search.evaluation.dataset import load_dataset
from rca_search.indexing.snapshot import open_current
from rca_search.models import Document, Kind, SourceFile
from rca_search.sources.documents import parse_document
from rca_search.sources.files import walk

_WIDTH = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring", description=__doc__)
    commands = parser.add_subparsers(required=True)
    extraction = commands.add_parser("extraction")
    extraction.add_argument("labels", type=Path)
    extraction.add_argument("folders", type=Path, nargs="+")
    extraction.set_defaults(run=_extraction)
    families = commands.add_parser("families")
    kinds = commands.add_parser("kinds")
    kinds.add_argument("kind", type=Kind, choices=[Kind.INCIDENT, Kind.RUNBOOK])
    kinds.add_argument("folders", type=Path, nargs="+")
    kinds.set_defaults(run=_kinds)
    for name in ("index", "queries", "qrels"):
        families.add_argument(name, type=Path)
    families.set_defaults(run=_families)
    given = parser.parse_args(arguments)
    page = Page(width=_WIDTH, colored=False, terminal=False)
    try:
        given.run(given, page)
    except RcaSearchError as error:
        print(f"{error.message} {error.remedy}".strip(), file=sys.stderr)
        return 2
    print(page.text(), end="")
    return 0


def _kinds(given: argparse.Namespace, page: Page) -> None:
    render_kinds(page, given.kind, [(folder.name, score_kinds(folder)) for folder in given.folders])


def _extraction(given: argparse.Namespace, page: Page) -> None:
    labels = load_labels(given.labels)
    documents = dict(_labelled(given.folders, {label.document for label in labels}))
    whole, groups, missing = score_extraction(labels, documents.get)
    if not whole.documents:
        raise InvalidRequestError("No labelled document is there.", remedy="Name the folder that has them.")
    render_extraction(page, whole, groups)
    if missing:
        page.line(f"not there: {', '.join(missing)}")


def _families(given: argparse.Namespace, page: Page) -> None:
    snapshot, _ = open_current(given.index)
    scores = score_families(snapshot, load_dataset(given.queries, given.qrels))
    render_family_scores(page, scores, snapshot.version)


def _labelled(folders: Sequence[Path], wanted: set[str]) -> Iterator[tuple[str, Document]]:
    """Read the wanted documents below ``folders``; no model is needed for that."""
    for file in walk(list(folders)):
        if isinstance(file, SourceFile) and file.id in wanted:
            try:
                yield file.id, parse_document(file).document
            except DocumentRejectedError as error:
                raise RcaSearchError(f"{file.path} cannot be used: {error.message}") from error


if __name__ == "__main__":
    sys.exit(main())
