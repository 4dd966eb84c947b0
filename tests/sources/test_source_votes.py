"""The file of votes: appended to, read back, and hard to break."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_search.errors import StorageError
from rca_search.models import Aspect, Vote
from rca_search.sources.votes import MAX_LINE_BYTES, append_votes, read_votes

AT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


def vote(document: str = "RCAs/a", **given: object) -> Vote:
    stated = {"question": "q1", "version": "1-abc", "aspect": Aspect.HELPFUL, "value": True, **given}
    return Vote(at=AT, document=document, **stated)  # type: ignore[arg-type]


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
votes = st.builds(
    Vote,
    at=st.datetimes(min_value=dt.datetime(1970, 1, 2), max_value=dt.datetime(2200, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0, tzinfo=dt.UTC)
    ),
    question=texts,
    version=texts,
    document=texts,
    aspect=st.sampled_from(Aspect),
    value=st.booleans(),
    probability=st.none() | st.floats(0, 1),
    by=st.none() | texts,
    note=st.none() | texts,
    answer=st.none() | texts,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(votes, max_size=5))
def test_what_was_cast_is_read_back(tmp_path_factory: pytest.TempPathFactory, cast: list[Vote]) -> None:
    path = tmp_path_factory.mktemp("votes") / "feedback.jsonl"
    for entry in cast:
        append_votes(path, entry)
    found = read_votes(path)
    assert found.cast == tuple(cast)
    assert found.problems == ()


def test_a_line_as_it_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    append_votes(path, vote(by="ana", probability=0.25))
    assert path.read_text(encoding="utf-8") == (
        '{"schema_version": 1, "at": "2026-03-04T05:06:07+00:00", "question": "q1", "version": "1-abc", '
        '"document": "RCAs/a", "aspect": "helpful", "value": true, "probability": 0.25, "by": "ana"}\n'
    )


def test_a_torn_last_line_costs_itself_and_not_the_next_vote(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    append_votes(path, vote("RCAs/a"))
    append_votes(path, vote("RCAs/b"))
    path.write_bytes(path.read_bytes()[:-30])
    append_votes(path, vote("RCAs/c"))
    found = read_votes(path)
    assert [entry.document for entry in found.cast] == ["RCAs/a", "RCAs/c"]
    assert [(problem.line, problem.code) for problem in found.problems] == [(2, "bad_vote")]


GOOD = {
    "schema_version": 1,
    "at": "2026-03-04T05:06:07",
    "question": "q",
    "version": "v",
    "document": "d",
    "aspect": "same",
    "value": False,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 2}, "schema_version is 2"),
        ({"at": "yesterday"}, "yesterday"),
        ({"at": 5}, "'at' is missing or no text"),
        ({"document": ""}, "'document' is missing or no text"),
        ({"aspect": "liked"}, "liked"),
        ({"value": 1}, "neither true nor false"),
        ({"probability": 1.5}, "no number from 0 to 1"),
        ({"probability": True}, "no number from 0 to 1"),
        ({"by": 7}, "'by'"),
        ({"note": "x" * MAX_LINE_BYTES}, "longer than"),
        ({"document": "RCAs/\ud800"}, "surrogates not allowed"),
        ({"by": "\udfff"}, "surrogates not allowed"),
    ],
)
def test_lines_that_are_no_votes(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "feedback.jsonl"
    lines = [json.dumps(GOOD), json.dumps({**GOOD, **change}), "[1]", "\x00\xff", "", json.dumps(GOOD)]
    path.write_text("\n".join(lines), encoding="latin-1")
    found = read_votes(path)
    assert len(found.cast) == 2
    assert [problem.line for problem in found.problems] == [2, 3, 4]
    assert said in found.problems[0].message


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert read_votes(path).cast[0].at == AT


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    read_votes(path)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(StorageError, match="it is no file"):
            read_votes(place)


def test_no_file_is_no_votes(tmp_path: Path) -> None:
    assert read_votes(tmp_path / "none.jsonl").cast == ()


def test_later_votes_of_one_voter_replace_earlier_ones_and_nameless_ones_all_count(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    cast = [
        vote(by="ana", value=True),
        vote(by="bo", value=True),
        vote(by="ana", value=False),
        vote(by="ana", aspect=Aspect.FIXED),
        vote(),
        vote(),
    ]
    for entry in cast:
        append_votes(path, entry)
    counted = read_votes(path).counted()
    assert sorted((entry.by or "", entry.aspect.value, entry.value) for entry in counted) == [
        ("", "helpful", True),
        ("", "helpful", True),
        ("ana", "fixed", True),
        ("ana", "helpful", False),
        ("bo", "helpful", True),
    ]


def test_an_answer_has_one_vote_on_a_document_and_aspect(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    for number in range(50):
        append_votes(path, vote(answer="a1", by=f"voter {number}", value=bool(number % 2)))
    append_votes(path, vote(answer="a1", aspect=Aspect.SAME))
    append_votes(path, vote("RCAs/b", answer="a1"))
    append_votes(path, vote(answer="a2"))
    append_votes(path, vote(answer="a3", by="voter 49", value=False))
    counted = [
        (entry.answer, entry.document, entry.aspect.value, entry.by) for entry in read_votes(path).counted()
    ]
    assert counted == [
        ("a1", "RCAs/a", "same", None),
        ("a1", "RCAs/b", "helpful", None),
        ("a2", "RCAs/a", "helpful", None),
        ("a3", "RCAs/a", "helpful", "voter 49"),
    ]


@pytest.mark.parametrize("depth", [200, 5000])
def test_a_deep_line_costs_itself(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "feedback.jsonl"
    append_votes(path, vote())
    with path.open("ab") as stream:
        stream.write(b'{"schema_version": 1, "at": ' + b"[" * depth + b"]" * depth + b"}\n")
        stream.write(
            b'{"schema_version": 1, "at": "0001-01-01T00:00:00+14:00", "question": "q", "version": "v", '
        )
        stream.write(b'"document": "d", "aspect": "same", "value": true}\n')
    append_votes(path, vote("RCAs/b"))
    found = read_votes(path)
    assert [entry.document for entry in found.cast] == ["RCAs/a", "RCAs/b"]
    assert [problem.line for problem in found.problems] == [2, 3]


def test_a_folder_that_is_gone_is_not_made_for_a_vote(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be written"):
        append_votes(tmp_path / "gone" / "feedback.jsonl", vote())
    assert not (tmp_path / "gone").exists()
    append_votes(tmp_path / "notes" / "deep" / "votes.jsonl", vote(), make_folder=True)
    assert len(read_votes(tmp_path / "notes" / "deep" / "votes.jsonl").cast) == 1


def test_votes_cast_side_by_side_are_all_whole(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"

    def cast(number: int) -> None:
        for place in range(25):
            append_votes(path, vote(f"RCAs/{number}-{place}", note="x" * 500))

    threads = [threading.Thread(target=cast, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_votes(path)
    assert found.problems == ()
    assert len({entry.document for entry in found.cast}) == 200


def test_a_place_that_cannot_be_written_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match=r"Not a directory|File exists"):
        append_votes(tmp_path / "file" / "feedback.jsonl", vote())
    with pytest.raises(StorageError, match="cannot be read"):
        read_votes(tmp_path)


def test_a_full_disk_is_our_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a device that is always full")
    with pytest.raises(StorageError, match="No space left"):
        append_votes(Path("/dev/full"), vote())


def test_a_short_write_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: whole(descriptor, content[:7]))
    path = tmp_path / "feedback.jsonl"
    append_votes(path, vote())
    assert len(read_votes(path).cast) == 1


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_what_is_said_not_to_be_recorded_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A disk that fills up within a vote, or that cannot flush one, leaves the file as it was."""
    path = tmp_path / "feedback.jsonl"
    append_votes(path, vote("RCAs/a"))
    before = path.read_bytes()
    whole, room = os.write, [20] if call == "write" else []

    def failing(descriptor: int, content: bytes = b"") -> int:
        if room:
            return whole(descriptor, content[: room.pop()])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, failing)
        with pytest.raises(StorageError, match="No space left"):
            append_votes(path, vote("RCAs/b"), vote("RCAs/c"))
    assert path.read_bytes() == before
    append_votes(path, vote("RCAs/b"), vote("RCAs/c"))
    assert [entry.document for entry in read_votes(path).cast] == ["RCAs/a", "RCAs/b", "RCAs/c"]
