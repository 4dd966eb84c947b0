"""The file of votes: JSON Lines, only ever appended to, so that it can live in git and be reviewed.

A vote is taken back by voting again, or by reverting the commit that brought it. Lines that cannot be read
cost themselves and are named.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import fcntl
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rca_search.errors import StorageError
from rca_search.models import Aspect, Problem, Vote

MAX_LINE_BYTES = 16_384
_SCHEMA = 1
_LIMIT = "Raise the limit of open files (ulimit -n) and build again."


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of a file in the order they were cast, and what was wrong with other lines."""

    cast: tuple[Vote, ...] = ()
    problems: tuple[Problem, ...] = ()

    def counted(self) -> tuple[Vote, ...]:
        """Return the votes that count: those that no later one replaces (``Vote.subjects``)."""
        taken: set[tuple[str, ...]] = set()
        counted: list[Vote] = []
        for vote in reversed(self.cast):
            if taken.isdisjoint(vote.subjects):
                counted.append(vote)
            taken.update(vote.subjects)  # also of one that was replaced: what it replaced stays so
        return tuple(reversed(counted))


def append_votes(path: Path, *votes: Vote, make_folder: bool = False) -> None:
    """Append ``votes``, all or none, and flush them to the disk; raises StorageError.

    With ``make_folder`` the folder is made where it is missing: an index that was deleted is not to be made
    anew for a vote alone. A last line that a crash left without its end is ended first, and stays a line that
    cannot be read.
    """
    if make_folder:
        with contextlib.suppress(OSError):  # told by what comes next
            path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            # Until it is closed: nobody else's votes are to follow what may have to be taken back.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _append(descriptor, b"".join(_line(vote) for vote in votes))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageError(
            f"The vote could not be written to {path}: {error.strerror or error}.",
            remedy="Nothing was recorded; make room or fix the file and vote again.",
        ) from error


def _append(descriptor: int, lines: bytes) -> None:
    """Write ``lines`` to the end and flush them; where that fails, leave the file as it was."""
    size = os.fstat(descriptor).st_size
    try:
        _write_whole(descriptor, _missing_end(descriptor, size) + lines)
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):  # the first fault is the one to tell
            os.ftruncate(descriptor, size)
        raise


def read_votes(path: Path) -> Votes:
    """Return the votes of ``path``; a file that does not exist has none. Raises StorageError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise OSError(errno.EINVAL, "it is no file")
        content = path.read_bytes()
    except FileNotFoundError:
        return Votes()
    except OSError as error:
        raise StorageError(
            f"The votes in {path} cannot be read: {error.strerror or error}.",
            remedy=_LIMIT
            if error.errno in (errno.EMFILE, errno.ENFILE)
            else "Fix the file, or build without it.",
        ) from error
    cast: list[Vote] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            try:
                cast.append(_vote(line))
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
                problems.append(_problem(path, number, error))
    return Votes(tuple(cast), tuple(problems))


def _missing_end(descriptor: int, size: int) -> bytes:
    return b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""


def _write_whole(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _line(vote: Vote) -> bytes:
    return json.dumps(_record(vote), ensure_ascii=False, separators=(", ", ": ")).encode() + b"\n"


def _record(vote: Vote) -> dict[str, object]:
    optional = {"probability": vote.probability, "by": vote.by, "note": vote.note, "answer": vote.answer}
    return {
        "schema_version": _SCHEMA,
        "at": vote.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "question": vote.question,
        "version": vote.version,
        "document": vote.document,
        "aspect": vote.aspect.value,
        "value": vote.value,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _vote(line: bytes) -> Vote:
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"it is longer than {MAX_LINE_BYTES} bytes")
    found = json.loads(line)
    if not isinstance(found, dict):
        raise TypeError("it is not JSON object")
    if found.get("schema_version") != _SCHEMA:
        raise ValueError(f"its schema_version is {found.get('schema_version')!r}, not {_SCHEMA}")
    return Vote(
        at=_moment(_text(found, "at")),
        question=_text(found, "question"),
        version=_text(found, "version"),
        document=_text(found, "document"),
        aspect=Aspect(_text(found, "aspect")),
        value=_flag(found),
        probability=_probability(found.get("probability")),
        by=_optional_text(found, "by"),
        note=_optional_text(found, "note"),
        answer=_optional_text(found, "answer"),
    )


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name!r} is missing or no text")
    value.encode()  # half a character, which JSON can hold, cannot be written into a version
    return value


def _optional_text(found: dict[str, Any], name: str) -> str | None:
    return None if found.get(name) is None else _text(found, name)


def _flag(found: dict[str, Any]) -> bool:
    value = found.get("value")
    if not isinstance(value, bool):
        raise TypeError("'value' is neither true nor false")
    return value


def _probability(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("'probability' is no number from 0 to 1")
    return float(value)


def _problem(path: Path, line: int, error: Exception) -> Problem:
    return Problem(
        path=str(path),
        line=line,
        code="bad_vote",
        message=f"This vote cannot be read: {error}.",
        remedy="Fix the line or take it out.",
    )
