"""The timeline of an incident: rows in order, each with its moment on one calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rca_search.facts.statements import Statement, StatementKind, Statements
from rca_search.models import Role
from rca_search.text.dates import find_date
from rca_search.text.moments import MINUTES_A_DAY, Moment, is_weekday, read_moment

# A list with so many rows that begin with a time is a timeline, whatever it is called.
ENOUGH_ROWS = 3
# A clock that goes back by less is an entry out of order; by more, midnight has passed.
OUT_OF_ORDER_MINUTES = 6 * 60

_LATER_MOMENT = re.compile(
    r"(?P<event>[A-Za-z][A-Za-z ]{2,40}?)(?:\s*+:\s++|\s++)(?=[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_SEPARATOR = re.compile(r"(?:\s*(?:Uhr|hrs?|hours)\b)?[\s:|*_\u2013\u2014)\]-]*")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_ASIDE = frozenset({Role.ACTIONS, Role.RELATED})


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a timeline.

    ``at`` is in minutes since an arbitrary day, comparable within the document only; None where the row
    gives no time of day. ``until`` is the end of a stated range. ``text`` is what happened.
    """

    first_line: int
    last_line: int
    text: str
    at: int | None
    until: int | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    moment: Moment
    text: str
    statements: tuple[Statement, ...]
    first_line: int
    last_line: int


def timeline(statements: Statements) -> tuple[Event, ...]:
    """Return the events of the document's timeline in the order of the file, () where it has none.

    Rows may be headings, list items, table rows or lines. A date holds until the next one; where the
    clock goes back by hours a day has passed; a date that lies before its row's neighbours is a typing
    error, and the row keeps its place without a time.
    """
    named = any(statement.role is Role.TIMELINE for statement in statements)
    rows = list(_rows(statements, prose=not named))
    timed = sum(1 for row in rows if row.moment.minute is not None)
    if not timed or (not named and timed < ENOUGH_ROWS):
        return ()
    return tuple(_placed(rows, statements.document.date, statements.document.title))


def _rows(statements: Statements, *, prose: bool) -> Iterator[_Row]:
    day: Moment | None = None
    for number, section in enumerate(statements.document.sections):
        if section.role in _ASIDE:
            continue
        found = statements.of_section[number]
        heading = statements.heading(number)
        moment = _heading_moment(heading) if section.role is Role.TIMELINE else None
        if moment is not None and moment.minute is not None:
            moment = _with_day(moment, day)
            day = moment if moment.day else day
            yield _heading_row(moment, heading, section.first_line, found)
            continue
        if moment is not None:
            day = moment
        in_timeline = section.role is Role.TIMELINE
        if not prose and not in_timeline:
            found = [statement for statement in found if statement.kind is not StatementKind.PROSE]
        for row in _listed(found, in_timeline=in_timeline):
            if row.moment.minute is None and row.moment.day is not None and not row.text:
                day = row.moment
                continue
            own = _with_day(row.moment, day)
            day = own if own.day else day
            yield replace(row, moment=own)


def _with_day(moment: Moment, day: Moment | None) -> Moment:
    """Return ``moment`` with the day of the heading above it, once: after it the clock tells."""
    if moment.day is None and day is not None and day.minute is None:
        return replace(moment, day=day.day, has_year=day.has_year)
    return moment


def _heading_moment(heading: str) -> Moment | None:
    moment = read_moment(heading)
    if moment is None:
        later = re.search(r"\bat\s+(?=[0-9])", heading)
        moment = read_moment(heading[later.end() :]) if later else None
    return moment


def _heading_row(moment: Moment, heading: str, line: int, found: Sequence[Statement]) -> _Row:
    said = _SEPARATOR.sub("", heading[moment.end :], count=1)
    last = found[-1].last_line if found else line
    text = " ".join(
        [said, *(statement.text for statement in found if statement.kind is not StatementKind.CODE)]
    )
    return _Row(moment, text.strip(), tuple(found), line, last)


def _listed(found: Sequence[Statement], *, in_timeline: bool) -> Iterator[_Row]:
    """Give the rows of one section; what stands below a row without a time of its own belongs to it."""
    current: _Row | None = None
    for statement in found:
        opened = None if statement.role in _ASIDE else _opened(statement, in_timeline=in_timeline)
        if opened is not None:
            if current is not None:
                yield current
            current = opened
        elif current is not None and _belongs(statement, current.statements[0], in_timeline=in_timeline):
            current = replace(
                current, statements=(*current.statements, statement), last_line=statement.last_line
            )
    if current is not None:
        yield current


def _belongs(statement: Statement, opening: Statement, *, in_timeline: bool) -> bool:
    """Return whether a statement without a time goes with the row above it."""
    if statement.indent > opening.indent or statement.kind is StatementKind.CODE:
        return True
    if statement.kind is StatementKind.ROW:
        return False
    return in_timeline or (
        statement.kind is StatementKind.PROSE is opening.kind and not statement.text.endswith(":")
    )


def _opened(statement: Statement, *, in_timeline: bool) -> _Row | None:
    if statement.kind is StatementKind.CODE:
        return None
    columns = _time_columns(statement)
    text = _columns_text(statement, columns) if columns > 1 else statement.text
    moment = read_moment(text)
    if moment is None and in_timeline:
        later = _LATER_MOMENT.match(statement.text)
        moment = read_moment(statement.text[later.end() :]) if later else None
        said = later["event"] if later else ""
    else:
        said = _said(statement, moment, columns)
    if moment is None:
        return None
    if moment.minute is None and not in_timeline:
        return None
    return _Row(moment, said, (statement,), statement.first_line, statement.last_line)


MOST_TIME_COLUMNS = 4


def _time_columns(statement: Statement) -> int:
    """Return in how many columns a table tells the time: the day, its date and the clock may stand apart."""
    for place, cell in enumerate(statement.cells[:MOST_TIME_COLUMNS]):
        moment = read_moment(cell)
        if moment is not None and moment.minute is not None:
            return place + 1 if len(statement.cells) > place + 1 else 1
        if cell.strip() and moment is None and not is_weekday(cell):
            break
    return 1


def _columns_text(statement: Statement, columns: int) -> str:
    """Return what the columns of the time say, with the year that only the head of one names."""
    told: list[str] = []
    for place, cell in enumerate(statement.cells[:columns]):
        head = statement.header[place] if place < len(statement.header) else ""
        year = _YEAR.search(head)
        moment = read_moment(cell)
        dated = moment is not None and moment.day is not None and not moment.has_year
        if not is_weekday(cell):
            told.append(f"{cell} {year[0]}" if year and dated else cell)
    return " ".join(filter(None, told))


def _said(statement: Statement, moment: Moment | None, columns: int) -> str:
    if statement.cells:
        return " ".join(statement.cells[columns:]).strip()
    return _SEPARATOR.sub("", statement.text[moment.end if moment else 0 :], count=1)


def _placed(rows: Iterable[_Row], date: dt.date | None, title: str) -> Iterator[Event]:
    rows = list(rows)
    year = next((row.moment.day for row in rows if row.moment.day and row.moment.has_year), None)
    origin = year or date or find_date(title) or dt.date(2000, 1, 1)
    halves = any(row.moment.half for row in rows)
    calendar = _Calendar(origin, twelve_hours=halves, zones=_zones(rows))
    for row in rows:
        at, until = calendar.place(row.moment)
        yield Event(row.first_line, row.last_line, row.text, at, until, row.statements)


def _zones(rows: Sequence[_Row]) -> bool:
    """Return whether rows name different zones, so that they have to be brought to one."""
    return len({row.moment.offset for row in rows if row.moment.offset is not None}) > 1


class _Calendar:
    """Turns moments, in the order of the file, into minutes since ``origin``."""

    def __init__(self, origin: dt.date, *, twelve_hours: bool, zones: bool) -> None:
        self._origin = origin
        self._twelve_hours = twelve_hours
        self._zones = zones
        self._offset = 0
        self._last: int | None = None

    def place(self, moment: Moment) -> tuple[int | None, int | None]:
        """Return the minutes of ``moment`` and of the end of its range; None where they are not told."""
        if moment.minute is None:
            return None, None
        minute = moment.minute
        if self._zones:
            self._offset = moment.offset if moment.offset is not None else self._offset
            minute -= self._offset
        days = self._days(moment)
        at = (
            minute + days * MINUTES_A_DAY
            if days is not None
            else self._after(minute, marked=bool(moment.half))
        )
        if self._last is not None and at < self._last - MINUTES_A_DAY:
            return None, None
        self._last = at
        until = None
        if moment.until is not None:
            until = at + (moment.until - moment.minute) % MINUTES_A_DAY
        return at, until

    def _days(self, moment: Moment) -> int | None:
        if moment.day is None:
            return None
        day = moment.day
        if not moment.has_year:
            around = self._origin + dt.timedelta(days=(self._last or 0) // MINUTES_A_DAY)
            day = _nearest_year(day, around)
        return (day - self._origin).days

    def _after(self, minute: int, *, marked: bool) -> int:
        """Place a clock without a date after the row before it."""
        if self._last is None:
            return minute
        at = self._last - self._last % MINUTES_A_DAY + minute
        if self._twelve_hours and not marked and at < self._last and minute < MINUTES_A_DAY // 2:
            later = at + MINUTES_A_DAY // 2
            if later >= self._last:
                return later
        return at + MINUTES_A_DAY if self._last - at > OUT_OF_ORDER_MINUTES else at


def _nearest_year(day: dt.date, around: dt.date) -> dt.date:
    best = day
    for year in (around.year - 1, around.year, around.year + 1):
        try:
            candidate = day.replace(year=year)
        except ValueError:
            continue
        if best.year == 2000 or abs((candidate - around).days) < abs((best - around).days):
            best = candidate
    return best
