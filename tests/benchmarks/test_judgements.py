"""The judgements that the project carries: whole, of its own questions, and without a text of the corpora."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fitting.development import ADDED, BENCH, OWN
from benchmarks.scoring.extraction import load_labels
from rca_search.evaluation.dataset import load_dataset

FACTS = "facts"
Ranges = tuple[tuple[int, int], ...]
"""Where labels of lines lie instead of questions."""
FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "judgements"


def pairs(path: Path) -> dict[tuple[str, str], int]:
    """Read a file of judgements, each pair of which stands in it once."""
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "query-id\tcorpus-id\tscore"
    found = {}
    for line in lines[1:]:
        query, document, grade = line.split("\t")
        assert (query, document) not in found, line
        assert int(grade) in (0, 1, 2), line
        found[query, document] = int(grade)
    return found


def test_every_folder_is_a_set_that_the_fit_reads() -> None:
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == {*BENCH, *OWN, FACTS}


@pytest.mark.parametrize("name", ["incidents", "styles"])
def test_labels_of_facts_lie_inside_their_documents_and_hold_no_text(corpora: Path, name: str) -> None:
    labels = load_labels(FOLDER / FACTS / f"{name}.jsonl")
    assert len({label.document for label in labels}) == len(labels) > 0
    for label in labels:
        lines = (corpora / "corpora" / name / f"{label.document}.md").read_text("utf-8").split("\n")
        for first, last in (pair for ranges in label.ranges.values() for pair in ranges):
            assert 1 <= first <= last <= len(lines), label.document
        assert (label.services, label.actions) == ((), None)


def test_the_second_reader_of_facts_read_a_fifth_and_mostly_agrees() -> None:
    names = ("incidents", "styles", "second")
    incidents, styles, second = (load_labels(FOLDER / FACTS / f"{name}.jsonl") for name in names)
    first = {label.document: label for label in (*incidents, *styles)}
    assert len(second) >= len(first) / 5
    for kind in ("resolution_lines", "cause_lines"):
        agreed = sum(_meet(first[label.document].ranges[kind], label.ranges[kind][:1]) for label in second)
        assert agreed >= 0.9 * len(second)
    for label in second:
        assert (label.services, label.actions) == ((), None)


def _meet(ranges: Ranges, first: Ranges) -> bool:
    if not ranges or not first:
        return ranges == first
    return any(start <= first[0][1] and first[0][0] <= end for start, end in ranges)


@pytest.mark.parametrize("name", OWN)
def test_a_question_has_an_answer_where_it_says_so(name: str) -> None:
    queries = load_dataset(FOLDER / name / "queries.jsonl", FOLDER / name / "judged.tsv")
    assert len(queries) == len({query.text for query in queries}) >= 75
    for query in queries:
        assert bool(query.relevant) is query.metadata["answerable"], query.id
        assert len(query.relevant) + len(query.irrelevant) >= 5, query.id


@pytest.mark.parametrize("name", OWN)
def test_the_second_reader_judged_pairs_of_the_first(name: str) -> None:
    first, second = (pairs(FOLDER / name / file) for file in ("judged.tsv", "second.tsv"))
    assert second.keys() <= first.keys()
    assert sum(first[pair] == grade for pair, grade in second.items()) / len(second) > 0.9


@pytest.mark.parametrize("name", [*BENCH, *OWN])
def test_what_was_added_had_not_been_judged(name: str) -> None:
    added = pairs(FOLDER / name / ADDED)
    assert added
    if name in OWN:
        assert not added.keys() & pairs(FOLDER / name / "judged.tsv").keys()
