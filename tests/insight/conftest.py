"""Documents made from a few lines of Markdown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from rca_search.models import Document, SourceFile
from rca_search.sources.documents import parse_document


@pytest.fixture(scope="session")
def write() -> Callable[..., Document]:
    """Return what turns Markdown into a document; ``date`` goes into front matter."""

    def make(text: str, *, date: str = "2025-03-05", front: str = "") -> Document:
        content = f"---\ndate: {date}\n{front}---\n{text}".encode()
        digest = hashlib.sha256(content).hexdigest()
        return parse_document(SourceFile("RCAs/one", "vault", "RCAs/one.md", content, digest))[0]

    return make
