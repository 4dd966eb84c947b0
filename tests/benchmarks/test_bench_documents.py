"""Documents that the benchmarks derive or make up, and how peers' chunks become documents."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.documents import CHUNKS_PER_DOCUMENT, Words, derive, post_mortem, substitutions, synthetic
from benchmarks.material import in_turn, many_questions
from benchmarks.peers import PEERS, Corpus, best_documents
from benchmarks.setting import CannotMeasureError, Setting, program

TEXT = """---
id: team/one
title: Proxy lost its routes
services: [proxy]
---
# Proxy lost its routes

The proxy restarted and forgot every route that users needed; see `hub/proxy.py` and https://example.org/status.
"""


def contents(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.md"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_derived_documents_are_the_same_every_time_and_leave_their_source_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.md").write_text(TEXT, encoding="utf-8")
    assert derive(source, tmp_path / "a", copies=2) == 3
    derive(source, tmp_path / "b", copies=2)
    first = contents(tmp_path / "a")
    assert first == contents(tmp_path / "b")
    assert first["copy-0/one.md"] == TEXT
    assert contents(source) == {"one.md": TEXT}
    assert len(set(first.values())) == 3
    copy = first["copy-1/one.md"]
    assert "id: team/one-copy1\n" in copy
    assert "services: [proxy]\n" in copy
    assert "`hub/proxy.py`" in copy
    assert "https://example.org/status" in copy


def test_a_copy_swaps_some_words_for_others_of_the_corpus() -> None:
    vocabulary = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    swapped = substitutions(vocabulary, 1)
    assert swapped == substitutions(vocabulary, 1)
    assert swapped != substitutions(vocabulary, 2)
    assert substitutions(vocabulary, 0) == {}
    assert set(swapped.values()) <= set(vocabulary)


def test_made_up_documents_are_the_same_every_time(tmp_path: Path) -> None:
    words = Words()
    assert post_mortem(words, 5, seed=7) == post_mortem(Words(), 5, seed=7)
    assert post_mortem(words, 5, seed=7) != post_mortem(words, 6, seed=7)
    synthetic(tmp_path, 3)
    assert len(contents(tmp_path)) == 3
    assert post_mortem(words, 1, seed=7).count("\n## ") == CHUNKS_PER_DOCUMENT - 1


def test_made_up_words_are_unevenly_common() -> None:
    words, draw = Words(), random.Random(1)
    drawn = [words.word(draw) for _ in range(5000)]
    counts = sorted((drawn.count(word) for word in set(drawn)), reverse=True)
    assert counts[0] > 10 * counts[100] > 0
    assert len(set(drawn)) > 1000


def test_a_load_test_asks_many_different_questions() -> None:
    questions = many_questions(Setting())
    assert len(questions) == len(set(questions)) >= 200
    assert questions == many_questions(Setting())


def test_no_system_always_comes_first() -> None:
    assert [in_turn("abc", turn)[0] for turn in range(4)] == ["a", "b", "c", "a"]


def test_a_document_has_the_score_of_its_best_chunk() -> None:
    owners = ["x", "x", "y", "z"]
    scored = [(1, 0.9), (0, 0.8), (3, 0.5), (2, 0.1)]
    depths: list[int] = []

    def nearest(depth: int) -> list[tuple[int, float]]:
        depths.append(depth)
        return scored[:depth]

    assert best_documents(nearest, owners, 2) == [("x", 0.9), ("z", 0.5)]
    assert depths == [4]
    many = ["x"] * 30 + ["y"]
    far = [(row, -row / 100) for row in range(31)]
    assert [document for document, _ in best_documents(lambda depth: far[:depth], many, 2)] == ["x", "y"]


def test_a_corpus_gives_whole_documents() -> None:
    corpus = Corpus(["one", "two", "three"], ["a", "b", "a"])
    assert corpus.documents() == {"a": "one\nthree", "b": "two"}


def test_every_peer_has_a_module() -> None:
    folder = Path(__file__).parents[2] / "benchmarks" / "peers"
    assert [name for name in PEERS if not (folder / f"{name.replace('-', '_')}.py").is_file()] == []


def test_peers_are_pinned_and_torch_comes_first() -> None:
    text = (Path(__file__).parents[2] / "requirements" / "peers.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines[0] == "torch==2.13.0"
    assert [line for line in lines if line.count("==") != 1] == []


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotMeasureError, match="apt-get install wrk"):
        program("wrk")
    with pytest.raises(CannotMeasureError, match="make bench"):
        _ = Setting(peers=tmp_path).peer_python
