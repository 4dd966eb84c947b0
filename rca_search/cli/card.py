"""The frame of a card: a title with its place, rows with labels, and lines quoted from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.text import Text

from rca_search.cli import excerpt
from rca_search.cli.page import KEPT_SPACE, Page
from rca_search.cli.safe_text import safe, safe_line
from rca_search.cli.wording import counted
from rca_search.models import Passage

INDENT = 2
LABEL = 14
"""Columns of a label, the gap after it included."""

_NARROW = 60
"""Columns of a page below which labels stand above what they label."""

_CODE = re.compile(r"`[^`\n]+`")
_MARK = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")


def head(page: Page, title: str, edge: Sequence[str], place: str) -> None:
    """Add the title, with ``edge`` at the right edge, and below it where to open the file."""
    page.spread(Text(safe_line(title), style="bold cyan"), Text(safe_line(" · ".join(edge))), indent=INDENT)
    page.verbatim(Text(place, style="dim"), indent=INDENT)


def row(page: Page, label: str, lines: Iterable[str | Text], *, style: str = "bold") -> None:
    """Add ``lines`` beside a label, on a narrow page below it; nothing where there is none."""
    if not _is_narrow(page):
        page.labelled(label, lines, indent=INDENT, style=style, columns=LABEL)
        return
    for line in lines:
        if label:
            page.line(label, indent=INDENT, style=style)
            label = ""
        page.line(line, indent=2 * INDENT)


def room(page: Page) -> int:
    """Return how many columns there are for what stands beside a label."""
    return page.width - (2 * INDENT if _is_narrow(page) else INDENT + LABEL)


def quoted(page: Page, label: str, passage: Passage, *, rows: int, style: str = "bold") -> None:
    """Add the beginning of a passage beside a label: prose wrapped, code as it is, to be copied."""
    lines = excerpt.told_lines(passage)
    kept = excerpt.opening(lines, room=rows, width=room(page))
    for line in kept:
        if line.code or _is_long_command(line.text, room(page)):
            _command(page, label, line.text, style)
        else:
            row(page, label, [_prose(line.text, room(page), alone=len(lines) == 1)], style=style)
        label = ""
    if left := len(lines) - len(kept):
        row(page, label, [Text(f"and {counted(left, 'more line')}", style="dim")])


def place_of(passage: Passage) -> str:
    """Return ``path:line`` of where a passage begins, as editors take it."""
    return safe_line(f"{passage.path}:{passage.first_line}")


def _command(page: Page, label: str, command: str, style: str) -> None:
    text = Text(safe(command), style="magenta")
    if _is_narrow(page):
        if label:
            page.line(label, indent=INDENT, style=style)
        page.verbatim(text, indent=2 * INDENT)
        return
    prefix = Text(label, style=style)
    prefix.pad_right(LABEL - len(label))
    page.verbatim(Text.assemble(prefix, text), indent=INDENT)


def unmarked(line: str) -> str:
    """Return ``line`` without the mark of a list at its beginning."""
    text = line.strip()
    mark = _MARK.match(text)
    return text[mark.end() :] if mark else text


def _prose(line: str, columns: int, *, alone: bool) -> Text:
    """Return a line for the screen; the mark of a list is left out where it stands ``alone``."""
    text = safe(unmarked(line) if alone else line).strip()
    return Text(_CODE.sub(lambda found: _kept_whole(found[0], columns), text))


def _is_long_command(line: str, columns: int) -> bool:
    """Tell whether a line is nothing but a command that has to be broken in order to fit."""
    return len(line.strip()) > columns and _CODE.fullmatch(unmarked(line)) is not None


def _kept_whole(command: str, columns: int) -> str:
    """Return a command within a sentence so that it is not broken over two lines, where it fits one."""
    return command.replace(" ", KEPT_SPACE) if len(command) < columns else command


def _is_narrow(page: Page) -> bool:
    return page.width < _NARROW
