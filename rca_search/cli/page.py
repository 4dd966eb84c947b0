"""A page of text in the making: wrapped to a width, indented, styled where colours are wanted."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

LABEL = 10
"""Columns of a label such as ``fixed by``, the gap after it included."""

KEPT_SPACE = "\ue000"
"""Stands for a space at which no line is broken; a character that no font has."""

_EDGE = 3
"""Columns left empty before what stands at the right edge."""
_NARROW = 30
"""Columns below which a line is too narrow to share."""


class Page:
    """Collects lines. Every text must be safe for a terminal before it gets here."""

    def __init__(self, *, width: int, colored: bool, terminal: bool = False) -> None:
        """Start an empty page of ``width`` columns; ``terminal`` tells whether a person watches."""
        self.width = width
        self.terminal = terminal
        self._buffer = io.StringIO()
        self._console = Console(
            file=self._buffer,
            width=width,
            height=1000,
            force_terminal=colored,
            color_system="standard" if colored else None,
            no_color=not colored,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
        )

    def text(self) -> str:
        """Return the page."""
        return self._buffer.getvalue()

    def gap(self) -> None:
        """Leave a line empty."""
        self._console.print()

    def line(self, *parts: str | Text, indent: int = 0, hang: int = 0, style: str = "") -> None:
        """Add ``parts`` as one paragraph, lines after the first ``hang`` columns further in."""
        joined = Text.assemble(*parts, style=style)
        for number, piece in enumerate(self.wrapped(joined, indent=indent, hang=hang)):
            self._print(" " * (indent + (hang if number else 0)), piece)

    def items(self, items: Sequence[str], *, indent: int) -> None:
        """Add short items with dots between them, broken between items only where they are short enough."""
        line = ""
        for item in items:
            longer = f"{line} · {item}" if line else item
            if line and indent + cell_len(longer) > self.width:
                self.line(line, indent=indent)
                longer = item
            line = longer
        self.line(line, indent=indent)

    def spread(self, left: Text, right: Text, *, indent: int) -> None:
        """Add ``left``, wrapped, with ``right`` at the edge of its first line, or below on a narrow page."""
        room = self.width - indent - right.cell_len - _EDGE
        beside = bool(right) and room >= min(_NARROW, left.cell_len)
        for number, piece in enumerate(self.wrapped(left, indent=self.width - room if beside else indent)):
            gap = " " * (self.width - indent - piece.cell_len - right.cell_len)
            self._print(" " * indent, piece, *((gap, right) if beside and not number else ()))
        if right and not beside:
            self.line(right, indent=indent)

    def labelled(
        self,
        label: str,
        lines: Iterable[str | Text],
        *,
        indent: int,
        style: str = "bold",
        columns: int = LABEL,
    ) -> None:
        """Add ``lines``, wrapped, right of a label of so many ``columns`` that stands beside the first.

        A label without room for a gap behind it takes the columns that it needs.
        """
        columns = max(columns, len(label) + 2) if len(label) >= columns else columns
        prefix = Text(label, style=style)
        prefix.pad_right(columns - len(label))
        for line in lines:
            text = line if isinstance(line, Text) else Text(line)
            for piece in self.wrapped(text, indent=indent + columns):
                self._print(" " * indent, prefix, piece)
                prefix = Text(" " * columns)

    def verbatim(self, line: str | Text, *, indent: int) -> None:
        """Add one line as it is, however long, so that a command can be copied."""
        self._print(" " * indent, line)

    def wrapped(self, text: Text, *, indent: int, hang: int = 0) -> list[Text]:
        """Wrap ``text`` to the width beside ``indent`` and, in lines after the first, ``hang``."""
        room = max(self.width - indent, 20)
        if len(text) <= room and text.cell_len <= room and "\n" not in text.plain:
            text.plain = text.plain.replace(KEPT_SPACE, " ")
            return [text]
        lines = list(text.wrap(self._console, room - hang, overflow="fold"))
        for line in lines:
            line.rstrip()
            line.plain = line.plain.replace(KEPT_SPACE, " ")
        return lines

    def _print(self, *parts: str | Text) -> None:
        line = Text.assemble(*parts)
        line.rstrip()
        self._console.print(line, no_wrap=True, overflow="ignore", crop=False)


_MARK = " …"
_LOOSE = " ,;:·("
"""What would dangle before the mark."""


def fitting(text: str, room: int) -> str:
    """Return ``text``, cut with a mark where it takes more than ``room`` columns.

    It is cut between words; within one only where that word alone takes half of the room.
    """
    if cell_len(text) <= room:
        return text
    kept = set_cell_size(text, max(room - cell_len(_MARK), 1))
    whole = kept if text[len(kept) :].startswith(" ") else kept.rpartition(" ")[0]
    if 2 * cell_len(whole) < room:
        whole = kept
    return f"{whole.rstrip(_LOOSE)}{_MARK}"
