"""Fields of a file without front matter: a list or table at the top, and dates in names.

Files written by hand say ``**Severity:** high``, ``- **Date**: ...``, ``Status: closed``, a table of
two columns, or a word in capitals with its value on the next line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from rca_search.sources.keys import MAX_KEY_CHARS, best_keys, field_of, is_moment
from rca_search.sources.values import is_nothing
from rca_search.text.dates import find_date

# A header is short and comes first; further down "Status:" is prose.
MAX_HEADER_LINES = 60
MAX_VALUE_CHARS = 400

_KEY = rf"(?P<key>[^*_:|\n]{{1,{MAX_KEY_CHARS}}}?)"
_BULLET = r" {0,3}(?:[-*+] {1,3})?"
_BOLD = re.compile(rf"{_BULLET}(?:\*\*|__){_KEY}(?:\s*:\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(?P<value>\S.*)")
_NEXT = re.compile(rf"\s\*\*{_KEY}(?::\s*\*\*|\*\*\s*:)")
"""Another key in bold behind the value of the one before."""
_BARE = re.compile(
    rf"{_BULLET}(?P<key>[^\W\d_](?:[^\W\d_]|[ /_'-]){{1,{MAX_KEY_CHARS}}}?)\s*:\s+(?P<value>\S.*)"
)
_CAPITALS = re.compile(rf"(?P<key>[A-Z][A-Z /_-]{{1,{MAX_KEY_CHARS}}}[A-Z])\s*:?\s*$")
_NEEDED = {"date": re.compile(r"[0-9]{4}"), "duration": re.compile(r"[0-9]")}
_RULE = re.compile(r"[\s|:+-]*$")


@dataclass(frozen=True, slots=True)
class Header:
    """Raw values by field, and the line of each in the file; ``moments`` by the keys as they are written."""

    values: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)

    def or_else(self, other: Header) -> Header:
        """Return this header with the fields of ``other`` that it lacks."""
        return Header(
            {**other.values, **self.values},
            {**other.lines, **self.lines},
            {**other.moments, **self.moments},
        )


def read_header(
    lines: Sequence[str], first_line: int, last_line: int, first_part: int, code: Set[int] = frozenset()
) -> Header:
    """Read the fields stated in the lines ``first_line`` to ``last_line`` of a file, those in ``code`` aside.

    ``first_part`` is the line where the first part of the text begins: from there on only keys in bold
    or in a table count. Of several keys for one field the most telling wins, of equals the first.
    """
    values: dict[str, str] = {}
    numbers: dict[str, int] = {}
    moments: dict[str, str] = {}
    last_line = min(last_line, first_line + MAX_HEADER_LINES - 1, len(lines))
    for key, value, number in _pairs(lines, first_line, last_line, first_part):
        if number in code:
            continue
        if is_moment(key):
            moments.setdefault(key, value[:MAX_VALUE_CHARS])
        if key not in values and _is_stated(field_of(key), value):
            values[key] = value[:MAX_VALUE_CHARS]
            numbers[key] = number
    best = best_keys(values)
    return Header(
        {name: values[key] for name, key in best.items()},
        {name: numbers[key] for name, key in best.items()},
        moments,
    )


def _is_stated(name: str | None, value: str) -> bool:
    """Return whether ``value`` can be meant for the field: "Started: 10:42" states no date."""
    if name is None or is_nothing(value):
        return False
    needed = _NEEDED.get(name)
    return needed is None or needed.search(value) is not None


def _pairs(
    lines: Sequence[str], first_line: int, last_line: int, first_part: int
) -> Iterator[tuple[str, str, int]]:
    number = first_line
    while number <= last_line:
        line = lines[number - 1]
        if line.lstrip().startswith("|"):
            end = _table_end(lines, number, last_line)
            yield from _table_pairs(lines, number, end)
            number = end
        else:
            yield from _line_pairs(lines, number, bare=number < first_part)
        number += 1


def _line_pairs(lines: Sequence[str], number: int, *, bare: bool) -> Iterator[tuple[str, str, int]]:
    line = lines[number - 1][: MAX_VALUE_CHARS + 2 * MAX_KEY_CHARS]
    match = _BOLD.match(line) or (_BARE.match(line) if bare else None)
    if match:
        key, value = match["key"].strip(), match["value"].strip()
        while following := _NEXT.search(value):
            yield key, value[: following.start()].strip(" |,;"), number
            key, value = following["key"].strip(), value[following.end() :].strip()
        yield key, value, number
        return
    match = _CAPITALS.match(line) if bare else None
    if match and number < len(lines):
        yield match["key"].strip(), lines[number].strip(), number + 1


def _table_end(lines: Sequence[str], first: int, last_line: int) -> int:
    last = first
    while last < last_line and lines[last].lstrip().startswith("|"):
        last += 1
    return last


def _table_pairs(lines: Sequence[str], first: int, last: int) -> Iterator[tuple[str, str, int]]:
    """Yield the pairs of a table with two columns, or of one with a single row under its keys."""
    rows = [
        (_cells(lines[number - 1]), number)
        for number in range(first, last + 1)
        if not _RULE.match(lines[number - 1])
    ]
    for cells, number in rows:
        if len(cells) == 2:
            yield cells[0], cells[1], number
    if len(rows) == 2 and len(rows[0][0]) == len(rows[1][0]) > 2:
        for key, value in zip(rows[0][0], rows[1][0], strict=True):
            yield key, value, rows[1][1]


def _cells(line: str) -> list[str]:
    row = line[: 4 * MAX_VALUE_CHARS].strip().removeprefix("|").removesuffix("|")
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]
    return [cells[0].strip("*_ ").rstrip(":"), *cells[1:]] if cells else cells


def date_in_names(path: str, title: str) -> dt.date | None:
    """Return the date that the file name, else the title, else the folders of ``path`` carry."""
    folders, _, name = path.rpartition("/")
    return find_date(name) or find_date(title) or find_date(folders.replace("/", "-")[-300:])


def title_from_name(path: str) -> str:
    """Return the file name in words, without its ending and a leading date."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    words = re.sub(r"[-_\s]+", " ", re.sub(r"^[0-9]{4}[-_.]?[0-9]{2}[-_.]?[0-9]{2}[-_\s]*", "", stem)).strip()
    return words[:1].upper() + words[1:] if words else stem
