"""A BEIR corpus as documents: every id survives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import InvalidRequestError
from rca_search.evaluation.beir import write_corpus
from rca_search.evaluation.dataset import JudgedQuery
from rca_search.evaluation.scores import score_labelled
from rca_search.service import SearchService

ODD = [
    *(
        "plain",
        "Plain",
        "a/b",
        "../up",
        "a b",
        "ümläut",
        'q"uote',
        "x\\y",
        "tab\there",
        "#1",
        "CON",
        "é" * 300,
    ),
    *("4983", "part-0000/document-0000000", "not in the corpus: plain", "a\u2028b", "\ud83d", ""),
]


def write(folder: Path, entries: list[Mapping[str, object]]) -> Path:
    path = folder / "corpus.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return path


def test_ids_survive_whatever_they_are(tmp_path: Path, make_service: Callable[..., SearchService]) -> None:
    words = [f"word{number}" for number in range(len(ODD))]
    entries = [
        {"_id": name, "title": f"About {word}", "text": f"It is {word} {word}."}
        for name, word in zip(ODD, words, strict=True)
    ]
    corpus = write_corpus(write(tmp_path, entries), tmp_path / "docs")
    service = make_service(tmp_path / "docs", HashingEncoder())
    queries = [
        JudgedQuery(f"q{word}", word, {name: 1, "unknown": 1}, {}, None)
        for name, word in zip(ODD, words, strict=True)
    ]
    scores = score_labelled(service, queries, corpus=corpus)
    assert [outcome.ranking[0] for outcome in scores.outcomes] == ODD
    assert scores.summary.means["hit@1"] == 1.0
    assert scores.summary.means["recall@100"] == 0.5
    assert scores.missing == ("unknown",)


def test_an_own_document_is_left_out_by_its_id(
    tmp_path: Path, make_service: Callable[..., SearchService]
) -> None:
    entries = [{"_id": name, "title": "", "text": f"red {name}"} for name in ("a", "b")]
    corpus = write_corpus(write(tmp_path, entries), tmp_path / "docs")
    service = make_service(tmp_path / "docs", HashingEncoder())
    (outcome,) = score_labelled(service, [JudgedQuery("q", "red", {"b": 1}, {}, "a")], corpus=corpus).outcomes
    assert outcome.ranking == ("b",)


@pytest.mark.parametrize(
    "entry",
    [
        {"title": 'A "title": with # signs', "text": "text"},
        {"title": "", "text": "no title at all"},
        {"text": "no title key"},
        {"title": None, "text": "null title"},
        {"title": "a title alone", "text": ""},
        {"title": "a title alone"},
        {"title": "rule", "text": "---\nkey: value\n---\n# heading\n```\nopen fence"},
        {"title": "nul \x00 and \x1b", "text": "nul \x00 and \x1b and \ud800"},
        {"title": "line\nbreak\u2028and\u0085more", "text": "a\r\nb\rc"},
        {"title": "x" * 5000, "text": "y " * 20_000},
    ],
)
def test_any_text_becomes_a_document(
    tmp_path: Path, make_service: Callable[..., SearchService], entry: Mapping[str, object]
) -> None:
    other = {"_id": "other", "title": "Other", "text": "other"}
    write_corpus(write(tmp_path, [{"_id": "one", **entry}, other]), tmp_path / "docs")
    service = make_service(tmp_path / "docs", HashingEncoder())
    status = service.status()
    assert (sum(status.documents.values()), status.rejected) == (2, 0), service.problems()
    title = service.get("part-0000/document-0000000").title
    assert title
    if entry.get("title") == "":
        assert title == "no title at all"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}',
            "corpus.jsonl:2 holds a second document 'a'",
        ),
        ('{"_id": "a", "text": "x"}\n\n{"_id": 7, "text": "y"}', "corpus.jsonl:3 needs a text '_id'"),
        ('{"_id": "a", "text": ["x"]}', "corpus.jsonl:1 needs a text '_id'"),
        ('{"_id": "a", "title": 1, "text": "x"}', "corpus.jsonl:1 needs"),
        ('{"_id": "a"', "corpus.jsonl:1 is not JSON"),
        ('["a"]', "corpus.jsonl:1 is not JSON object"),
        ("\n\n", "corpus.jsonl holds no document"),
    ],
)
def test_damaged_corpora_are_named_by_file_and_line(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "corpus.jsonl").write_text(content)
    with pytest.raises(InvalidRequestError) as caught:
        write_corpus(tmp_path / "corpus.jsonl", tmp_path / "docs")
    assert said in caught.value.message


def test_a_missing_corpus_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="cannot be read"):
        write_corpus(tmp_path / "none.jsonl", tmp_path / "docs")
