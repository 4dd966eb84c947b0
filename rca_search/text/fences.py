"""Which lines of a Markdown text are fenced code, told line by line, without a parser.

Answers must not wait for one to be imported. The rules are those of CommonMark 0.31, section 4.5: a fence
has three backticks or tildes or more, and after backticks no other backtick may follow, so that a line with a
word between three backticks is text. It is closed by as many or more of the same sign with nothing behind
them, by the end of the quote that it stands in, or by the end of the text. A fence may stand in a quote or a
list, however far it is indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto

_OPENING = re.compile(
    r"(?P<before>[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+[ \t>]*+)"
    r"(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*)$"
)
_CLOSING = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})[ \t]*$")
_QUOTED = re.compile(r"[ \t]*>")


class LinePart(Enum):
    """What a line is part of: text, a fence itself, or the code between two."""

    TEXT = auto()
    FENCE = auto()
    CODE = auto()


class FenceReader:
    """Takes the lines of a text one after the other."""

    def __init__(self) -> None:
        """Begin outside of code."""
        self._fence = ""
        self._in_quote = False

    @property
    def inside(self) -> bool:
        """Whether the last line opened code or is code."""
        return bool(self._fence)

    def take(self, line: str) -> LinePart:
        """Return what the next line is part of."""
        if self._fence and self._in_quote and not _QUOTED.match(line):
            self._fence = ""
        if not self._fence:
            return self._outside(line)
        closing = _CLOSING.match(line)
        if closing and closing["fence"].startswith(self._fence):
            self._fence = ""
            return LinePart.FENCE
        return LinePart.CODE

    def _outside(self, line: str) -> LinePart:
        opening = _OPENING.match(line)
        if opening is None:
            return LinePart.TEXT
        self._fence = opening["ticks"] or opening["tildes"]
        self._in_quote = ">" in opening["before"]
        return LinePart.FENCE


def line_parts(lines: Iterable[str]) -> list[LinePart]:
    """Return what each of ``lines`` is part of."""
    reader = FenceReader()
    return [reader.take(line) for line in lines]


def is_fence(line: str) -> bool:
    """Return whether ``line`` alone would open or close code."""
    return FenceReader().take(line) is LinePart.FENCE
