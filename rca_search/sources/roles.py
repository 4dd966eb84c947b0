"""Heading text -> what its section tells, from the many names that real write-ups use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.models import Role
from rca_search.sources.keys import field_of
from rca_search.text.emoji import without_shortcodes
from rca_search.text.language import languages

ROLE_NAMES: Mapping[Role, tuple[str, ...]] = {
    role: tuple(name for language in languages() for name in language.parts.get(role.value, ()))
    for role in Role
    if role not in {Role.TITLE, Role.OTHER}
}
# Names of parts that tell nothing about the failure itself: they end the role of the part before.
OTHER_NAMES = tuple(name for language in languages() for name in language.parts.get(Role.OTHER.value, ()))

# Phrases that tell a role inside a longer heading; the leftmost one decides, of two there the longer.
PHRASES: Mapping[Role, tuple[str, ...]] = {
    role: tuple(phrase for language in languages() for phrase in language.phrases.get(role.value, ()))
    for role in Role
}


MAX_LABEL_CHARS = 60
# A style that anybody may use by chance counts when a section shows this many different parts in it.
_ENOUGH = {"bold": 1, "bracket": 1, "colon": 1, "bullet": 2, "lead": 2, "plain": 3}
# Where real headings already say what a section is, only a line of its own in bold divides it further.
_OPEN_ROLES = frozenset({Role.TITLE, Role.SUMMARY, Role.OTHER})

# Words that status updates put on a line of their own: only marked ones are labels.
_STATE = re.compile(
    r"investigating|identified|resolved|closed?|open|opening|update[sd]?|final|initial|result|outcome"
    r"|errors?|alerts?|issue|check",
    re.I,
)

_TEXT = rf"[^*_\n]{{2,{MAX_LABEL_CHARS}}}?"
_BOLD = rf"(?:\*\*(?P<star>{_TEXT})\*\*|__(?P<bar>{_TEXT})__)"
_STYLES = (
    ("bold", re.compile(rf" {{0,3}}{_BOLD}\s*:?\s*$")),
    ("bullet", re.compile(rf" ?[-*+] {{1,3}}{_BOLD}\s*(?::|$)|[-*+] {{1,3}}\*\*(?P<inner>{_TEXT}):\s*\*\*")),
    ("lead", re.compile(rf"{_BOLD}\s*:|\*\*(?P<inner>{_TEXT}):\s*\*\*(?=\s)")),
    ("bracket", re.compile(rf"\[(?P<star>[^\[\]\n]{{2,{MAX_LABEL_CHARS}}})\]\s*$")),
    ("colon", re.compile(r"(?P<star>[^\W\d_](?:[^\W\d_]|[' /-]){1,40})\s*:\s*$")),
    ("plain", re.compile(r"(?P<star>[^\W\d_](?:[^\W\d_]|[' /-]){1,40}\??)\s*$")),
)


_LEAD = dict(_STYLES)["lead"]


@dataclass(frozen=True, slots=True)
class PartLabel:
    """A line that opens a part of a section; the part ends at the next label or heading."""

    text: str
    line: int
    role: Role


@dataclass(frozen=True, slots=True)
class _Found:
    style: str
    text: str
    line: int
    role: Role
    is_field: bool


def find_part_labels(lines: Sequence[str], numbers: Iterable[int], role: Role) -> tuple[PartLabel, ...]:
    """Return the labels among the lines with the given ``numbers``, all of one section with ``role``.

    ``lines`` is the whole file; ``numbers`` leaves out code and HTML. The whole label must be
    a known name of a part (or a date and time in bold): anything else is emphasis.
    """
    found = [item for number in numbers if (item := _label_at(lines, number)) is not None]
    is_open = role in _OPEN_ROLES
    kinds: dict[str, set[str]] = {}
    for item in found:
        if not item.is_field:
            kinds.setdefault(item.style, set()).add(item.text.casefold())
    styles = {style for style, texts in kinds.items() if len(texts) >= _ENOUGH[style]}
    accepted = styles if is_open else styles & {"bold"}
    return tuple(PartLabel(item.text, item.line, item.role) for item in found if item.style in accepted)


def _label_at(lines: Sequence[str], number: int) -> _Found | None:
    line = lines[number - 1]
    if not line or len(line) > 100_000:
        return None
    for style, pattern in _STYLES:
        match = pattern.match(line)
        if match:
            text = next(group for group in match.groupdict().values() if group).strip(" :")
            return _judge(style, text, number, lines)
    return None


def _judge(style: str, text: str, number: int, lines: Sequence[str]) -> _Found | None:
    above = lines[number - 2] if number > 1 else ""
    if style in {"colon", "lead"} and above.strip() and not (style == "lead" and _LEAD.match(above)):
        return None
    if style in {"colon", "plain"} and text[0].islower():
        return None
    if style == "plain" and _STATE.fullmatch(text):
        return None
    role = exact_role(text)
    if role is None and style == "bold" and is_time(text):
        role = Role.TIMELINE
    is_field = style in {"bullet", "lead"} and field_of(text) is not None
    if role is None and not is_field:
        return None
    return _Found(style, text, number, role or Role.OTHER, is_field)


# A heading with more words is a sentence or a title, not the name of a part.
MAX_PART_WORDS = 9

# Which of several roles joined by "and" or "/" the section is kept for.
_PRECEDENCE = (
    Role.RESOLUTION,
    Role.CAUSE,
    Role.SYMPTOM,
    Role.IMPACT,
    Role.DIAGNOSIS,
    Role.ACTIONS,
    Role.LESSONS,
    Role.TIMELINE,
    Role.DETECTION,
    Role.SUMMARY,
    Role.RELATED,
)
# Headings below these stay what their parent is: "Detection" among action items is an action.
_CONTAINERS = frozenset({Role.ACTIONS, Role.LESSONS, Role.RELATED})

_PHRASES = tuple(
    (re.compile(rf"\b(?:{'|'.join(patterns)})\b"), role) for role, patterns in PHRASES.items() if patterns
)
_BRACKETS = re.compile(r"\([^()]*\)|\{[^{}]*\}|[\[\]<>]")
_NUMBER = re.compile(
    r"^(?:(?:step|part|section|phase)\s+[0-9]+\s*[.):\u2013-]*|[0-9]+(?:\.[0-9]+)*\s*[.):\u2013-]"
    r"|[0-9]+\.[0-9]+|[ivx]{1,4}[.)])\s+"
)
_NO_WORD = re.compile(r"[^\w'/&+]+")
_JOINT = re.compile(r"(?:(?<!\s)\s++)?(?:/|&|\+|\band\b)\s*")
_TIME = re.compile(r"(?<![0-9])(?:[0-9]{1,2}|[0-9?x]{2}):[0-9?x]{2}(?![0-9])|\b[0-9]{1,2}\s*[ap]m\b")
_DAY = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})"
    r"(?=t?[0-9]{2}:|[\s,:\u2013-]|$)"
)
_AFTER_DAY = re.compile(r"[\s,0-9:\u2013/apmzutc+-]*(?:[a-z]{2,4})?\s*")


def normalised(heading: str) -> str:
    """Return ``heading`` in lower case, without number, remarks in brackets, marks, emoji and shortcodes."""
    text = _BRACKETS.sub(" ", without_shortcodes(heading).casefold().replace("’", "'"))  # noqa: RUF001
    text = _NUMBER.sub("", text.strip())
    return " ".join(_NO_WORD.sub(" ", text.replace("_", " ")).split())


def _exact() -> dict[str, Role]:
    """Return the role of each name; where languages disagree the first one counts, English before all."""
    found: dict[str, Role] = {}
    for language in languages():
        own: dict[str, Role] = {}
        for role, names in language.parts.items():
            own.update((normalised(name), Role(role)) for name in names)
        found.update((name, role) for name, role in own.items() if name not in found)
    return found


_EXACT: Mapping[str, Role] = _exact()


def exact_role(heading: str) -> Role | None:
    """Return the role that ``heading`` names by itself, None where it is no known name.

    Role.OTHER means a known name of a part that has no role of its own, such as "Attendees".
    """
    text = normalised(heading)
    if text in _EXACT:
        return _EXACT[text]
    parts = [part for part in _JOINT.split(text) if part]
    if len(parts) < 2 or any(part not in _EXACT for part in parts):
        return None
    found = {_EXACT[part] for part in parts}
    return next((role for role in _PRECEDENCE if role in found), Role.OTHER)


def role_of(heading: str) -> Role | None:
    """Return the role of ``heading``: a known name, a point in time, or a telling phrase in a short one."""
    role = exact_role(heading)
    if role is not None:
        return role
    if is_time(heading):
        return Role.TIMELINE
    text = normalised(heading)
    if len(text.split()) > MAX_PART_WORDS:
        return None
    matches = ((pattern.search(text), role) for pattern, role in _PHRASES)
    hits = [(match.start(), -len(match.group()), role) for match, role in matches if match]
    return min(hits)[2] if hits else None


def inherited_role(heading: str, parent: Role | None) -> Role:
    """Return the role of a section below one with the role ``parent`` (None at the top)."""
    if parent in _CONTAINERS:
        return Role.ACTIONS if parent is Role.LESSONS and role_of(heading) is Role.ACTIONS else parent
    role = role_of(heading)
    if role is not None:
        return role
    return parent if parent not in {None, Role.TITLE} else Role.OTHER


def is_time(heading: str) -> bool:
    """Return whether ``heading`` is a point in time: ``14:05``, ``2025-03-05 10:00 UTC``, ``May 12``."""
    text = heading.casefold().strip(" []*")
    if len(text.split()) > 7:
        return False
    day = _DAY.match(text)
    if day:
        return bool(_AFTER_DAY.fullmatch(text, day.end())) or bool(_TIME.search(text))
    return bool(_TIME.match(text))
