"""A small folder of documents, the place of an index, and the build that leads from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding.source import NamedEncoder
from rca_search.indexing.build import Analyser, BuildReport, BuildRequest, Tools, build
from rca_search.models import Query
from rca_search.protocols import EncoderSource
from rca_search.service import SearchService

DOCUMENTS = {
    "incidents/2024-01-10-disk.md": (
        "---\ntitle: Ledger disk full\nservices: [ledger]\nseverity: SEV2\n---\n"
        "# Ledger disk full\n\n## Summary\n\nThe ledger volume filled up with audit segments.\n\n"
        "## Root cause\n\nRetention was off after the quokka migration.\n\n"
        "## Resolution\n\nSee [[runbooks/free-space|free space]] and [[nowhere]].\n"
    ),
    "incidents/2024-02-11-certificate.md": (
        "---\ntitle: Expired certificate\nservices: [edge]\n---\n"
        "# Expired certificate\n\n## Summary\n\nTLS handshakes failed: certificate expired at midnight.\n\n"
        "## Root cause\n\nThe renewal job lacked permission.\n"
    ),
    "incidents/2024-03-12-pool.md": (
        "# Connection pool exhausted\n\n## Summary\n\nCheckout timed out; connection pool exhausted.\n\n"
        "## Root cause\n\nA zebrafish deploy leaked connections.\n"
    ),
    "runbooks/free-space.md": (
        "---\ntitle: Free disk space\nkind: runbook\nservices: [ledger]\n---\n"
        "# Free disk space\n\n## Steps\n\n1. Find the largest folder.\n2. Delete audit segments.\n"
    ),
    "services/ledger.md": "# ledger\n\nKeeps the books. Depends on [[services/edge]].\n",
}


def write_documents(folder: Path, documents: dict[str, str]) -> Path:
    """Write ``documents`` by path below ``folder``."""
    for path, text in documents.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def documents() -> dict[str, str]:
    """The text of every document by path."""
    return dict(DOCUMENTS)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with a handful of documents."""
    return write_documents(tmp_path / "vault", DOCUMENTS)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The place of an index that has not been built yet."""
    return tmp_path / "index"


@pytest.fixture
def rebuild(docs: Path, index: Path) -> Callable[..., BuildReport]:
    """Build ``index`` from ``docs``; keywords are fields of the request, or name another place or part."""

    def run(
        *,
        folders: Sequence[Path] = (),
        into: Path = index,
        encoder: EncoderSource | None = None,
        analysers: tuple[Analyser, ...] = (),
        revision: str | None = None,
        allow_shrink: bool = True,
        **request: Any,
    ) -> BuildReport:
        asked = BuildRequest(
            tuple(folders) or (docs,), **{"store": "exact", "allow_shrink": allow_shrink, **request}
        )
        tools = Tools(encoder or NamedEncoder("test-hashing"), analysers=analysers)
        return build(asked, into, tools, source_revision=revision)

    return run


@pytest.fixture
def answers(index: Path) -> Callable[[str], dict[str, str]]:
    """Ask ``index`` and return the text of every passage by the id of its document."""

    def ask(text: str, where: Path = index) -> dict[str, str]:
        found = SearchService(where, NamedEncoder("test-hashing")).search(Query(text, limit=100))
        hits = (*found.incidents, *found.runbooks)
        return {hit.document.id: "\n".join(passage.text for passage in hit.passages) for hit in hits}

    return ask


@pytest.fixture
def everything_under() -> Callable[[Path], dict[str, bytes]]:
    """Read every file below a folder, by path."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return read
