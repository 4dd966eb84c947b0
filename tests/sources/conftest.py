"""Parsing with one call, and the small awkward files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.models import Document, Problem, SourceFile
from rca_search.sources.documents import parse_document

Parsed = tuple[Document, tuple[Problem, ...]]
Parse = Callable[..., Parsed]


def _parse(content: str | bytes, path: str = "note.md", source: str = "docs", **options: object) -> Parsed:
    raw = content.encode() if isinstance(content, str) else content
    stem = path.rpartition(".")[0]
    file = SourceFile(stem, source, path, raw, hashlib.sha256(raw).hexdigest())
    parsed = parse_document(file, **options)  # type: ignore[arg-type]
    return parsed.document, parsed.problems


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Parse text or bytes as the file ``path`` of the folder ``source``."""
    return _parse


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with small awkward files."""
    return Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def parse_file(data: Path) -> Parse:
    """Parse one of the small awkward files."""

    def parse_one(name: str, **options: object) -> Parsed:
        return _parse((data / name).read_bytes(), name, "data", **options)

    return parse_one
