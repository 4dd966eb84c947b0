"""Files of queries and judgements, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery, load_dataset

QUERIES = (
    '{"_id": "q1", "text": "disk full", "metadata": {"self": "RCAs/own", "style": "short"}}\n'
    "\n"
    '{"_id": "q2", "text": "a\u2028b\x85c"}\n'
)
JUDGEMENTS = (
    'query-id\tcorpus-id\tscore\nq1\tRCAs/a "quoted"\t2\nq1\tRCAs/b\t0\n\nq1\tRCAs/c\t-1\nq2\tRCAs/d\t1\n'
)


def load(
    tmp_path: Path, queries: str | bytes = QUERIES, judgements: str | bytes = JUDGEMENTS
) -> list[JudgedQuery]:
    for name, content in (("queries.jsonl", queries), ("qrels.tsv", judgements)):
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return load_dataset(tmp_path / "queries.jsonl", tmp_path / "qrels.tsv")


def test_queries_and_judgements_are_joined(tmp_path: Path) -> None:
    expected = [
        JudgedQuery(
            "q1", "disk full", {'RCAs/a "quoted"': 2}, {"self": "RCAs/own", "style": "short"}, "RCAs/own",
            frozenset({"RCAs/b", "RCAs/c"}),
        ),
        JudgedQuery("q2", "a\u2028b\x85c", {"RCAs/d": 1}, {}, None),
    ]  # fmt: skip
    assert load(tmp_path) == expected
    assert load(tmp_path, judgements=JUDGEMENTS.partition("\n")[2]) == expected
    windows = QUERIES.replace("\n", "\r\n"), JUDGEMENTS.replace("\n", "\r\n")
    assert load(tmp_path, *windows) == expected
    assert load(tmp_path, "\ufeff" + QUERIES, "\ufeff" + JUDGEMENTS) == expected


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        (QUERIES + "{", "queries.jsonl:4 is not JSON ("),
        (QUERIES + "[1]", "queries.jsonl:4 is not JSON object."),
        ('{"text": "x"}', "queries.jsonl:1 needs a text '_id', a text 'text' and"),
        ('{"_id": 7, "text": "x"}', "queries.jsonl:1 needs a text '_id'"),
        ('\n{"_id": "q1"}', "queries.jsonl:2 needs a text '_id'"),
        ('{"_id": "q1", "text": "x", "metadata": []}', "queries.jsonl:1 needs a text '_id'"),
        (QUERIES + '{"_id": "q1", "text": "again"}', "queries.jsonl:4 holds a second query 'q1'."),
        (b'{"_id": "\xff"}', "queries.jsonl cannot be read"),
    ],
)
def test_bad_queries_are_named_by_file_and_line(tmp_path: Path, queries: str | bytes, said: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        load(tmp_path, queries)
    assert said in caught.value.message
    assert caught.value.message.startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("judgements", "said"),
    [
        ("q1\tRCAs/a\t1\nq1\tRCAs/a\n", "qrels.tsv:2 is not query id"),
        ("q1 RCAs/a 1\n", "qrels.tsv:1 is not query id"),
        ("q1\tRCAs/a\tgood\n", "qrels.tsv:1 is not query id"),
        ("q1\tRCAs/a\t1.5\n", "qrels.tsv:1 is not query id"),
        ("q1\t0\tRCAs/a\t1\n", "qrels.tsv:1 is not query id"),
        ("q1\tRCAs/a\t1\nquery-id\tcorpus-id\tscore\n", "qrels.tsv:2 is not query id"),
        ("q9\tRCAs/a\t1\n", "does not hold, such as 'q9'."),
    ],
)
def test_bad_judgements_are_named_by_file_and_line(tmp_path: Path, judgements: str, said: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        load(tmp_path, judgements=judgements)
    assert said in caught.value.message
    assert caught.value.message.startswith(str(tmp_path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    load(tmp_path)
    for name in ("queries.jsonl", "qrels.tsv"):
        paths = [tmp_path / ("gone" if name == each else each) for each in ("queries.jsonl", "qrels.tsv")]
        with pytest.raises(InvalidRequestError, match="gone cannot be read"):
            load_dataset(*paths)
