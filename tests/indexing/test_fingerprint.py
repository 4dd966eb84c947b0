"""What a stage of a build depends on is found in its code, and an edit anywhere else builds nothing anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.indexing.fingerprint import DOCUMENT_STAGES, imported, shaping_files

PACKAGE = Path(__file__).resolve().parents[2] / "rca_search"

BUILD = """
import sys
from pathlib import Path
from rca_search.embedding.source import NamedEncoder
from rca_search.indexing import facts
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.insight.families.detection import find_families

read = []
plain = facts.facts_in
facts.facts_in = lambda document: read.append(document.id) or plain(document)
tools = Tools(NamedEncoder("test-hashing"), analysers=(find_families,))
report = build(BuildRequest((Path(sys.argv[1]),), store="exact"), Path(sys.argv[2]), tools)
print(report.published, len(read))
"""


@pytest.fixture
def built(tmp_path: Path, docs: Path) -> Callable[[], str]:
    """Build with a copy of the package in a process of its own; tell what was published and read."""
    shutil.copytree(PACKAGE, tmp_path / "copy" / "rca_search", ignore=shutil.ignore_patterns("__pycache__"))

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(docs), str(tmp_path / "index")],
            cwd=tmp_path / "copy",
            env={"PYTHONPATH": str(tmp_path / "copy"), "PATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout.strip()

    return run


def append(tmp_path: Path, *names: str) -> None:
    for name in names:
        with (tmp_path / "copy" / "rca_search" / name).open("a", encoding="utf-8") as stream:
            stream.write("\n# another line\n")


def test_only_what_an_edit_can_change_is_made_anew(built: Callable[[], str], tmp_path: Path) -> None:
    published, read = built().split()
    assert published == "True"
    incidents = int(read)
    assert incidents >= 2
    assert built() == "False 0"
    append(tmp_path, "analysis/picture.py", "cli/app.py", "insight/answer.py", "ranking/weights.py")
    assert built() == "False 0"
    append(tmp_path, "facts/cause.py")
    assert built() == f"True {incidents}"
    append(tmp_path, "insight/families/similarity.py")
    assert built() == "True 0"
    append(tmp_path, "sources/values.py")
    assert built() == f"True {incidents}"


def test_stages_depend_on_what_they_import_and_on_nothing_above() -> None:
    names = {file.relative_to(PACKAGE).as_posix() for file in shaping_files(DOCUMENT_STAGES)}
    assert {"sources/documents.py", "chunking/pieces.py", "lexical/bm25.py", "models/documents.py"} <= names
    assert not {name for name in names if name.split("/")[0] in ("insight", "cli", "api", "facts", "ranking")}
    assert "models/why_not.py" not in names
    facts = {file.relative_to(PACKAGE).as_posix() for file in shaping_files(["rca_search.indexing.facts"])}
    assert {"facts/cause.py", "facts/vocabulary.py", "indexing/facts.py"} <= facts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import rca_search.views", {"rca_search.views"}),
        ("from rca_search.models import Document", {"rca_search.models.documents"}),
        ("from rca_search import stores", {"rca_search.stores"}),
        ("def f():\n    from rca_search.views import View", {"rca_search.views"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rca_search.views import View", set()),
        ("import json\nfrom numpy import array", set()),
    ],
)
def test_imports_are_found_wherever_they_stand(tmp_path: Path, source: str, expected: set[str]) -> None:
    file = tmp_path / "module.py"
    file.write_text(source, encoding="utf-8")
    assert imported(file) == expected
