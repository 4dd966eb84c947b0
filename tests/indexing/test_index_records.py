"""The plan, the lines of documents and chunks, and the catalogue of columns."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import IndexCorruptError
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.records import (
    Lines,
    LineWriter,
    decode_chunk,
    decode_document,
    dump_array,
    encode_chunk,
    encode_document,
    load_array,
)
from rca_search.indexing.reuse import Plan, compare
from rca_search.models import Chunk, Document, Kind, Link, Role, Section


def write_lines(records: Iterable[Mapping[str, Any]]) -> tuple[bytes, bytes]:
    content = io.BytesIO()
    writer = LineWriter(content)
    for record in records:
        writer.add(record)
    return content.getvalue(), writer.offsets()


DOCUMENT = Document(
    id="incidents/é",
    source="vault",
    path="incidents/é.md",
    sha256="ab",
    kind=Kind.INCIDENT,
    kind_reason="folder",
    title='A "title"\u2028with ends of line',
    text="# x\n\ttext \U0001f525\n",
    sections=(Section("x", ("x",), 1, Role.CAUSE, 1, 2),),
    line_kinds="ht ",
    title_line=3,
    date=dt.date(2024, 2, 29),
    severity="SEV1",
    services=("a", "b"),
    tags=("t",),
    status="done",
    duration_minutes=0,
    authors=("me",),
    aliases=("INC-1",),
    links=(Link("t", "l", "x", 2, "wikilink"),),
    metadata={"nested": {"a": [1, None, "é"]}},
)
CHUNK = Chunk("incidents/é#x/0", "incidents/é", ("a", "b"), Role.TIMELINE, "text\nmore", 1, 2)


def test_a_plan_of_nothing_is_empty() -> None:
    assert compare({}, {}).empty
    assert compare({"a": "1"}, {"a": "1"}).empty


def test_what_changed_is_sorted_by_what_happened() -> None:
    before = {"z": "1", "same": "1", "b": "1", "gone": "1", "away": "1"}
    after = {"same": "1", "z": "2", "b": "2", "new": "1", "fresh": "1"}
    plan = compare(before, after)
    assert plan == Plan(("fresh", "new"), ("b", "z"), ("away", "gone"))
    assert not plan.empty


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("12")),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("12")),
)
def test_a_plan_leads_from_one_to_the_other(before: dict[str, str], after: dict[str, str]) -> None:
    plan = compare(before, after)
    followed = {name: sha for name, sha in before.items() if name not in plan.removed}
    followed.update({name: after[name] for name in (*plan.added, *plan.changed)})
    assert followed == after
    assert not set(plan.added) & set(before)
    assert all(before[name] != after[name] for name in plan.changed)


def test_documents_and_chunks_come_back_as_they_were() -> None:
    lines = Lines(*write_lines([encode_document(DOCUMENT)]))
    assert decode_document(lines[0]) == DOCUMENT
    bare = dataclasses.replace(DOCUMENT, date=None, links=(), sections=(), metadata={})
    assert decode_document(Lines(*write_lines([encode_document(bare)]))[0]) == bare
    assert decode_chunk(Lines(*write_lines([encode_chunk(CHUNK)]))[0]) == CHUNK


@pytest.mark.parametrize("count", [0, 1, 2, 57])
def test_lines_by_number(count: int) -> None:
    records = [{"n": number, "text": "\u2028é\n" * number} for number in range(count)]
    lines = Lines(*write_lines(records))
    assert len(lines) == count
    assert [lines[number] for number in range(count)] == records
    for beyond in (-1, count):
        with pytest.raises(IndexError):
            lines[beyond]


def test_lines_and_offsets_of_two_files_are_told_apart() -> None:
    content, _ = write_lines([{"a": 1}, {"b": 2}])
    _, offsets = write_lines([{"a": 1}])
    with pytest.raises(IndexCorruptError):
        Lines(content, offsets)
    with pytest.raises(IndexCorruptError):
        Lines(content, dump_array(np.empty(0, dtype=np.int64)))
    with pytest.raises(IndexCorruptError):
        Lines(content, dump_array(np.asarray([[0, len(content)]], dtype=np.int64)))


def test_arrays_with_objects_or_of_another_type_are_refused() -> None:
    stream = io.BytesIO()
    np.save(stream, np.asarray([{"a": 1}], dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, a=np.arange(3))
    for content in (stream.getvalue(), archive.getvalue(), b"", b"PK\x03\x04", b"\x80\x04N."):
        with pytest.raises(IndexCorruptError):
            load_array(content, np.int64)
    with pytest.raises(IndexCorruptError):
        load_array(dump_array(np.arange(3, dtype=np.int32)), np.int64)


def test_a_damaged_array_is_an_array_or_corrupt_and_nothing_else() -> None:
    chance = random.Random(7)
    good = dump_array(np.arange(20, dtype=np.int64))
    for _ in range(4000):
        damaged = bytearray(good)
        for _ in range(chance.choice([1, 1, 2, 5])):
            damaged[chance.randrange(len(good))] = chance.randrange(256)
        try:
            assert load_array(bytes(damaged), np.int64).shape == (20,)
        except IndexCorruptError:
            continue


def test_the_catalogue_comes_back_as_it_was() -> None:
    other = dataclasses.replace(DOCUMENT, id="z", date=None, severity=None, services=(), kind=Kind.OTHER)
    catalogue = Catalogue.of([DOCUMENT, other], [("INC-1", "é.md"), ()])
    assert Catalogue.from_bytes(catalogue.to_bytes()) == catalogue
    assert len(catalogue) == 2
    assert catalogue.dates == (dt.date(2024, 2, 29), None)


@pytest.mark.parametrize("column", sorted(json.loads(Catalogue.of([DOCUMENT], [()]).to_bytes())))
@pytest.mark.parametrize("value", [None, 7, [], ["x", "y"], [None, 7]])
def test_a_column_that_does_not_fit_is_corrupt(column: str, value: object) -> None:
    columns = json.loads(Catalogue.of([DOCUMENT], [()]).to_bytes())
    with pytest.raises(IndexCorruptError):
        Catalogue.from_bytes(json.dumps({**columns, column: value}).encode())
    del columns[column]
    with pytest.raises(IndexCorruptError):
        Catalogue.from_bytes(json.dumps(columns).encode())
