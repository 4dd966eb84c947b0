"""A stack trace: what was thrown and why, and where in one's own code; not the frames of frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rca_search.insight.understanding.reading import Reading, once, spelled_out
from rca_search.models import Form

_LEAST_FRAMES = 2
_LONGEST_LINE = 500
_OWN_FRAMES = 3
"""Frames kept: those of one's own code closest to where it was thrown."""

_FRAMES = (
    # Java, Kotlin, Scala, JavaScript, .NET: "at com.acme.Pool.take(Pool.java:31)", "at load (/app/x.js:1:2)"
    re.compile(
        r"\s*at (?:async |new )?(?P<place>[^\s(]{1,300})(?:\s?\[as [^\]]*\])?\s?\((?P<file>[^()]*)\)"
        r"(?: in .*|\s*~?\[.*\])?\s*"
    ),
    re.compile(r"\s*at (?P<file>(?P<place>[^\s()]+?):\d+(?::\d+)?)\s*"),
    re.compile(r"\s+at (?P<file>(?P<place>[\w$]+(?:\.+[\w$<>]+)+))\s*"),
    # Python: '  File "/app/pool.py", line 31, in take'
    re.compile(r'\s*File "(?P<file>[^"]+)", line \d+(?:, in (?P<place>\S+))?\s*'),
    # Go: the line of the file below a function, and the function itself
    re.compile(r"\s+(?P<file>(?P<place>/?\S+\.(?:go|s)):\d+)(?: \+0x[0-9a-f]+)?\s*"),
    re.compile(
        r"(?:created by )?(?P<file>(?P<place>[\w.-]+(?:/[\w.-]+)*\.[\w.()*]+?))"
        r"\((?:0x|\{0x|\.\.\.)[^()]*\)\s*"
    ),
    # Ruby and PHP
    re.compile(r"\s*(?:from )?(?P<file>\S+\.rb:\d+):in [`'](?P<place>[^'`]+)'\s*"),
    re.compile(r"\s*#\d+ (?P<file>\S+\.php)\(\d+\): (?P<place>[^\s(]+)\(.*"),
    # gdb, Rust, C++: "#3 0x0000 in take (p=...) at pool.c:31", "  3: pool::take"
    re.compile(
        r"\s*#\d+\s+(?:0x[0-9a-f]+ in )?(?P<place>[\w:~<>.]+) ?\([^)]*\)(?P<file>(?: at \S+| from \S+)?)\s*"
    ),
    re.compile(r"\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?P<file>(?P<place>[\w<>]+(?:::[\w<>{}]+)+))\s*"),
)
_PYTHON = 3
"""Place in the frames of the language whose traces end, rather than begin, where it was thrown."""

_ASIDE = re.compile(
    r"\s*(?:\.\.\. \d+ (?:more|common frames omitted)|Traceback \(most recent call last\):|goroutine \d+ \[.*"
    r"|--- End of .*|During handling of the above exception.*|The above exception was the direct cause.*"
    r"|stack backtrace:|[~^]+|\[\d+ more frames?\])\s*:?"
)
_FRAMEWORK = re.compile(
    r"^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|akka|groovy|clojure|org\.(?:springframework|apache"
    r"|hibernate|eclipse|jboss|postgresql|junit|glassfish)|io\.(?:netty|micrometer|grpc|undertow|vertx)|reactor"
    r"|com\.(?:zaxxer|google|fasterxml|mysql)|System|Microsoft|runtime|net/http|internal|core|std|alloc|tokio)[.:/(]"
    r"|^Promise\.|^<anonymous>|node_modules|node:|site-packages|dist-packages|/usr/lib|/usr/local/(?:lib|go)|/gems/|vendor/|/rustc/|<frozen"
)
_THROWN = re.compile(
    r"(?<![\w.$/])(?:[A-Za-z_][\w$]{0,60}\.){1,12}"
    r"(?P<name>[A-Z][\w$]{0,80}(?:Exception|Error|Failure|Fault|Timeout)\b|[A-Z][\w$]{2,80}(?=: ))"
)
_CLASS = re.compile(r"\b[A-Z][\w$]{0,80}(?:Exception|Error|Failure|Fault|Timeout)\b")
_PREFIX = re.compile(
    r'^\s*(?:Exception in thread "[^"]*"|Uncaught(?: \(in promise\))?|Unhandled exception\.)\s*'
)


def read_stack_trace(text: str) -> Reading | None:
    """Return ``text`` with only the few frames of one's own code, or None where it has no frames."""
    lines = text.splitlines()
    found = [_frame(line) for line in lines]
    frames = [frame for frame in found if frame is not None]
    traced = "Traceback (most recent call last):" in text
    if len(frames) < (1 if traced else _LEAST_FRAMES):
        return None
    told: list[str] = []
    for number, line in enumerate(lines):
        if found[number] is None and not _ASIDE.fullmatch(line) and not _is_source(lines, found, number):
            told.append(_PREFIX.sub("", line))
    told = once(told)
    names = dict.fromkeys(name for line in told for name in _names(line))
    own = _own(frames)
    told = [_CLASS.sub(lambda match: spelled_out(match[0]), _THROWN.sub(r"\g<name>", line)) for line in told]
    places = ", ".join(_short(frame.place) for frame in own)
    return Reading(Form.STACK_TRACE, "\n".join([*told, *([f"in {places}"] if places else [])]), tuple(names))


class _Frame(NamedTuple):
    """One frame: the function, or the file where no function is named, and how its language is numbered."""

    place: str
    file: str
    language: int


def _frame(line: str) -> _Frame | None:
    for language, pattern in enumerate(_FRAMES):
        if found := pattern.fullmatch(line[:_LONGEST_LINE]):
            return _Frame(found["place"] or found["file"] or "", found["file"] or "", language)
    return None


def _is_source(lines: Sequence[str], found: Sequence[_Frame | None], number: int) -> bool:
    """Return whether a line quotes the source below a Python frame."""
    before = found[number - 1] if number else None
    return before is not None and before.language == _PYTHON and lines[number].startswith("    ")


def _own(frames: Sequence[_Frame]) -> list[_Frame]:
    """Return the frames of one's own code closest to where it was thrown; else the closest of all."""
    closest = [*reversed(frames)] if frames[0].language == _PYTHON else [*frames]
    own = [
        frame for frame in closest if not (_FRAMEWORK.search(frame.place) or _FRAMEWORK.search(frame.file))
    ]
    kept = {_short(frame.place): frame for frame in reversed(own or closest[:1])}
    return [*reversed(kept.values())][:_OWN_FRAMES]


def _names(line: str) -> Iterable[str]:
    """Return the class names of a message as they stand, with and without their package."""
    for match in _THROWN.finditer(line):
        yield match[0]
        yield match["name"]
    yield from _CLASS.findall(line)


def _short(place: str) -> str:
    """Return the class and function of a place, or its file."""
    if "/" in place and not place.endswith(")"):
        return place.rpartition("/")[2]
    return ".".join(place.replace("::", ".").split(".")[-2:])
