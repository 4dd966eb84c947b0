"""Finding the document that a person means."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from rca_search.errors import AmbiguousIdError, DocumentNotFoundError
from rca_search.models import Document
from rca_search.sources.aliases import AliasTable, names_of

Parse = Callable[..., tuple[Document, tuple[object, ...]]]
QUEUE = "---\nid: INC-0123\naliases: [Black Friday]\n---\n# Queue stuck\n"


@pytest.fixture(scope="module")
def documents(parse: Parse) -> list[Document]:
    return [
        parse(QUEUE, "RCAs/2025-03-05-queue.md")[0],
        parse("---\nid: inc-0123\n---\n# Copy\n", "RCAs/copy.md")[0],
        parse("# Queue stuck\n", "Runbooks/queue.md")[0],
        parse("# Twin\n", "x/twin.md")[0],
        parse("# Other twin\n", "y/twin.md")[0],
        parse("# Named like a path\n", "copy.md")[0],
        parse("# Upper\n", "Case.md")[0],
        parse("# Lower\n", "case.md")[0],
    ]


@pytest.fixture(scope="module")
def table(documents: list[Document]) -> AliasTable:
    return AliasTable.of(documents)


@pytest.mark.parametrize(
    ("name", "document_id"),
    [
        ("RCAs/2025-03-05-queue", "RCAs/2025-03-05-queue"),
        ("rcas/2025-03-05-QUEUE", "RCAs/2025-03-05-queue"),
        ("RCAs/2025-03-05-queue.md", "RCAs/2025-03-05-queue"),
        ("2025-03-05-queue", "RCAs/2025-03-05-queue"),
        ("2025-03-05-queue.md", "RCAs/2025-03-05-queue"),
        ("black  friday", "RCAs/2025-03-05-queue"),
        ("queue", "Runbooks/queue"),
        ("other twin", "y/twin"),
        ("copy", "copy"),
        ("Case", "Case"),
        ("case", "case"),
    ],
)
def test_names_that_stand_for_one_document(table: AliasTable, name: str, document_id: str) -> None:
    assert table.resolve(name) == document_id


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("INC-0123", ("RCAs/2025-03-05-queue", "RCAs/copy")),
        ("twin", ("x/twin", "y/twin")),
        ("Queue stuck", ("RCAs/2025-03-05-queue", "Runbooks/queue")),
        ("CASE", ("Case", "case")),
    ],
)
def test_names_that_stand_for_several(table: AliasTable, name: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousIdError) as caught:
        table.resolve(name)
    assert caught.value.candidates == candidates
    assert table.matches(name) == candidates


def test_a_misspelt_name_gets_near_ones(table: AliasTable) -> None:
    with pytest.raises(DocumentNotFoundError, match="Did you mean RCAs/2025-03-05-queue") as caught:
        table.resolve("2025-03-05-qeue")
    assert caught.value.candidates == ("RCAs/2025-03-05-queue",)


@pytest.mark.parametrize("name", ["", "zzzzzz", "123", "\n", "a" * 1_000_000])
def test_a_name_like_none_gets_no_candidates(table: AliasTable, name: str) -> None:
    with pytest.raises(DocumentNotFoundError) as caught:
        table.resolve(name)
    assert caught.value.candidates == ()
    assert len(str(caught.value)) < 300


def test_the_table_is_rebuilt_from_stored_names(documents: list[Document], table: AliasTable) -> None:
    stored = [(document.id, names_of(document)) for document in documents]
    assert AliasTable.from_pairs(stored) == table


def test_looking_up_needs_no_markdown_or_yaml_library() -> None:
    code = (
        "import sys, rca_search.sources.aliases, rca_search.sources.resolve\n"
        "print(sorted({'yaml', 'frontmatter', 'markdown_it', 'numpy', 'torch'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
