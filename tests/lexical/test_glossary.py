"""Expressions of one meaning: how the list is read, what it finds, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import IndexCorruptError, InvalidRequestError
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.tokens import tokenize

OWN = """
# What we call things.
the beast = mainframe
till = point of sale = POS
"""


def others(glossary: Glossary, question: str) -> list[str]:
    return [expression.text for expression in glossary.others(tokenize(question))]


def test_a_question_finds_the_other_names_of_what_it_says() -> None:
    glossary = Glossary.parse(OWN, "own.txt")
    assert others(glossary, "Tills are down: the POS rejects cards") == ["point of sale"]
    assert others(glossary, "The beast is slow") == ["mainframe"]
    assert others(glossary, "sale of a point") == []
    assert others(glossary, "") == []


def test_words_of_an_expression_must_stand_in_a_row() -> None:
    glossary = Glossary.parse("disk full = ENOSPC", "own.txt")
    assert others(glossary, "the disk is full") == ["ENOSPC"]  # function words are no terms
    assert others(glossary, "disk half full") == []
    assert others(glossary, "full disk") == []


def test_an_expression_of_several_groups_finds_all_of_them_once() -> None:
    glossary = Glossary.parse("OOM = out of memory\nOOM = killed\nkilled = OOM = SIGKILL", "own.txt")
    assert others(glossary, "OOM") == ["out of memory", "killed", "SIGKILL"]


def test_a_term_of_a_long_expression_weighs_less() -> None:
    (found,) = Glossary.parse("ENOSPC = no space left on device", "own.txt").others(["enospc"])
    assert found.terms == ("space", "left", "devic")
    assert found.share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("pods OOMKilled", "out of memory"),
        ("HTTP 503 from the API", "Service Unavailable"),
        ("no space left on device", "ENOSPC"),
        ("certificate expired", "x509 expired"),
        ("k8s upgrade", "kubernetes"),
        ("ECONNREFUSED 10.0.0.1:5432", "connection refused"),
    ],
)
def test_the_shipped_list_knows_public_vocabulary(question: str, wanted: str) -> None:
    assert wanted in others(Glossary.shipped(), question)


def test_the_shipped_list_survives_its_canonical_form() -> None:
    shipped = Glossary.shipped()
    assert len(shipped.groups) > 200
    assert Glossary.from_bytes(shipped.to_bytes()) == shipped


_NAMES = st.sampled_from(["disk", "dns", "OOMKilled", "a b cd", "full disk"])


@given(st.lists(st.lists(_NAMES, min_size=2, max_size=4, unique=True)))
def test_any_list_survives_its_canonical_form(lines: list[list[str]]) -> None:
    glossary = Glossary.parse("\n\n".join(" = ".join(line) for line in lines), "own.txt")
    assert [[one.text for one in group] for group in glossary.groups] == lines
    assert Glossary.from_bytes(glossary.to_bytes()) == glossary


def test_a_file_of_ones_own_adds_to_the_shipped_list(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\ufeff" + OWN.lstrip(), encoding="utf-8")
    glossary = Glossary.of_file(path)
    assert glossary.groups[: len(Glossary.shipped().groups)] == Glossary.shipped().groups
    assert others(glossary, "beast") == ["mainframe"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("till = POS\nmainframe", "own.txt:2: a group needs two expressions or more"),
        ("disk = Disks", "own.txt:1: a group needs two expressions or more"),
        ("the = mainframe", "own.txt:1: 'the' has no word to search for"),
        ("till = ", "own.txt:1: '' has no word to search for"),
        ("a = " * 600, "own.txt:1: the line has 2,399 characters"),
    ],
)
def test_a_line_that_is_no_group_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequestError) as caught:
        Glossary.of_file(path)
    assert said in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "own.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidRequestError, match=r"own\.txt cannot be read"):
        Glossary.of_file(path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"7", b"[7]", b"[[7]]", b'[[["disk"]]]', b'[[["disk", []]]]', b"\xff"]
)
def test_a_damaged_form_is_refused(content: bytes) -> None:
    with pytest.raises(IndexCorruptError):
        Glossary.from_bytes(content)
