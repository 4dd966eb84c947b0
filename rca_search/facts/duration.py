"""How long users were affected: as stated, else from the timeline; planned windows do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_search.facts import vocabulary
from rca_search.facts.candidates import restores
from rca_search.facts.statements import Statement, StatementKind, Statements, StatementSentence
from rca_search.facts.timeline import Event
from rca_search.models import DurationBasis, IncidentDuration, Role
from rca_search.sources.keys import field_of
from rca_search.text.dates import FieldError
from rca_search.text.durations import MAX_MINUTES, parse_minutes
from rca_search.text.moments import MINUTES_A_DAY, Moment, read_moment

UNKNOWN = IncidentDuration(None, DurationBasis.UNKNOWN)

# A first row so long before the first symptom is a cause that lay dormant, not the beginning.
DORMANT_MINUTES = 12 * 60
# A timeline this long whose rows never say that it was over has no known end.
UNENDED_MINUTES = 12 * 60
# One that ends with an action may be longer; after days it is a follow-up.
MENDED_MINUTES = 3 * 24 * 60

_ASIDE = frozenset({Role.ACTIONS, Role.RELATED})
_PARTLY = re.compile(r"(?:support|business|working|office)[ -]hours", re.I)
_FIELD = re.compile(r"[*_]*(?P<key>[A-Za-z][A-Za-z ]{2,40}?)[*_]*\s*:[*_]*\s*[*_]*(?P<value>\S.*)")
_LASTED = re.compile(
    r"(?<!\w)(?:last(?:ed|ing)|persist(?:ed|ing)|down|offline|unavailable|inaccessible|unreachable|degraded"
    r"|(?:outage|incident|disruption|downtime|interruption) (?:of"
    r"|was))(?: for)?(?: a total of)?\s+"
    r"(?=[^.;]{0,24}(?:[0-9a]|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?!\w)))",
    re.I,
)
_OF_DOWNTIME = re.compile(
    r"(?P<span>[0-9]{1,4}(?:\.[0-9])?[ -](?:minutes?|mins?|hours?|hrs?"
    r"|days?))(?: long)?(?: of)? (?:downtime|outage|disruption)",
    re.I,
)
_NOT_IT = re.compile(
    r"(?<!\w)(?:usual(?:ly)?|typical(?:ly)?|expect\w*|planned|scheduled|detect\w*|each|every|up to|at least"
    r"|less than|almost never|per|will|would|estimated)(?!\w)",
    re.I,
)
_PLANNED = re.compile(r"(?<!\w)(?:expect\w*|planned|scheduled|will|would|estimated|usual(?:ly)?)(?!\w)", re.I)
_WINDOW = re.compile(r"(?<!\w)(?:from|between)\s+(?=[~0-9A-Z])", re.I)
_TO = re.compile(
    r"[\s,*_()]*+(?:(?:UTC|GMT|[A-Z]{3,4})[\s,)]*+)?(?:to|until|till|and|-{1,2}|\u2013|\u2014)\s++"
    r"(?=[~0-9A-Z])",
    re.I,
)
_FOUR_DIGITS = re.compile(r"[0-9]{4}(?![0-9:/.-])")
"""A time without its colon; it counts only where a zone says that it is one."""
_START = re.compile(
    r"(?:start of (?:the )?incident|problem starts|fault occurs|incident (?:starts|began|begins))", re.I
)
_ENDING_PHASE = re.compile(r"(?:repaired|mitigated|restored|recovered)\W*", re.I)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_NUMBER_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(_NUMBERS)})(?!\w)", re.I)
_HALF = (
    (re.compile(r"(?:an? )?hour and a half", re.I), "90 minutes"),
    (re.compile(r"half an hour", re.I), "30 minutes"),
)


def find_duration(statements: Statements, events: Sequence[Event], *, planned: bool) -> IncidentDuration:
    """Return how long the incident lasted, UNKNOWN where the write-up does not say.

    A stated figure goes before a subtraction, unless it counts support hours only; of stated ones a
    field goes before a window of two times, and that before a figure in a sentence. Planned work has no
    duration.
    """
    if planned:
        return UNKNOWN
    found = _from_field(statements)
    if found is not None:
        return found
    told = list(_telling(statements))
    for read, aside in ((_window, _PLANNED), (_lasted, _NOT_IT)):
        for sentence in told:
            minutes = None if aside.search(sentence.text[:600]) else read(sentence.text)
            if minutes:
                return IncidentDuration(
                    minutes, DurationBasis.STATED, sentence.first_line, sentence.last_line
                )
    return _from_timeline(events)


def _from_field(statements: Statements) -> IncidentDuration | None:
    own = statements.document.duration_minutes
    for statement in statements:
        value = _field_value(statement) or _labelled_value(statement, statements)
        minutes = _read(value) if value else None
        if minutes is None:
            continue
        if _PARTLY.search(value or ""):
            own = None if own == minutes else own
        elif own in (None, minutes):
            return IncidentDuration(minutes, DurationBasis.STATED, statement.first_line, statement.last_line)
    return IncidentDuration(own, DurationBasis.STATED) if own else None


def _field_value(statement: Statement) -> str | None:
    if len(statement.cells) == 2 and field_of(statement.cells[0].strip("*_ ")) == "duration":
        return statement.cells[1]
    match = _FIELD.match(statement.text) if statement.kind is not StatementKind.CODE else None
    words = match["key"].strip() if match else ""
    if match and (field_of(words) == "duration" or words.casefold().endswith(" duration")):
        return match["value"]
    return None


def _labelled_value(statement: Statement, statements: Statements) -> str | None:
    """Return a statement below a heading or label that is the name of the field."""
    heading = statements.heading(statement.section)
    return statement.text if field_of(heading) == "duration" else None


def _read(text: str) -> int | None:
    """Return the minutes at the start of ``text``, or in the first parentheses behind two times."""
    moment = read_moment(text)
    if moment is not None and moment.until is not None and "(" in text:
        text = text.partition("(")[2].partition(")")[0]
    for pattern, plain in _HALF:
        text = pattern.sub(plain, text[:80], count=1)
    text = _NUMBER_WORD.sub(lambda match: _NUMBERS[match[0].lower()], text[:80])
    try:
        minutes = parse_minutes(text.lstrip("*_ ~").replace("-", " ", 1))
    except FieldError:
        return None
    return minutes if 0 < minutes <= MAX_MINUTES else None


def _telling(statements: Statements) -> Iterator[StatementSentence]:
    for statement in statements:
        if statement.kind is StatementKind.CODE or statement.role in _ASIDE:
            continue
        yield from statements.sentences(statement)


def _lasted(text: str) -> int | None:
    for match in _LASTED.finditer(text[:1000]):
        minutes = _read(text[match.end() :])
        if minutes:
            return minutes
    stated = _OF_DOWNTIME.search(text[:1000])
    return _read(stated["span"]) if stated else None


def _window(text: str) -> int | None:
    for match in _WINDOW.finditer(text[:1000]):
        bare = _FOUR_DIGITS.match(text, match.end()) is not None
        first = read_moment(text[match.end() :], bare=bare)
        if first is None or first.minute is None:
            continue
        if first.until is not None:
            return (first.until - first.minute) % MINUTES_A_DAY or None
        to = _TO.match(text, match.end() + first.end)
        last = read_moment(text[to.end() :], bare=bare) if to else None
        if last is not None and last.minute is not None and (last.offset is not None or not bare):
            return _between(first, last)
    return None


def _between(first: Moment, last: Moment) -> int | None:
    if first.minute is None or last.minute is None:
        return None
    minutes = last.minute - first.minute
    if first.day is None or last.day is None:
        return minutes % MINUTES_A_DAY or None
    days = (last.day - first.day).days
    if not (first.has_year and last.has_year):
        days = (last.day.replace(year=2000) - first.day.replace(year=2000)).days % 366
    minutes += days * MINUTES_A_DAY
    return minutes if 0 < minutes <= MAX_MINUTES else None


def _from_timeline(events: Sequence[Event]) -> IncidentDuration:
    timed = _first_episode([event for event in events if event.at is not None])
    if len(timed) < 2:
        return UNKNOWN
    last = _ending(timed)
    first = _beginning(timed if last is None else timed[: timed.index(last)] or timed)
    if first.at is None or last is None:
        return UNKNOWN
    end = last.until if last.until is not None else last.at
    minutes = (end or 0) - first.at
    if not 0 < minutes <= MAX_MINUTES:
        return UNKNOWN
    return IncidentDuration(minutes, DurationBasis.TIMELINE, first.first_line, last.last_line)


def _first_episode(events: Sequence[Event]) -> list[Event]:
    """Return the rows up to a recovery that is followed by a day or more of silence."""
    kept: list[Event] = []
    for event in events:
        if kept and (event.at or 0) - (kept[-1].at or 0) >= MINUTES_A_DAY and _is_over(kept[-1]):
            break
        kept.append(event)
    return kept


def _beginning(events: Sequence[Event]) -> Event:
    first = events[0]
    fault = next((event for event in events if vocabulary.SYMPTOM.search(event.text)), first)
    if not _START.search(first.text) and (fault.at or 0) - (first.at or 0) > DORMANT_MINUTES:
        return fault
    return first


def _ending(events: Sequence[Event]) -> Event | None:
    """Return the row that ends the impact: the last that says so, else the last of a short timeline."""
    phase = next((event for event in events if _ENDING_PHASE.fullmatch(event.text)), None)
    if phase is not None:
        return phase
    over = [event for event in events if _is_over(event)]
    if over:
        return over[-1]
    text = events[-1].text[:1000]
    acts = vocabulary.MITIGATION.search(text) and not vocabulary.TALK.search(text)
    if (events[-1].at or 0) - (events[0].at or 0) > (MENDED_MINUTES if acts else UNENDED_MINUTES):
        return None
    return events[-1]


def _is_over(event: Event) -> bool:
    return restores(event.text, vocabulary.STRONG_RECOVERY)
