"""Terms of texts in order: what was written is read, whole or in parts, and damage is noticed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_stores import Part

from rca_search.errors import IndexCorruptError
from rca_search.lexical import sequences
from rca_search.lexical.arrays import distinct, spread, summed, to_bytes
from rca_search.lexical.bm25 import Bm25Index, PostingsWriter
from rca_search.lexical.sequences import PASSAGES, Sequences, SequenceWriter
from rca_search.lexical.tokens import tokenize
from rca_search.lexical.vocabulary import Numbering, Vocabulary

_TEXTS = st.lists(st.lists(st.sampled_from(["pod", "disk", "über", "数据", "z"]), max_size=6), max_size=6)
FILE, OFFSETS = "sequences.passages.i32", "sequences.passages.offsets.npy"


def written(texts: Sequence[Sequence[str]]) -> tuple[dict[str, bytes], Vocabulary]:
    numbering = Numbering()
    writer = SequenceWriter(PASSAGES, numbering)
    for text in texts:
        writer.add(text)
    return writer.artefacts(), Vocabulary.open(Vocabulary.write(numbering.names))


def read(found: Sequences, vocabulary: Vocabulary, texts: list[int]) -> list[list[str]]:
    terms, lengths = found.of(np.asarray(texts, dtype=np.int64))
    parts = np.split(terms, np.cumsum(lengths))[:-1]
    return [[vocabulary.term(term) for term in part.tolist()] for part in parts]


@pytest.fixture(params=["held", "in parts"])
def in_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == "in parts":
        monkeypatch.setattr(sequences, "_HELD_BYTES", -1)
    return bool(request.param == "in parts")


@given(_TEXTS, st.data())
def test_what_was_written_is_read_in_any_order(texts: list[list[str]], data: st.DataObject) -> None:
    files, vocabulary = written(texts)
    places = st.lists(st.integers(0, len(texts) - 1), max_size=9) if texts else st.just([])
    wanted = data.draw(places)
    found = Sequences.open(files, PASSAGES, vocabulary)
    assert len(found) == len(texts)
    assert read(found, vocabulary, wanted) == [texts[number] for number in wanted]


def test_a_large_file_is_read_in_parts(in_parts: bool) -> None:
    texts = [["pod", "disk", "pod"], [], ["dns"], ["disk"]]
    files, vocabulary = written(texts)
    part = Part(files[FILE])
    found = Sequences.open({**files, FILE: part}, PASSAGES, vocabulary)
    assert read(found, vocabulary, [3, 0, 1, 0]) == [texts[number] for number in (3, 0, 1, 0)]
    assert isinstance(found._terms, Part) is in_parts


def test_numbers_are_places_in_the_vocabulary_that_postings_share() -> None:
    numbering = Numbering()
    postings, passages = PostingsWriter(numbering), SequenceWriter(PASSAGES, numbering)
    for terms in (["pod", "dns", "pod"], ["aha", "dns"]):
        postings.add(terms)
        passages.add(terms)
    owners = np.arange(2, dtype=np.int32)
    files = {**postings.artefacts(owners), **passages.artefacts()}
    index = Bm25Index.open(files, owners)
    found = Sequences.open(files, PASSAGES, index.postings.vocabulary)
    assert (
        found.of(np.asarray([0, 1]))[0].tolist()
        == index.numbers(["pod", "dns", "pod", "aha", "dns"]).tolist()
    )


def test_taken_texts_are_as_if_added() -> None:
    texts = [["pod", "disk", "pod"], ["zebra"], ["dns", "disk"]]
    files, vocabulary = written(texts)
    source = Sequences.open(files, PASSAGES, vocabulary)
    numbering = Numbering()
    writer = SequenceWriter(PASSAGES, numbering)
    writer.add(["aha", "disk"])
    writer.take(source, vocabulary, 2)
    writer.take(source, vocabulary, 0)
    assert (writer.artefacts(), numbering.names) == (
        (again := written([["aha", "disk"], texts[2], texts[0]]))[0],
        [again[1].term(number).encode() for number in range(len(again[1]))],
    )


@given(st.text(alphabet=st.characters(), max_size=40), st.text(max_size=40))
def test_terms_do_not_reach_across_the_end_of_a_line(one: str, other: str) -> None:
    assert tokenize(f"{one}\n{other}") == [*tokenize(one), *tokenize(other)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (FILE, b"\0\0\0\0\1\0\0"),
        (FILE, b"\0\0\0\0\2\0\0\0"),
        (FILE, b"\0\0\0\0\xff\xff\xff\xff"),
        (OFFSETS, to_bytes(np.asarray([0, 2, 1], dtype=np.int64))),
        (OFFSETS, to_bytes(np.asarray([1, 1, 2], dtype=np.int64))),
        (OFFSETS, to_bytes(np.asarray([], dtype=np.int64))),
        (OFFSETS, to_bytes(np.asarray([0, 1, 2], dtype=np.int32))),
        (OFFSETS, b""),
    ],
)
@pytest.mark.usefixtures("in_parts")
def test_damage_is_noticed(name: str, data: bytes) -> None:
    files, vocabulary = written([["pod"], ["dns"]])
    changed = {**files, name: data}
    with pytest.raises(IndexCorruptError):
        Sequences.open({**changed, FILE: Part(changed[FILE])}, PASSAGES, vocabulary).of(np.asarray([0, 1]))


@pytest.mark.parametrize("name", [FILE, OFFSETS])
def test_a_missing_file_is_noticed(name: str) -> None:
    files, vocabulary = written([["pod"]])
    with pytest.raises(IndexCorruptError):
        Sequences.open({other: data for other, data in files.items() if other != name}, PASSAGES, vocabulary)


@given(st.lists(st.integers(-3, 9), max_size=12))
def test_distinct_values_ascend(values: list[int]) -> None:
    assert distinct(np.asarray(values, dtype=np.int32)).tolist() == sorted(set(values))


def test_runs_of_places_one_after_the_other() -> None:
    first, lengths = np.asarray([5, 0, 9, 2]), np.asarray([2, 0, 1, 3])
    assert spread(first, lengths).tolist() == [5, 6, 9, 2, 3, 4]
    assert spread(first[:0], lengths[:0]).tolist() == []


def test_sums_are_floats_even_of_nothing() -> None:
    nothing = np.zeros(0)
    assert summed(nothing.astype(np.int64), nothing, 2).tolist() == [0.0, 0.0]
    assert summed(nothing.astype(np.int64), nothing, 2).dtype == np.float64
    assert summed(np.asarray([1, 0, 1]), np.asarray([0.5, 2.0, 0.25]), 3).tolist() == [2.0, 0.75, 0.0]
