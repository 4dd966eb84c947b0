"""How well the kind of a document is told where neither its folder nor its front matter names one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rca_search.cli.page import Page
from rca_search.errors import DocumentRejectedError
from rca_search.models import Kind, SourceFile
from rca_search.sources.catalog_info import is_catalog
from rca_search.sources.documents import parse_document
from rca_search.sources.files import walk

_TELLING = re.compile(
    rb"^(?:kind|type|category|tags|document)[^\n]*\n(?:[ \t]+[^\n]*\n|- [^\n]*\n)*", re.MULTILINE
)
_HEADER = re.compile(rb"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)


def score_kinds(folder: Path) -> Counter[Kind]:
    """Return how many documents below ``folder`` are taken for which kind, with what names it hidden."""
    found: Counter[Kind] = Counter()
    for item in walk([folder]):
        if not isinstance(item, SourceFile) or is_catalog(item.path):
            continue
        content = _HEADER.sub(lambda header: _TELLING.sub(b"", header[0]), item.content, count=1)
        name = item.path.rpartition("/")[2]
        try:
            document = parse_document(SourceFile(item.id, "folder", name, content, item.sha256)).document
        except DocumentRejectedError:
            continue
        found[document.kind] += 1
    return found


def render_kinds(page: Page, wanted: Kind, scores: Sequence[tuple[str, Counter[Kind]]]) -> None:
    """Add a row for each folder: documents taken for ``wanted``, all, and what the others were taken for."""
    article = "an" if wanted is Kind.INCIDENT else "a"
    page.line(f"Taken for {article} {wanted.value}")
    for name, found in scores:
        others = ", ".join(f"{kind.value} {count}" for kind, count in found.items() if kind is not wanted)
        page.line(f"{name:<28} {found[wanted]:>5,} of {found.total():>5,}   {others}".rstrip(), indent=2)
