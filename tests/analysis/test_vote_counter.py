"""Votes as part of a version."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rca_search.analysis.feedback import VoteCounter
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexCorruptError
from rca_search.indexing.build import BuildReport, BuildRequest, Tools, build
from rca_search.indexing.snapshot import open_current
from rca_search.indexing.vote_counts import load_standings
from rca_search.models import Aspect, Standing, Vote

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    for name in ("a", "b", "c"):
        path = folder / "incidents" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n\n## Summary\n\nDisk {name} filled up.\n", encoding="utf-8")
    return folder


def rebuilt(docs: Path, index: Path, votes: list[Vote]) -> BuildReport:
    tools = Tools(NamedEncoder("test-hashing"), analysers=(VoteCounter(votes),))
    return build(BuildRequest((docs,), store="exact"), index, tools)


def vote(document: str, value: bool = True) -> Vote:
    return Vote(AT, "q", "v", document, Aspect.HELPFUL, value)


def test_votes_are_counted_into_the_version(docs: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    rebuilt(docs, index, [vote("incidents/a"), vote("incidents/a", False), vote("incidents/gone")])
    assert open_current(index)[0].standings == {"incidents/a": Standing(1, 1)}


def test_a_vote_makes_a_new_version_and_the_same_votes_none(docs: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    first = rebuilt(docs, index, [vote("incidents/a"), vote("incidents/b")])
    again = rebuilt(docs, index, [vote("incidents/b"), vote("incidents/a")])
    assert (again.published, again.version) == (False, first.version)
    more = rebuilt(docs, index, [vote("incidents/a")])
    assert more.published
    assert open_current(index)[0].standings == {"incidents/a": Standing(1, 0)}


def test_new_votes_take_over_every_document_and_vector(docs: Path, tmp_path: Path) -> None:
    """A vote must not cost a whole build: the files of documents and passages are the very same."""
    index = tmp_path / "index"
    rebuilt(docs, index, [])
    before = open_current(index)[0].manifest.artefacts
    rebuilt(docs, index, [vote("incidents/c")])
    after = open_current(index)[0].manifest.artefacts
    assert {name for name in after if after[name] != before[name]} == {"feedback.json"}


def test_a_version_without_votes_has_none() -> None:
    assert load_standings(None) == {}


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"a": 1}', b'{"a": [1]}', b'{"a": ["x", 2]}'])
def test_anything_else_is_damage(content: bytes) -> None:
    with pytest.raises(IndexCorruptError):
        load_standings(content)
