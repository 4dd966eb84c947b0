"""Heading text -> what its section tells, from the many names that real write-ups use."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rca_search.models import Role
from rca_search.sources.role_names import OTHER_NAMES, PHRASES, ROLE_NAMES

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

_PHRASES = tuple((re.compile(rf"\b(?:{'|'.join(patterns)})\b"), role) for role, patterns in PHRASES.items())
_BRACKETS = re.compile(r"\([^()]*\)|\{[^{}]*\}|[\[\]<>]")
_NUMBER = re.compile(
    r"^(?:(?:step|part|section|phase)\s+[0-9]+\s*[.):\u2013-]*|[0-9]+(?:\.[0-9]+)*\s*[.):\u2013-]"
    r"|[0-9]+\.[0-9]+|[ivx]{1,4}[.)])\s+"
)
_NO_WORD = re.compile(r"[^\w'/&+]+")
_JOINT = re.compile(r"\s*(?:/|&|\+|\band\b)\s*")
_TIME = re.compile(r"(?<![0-9])(?:[0-9]{1,2}|[0-9?x]{2}):[0-9?x]{2}(?![0-9])|\b[0-9]{1,2}\s*[ap]m\b")
_DAY = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})"
    r"(?=t?[0-9]{2}:|[\s,:\u2013-]|$)"
)
_AFTER_DAY = re.compile(r"[\s,0-9:\u2013/apmzutc+-]*(?:[a-z]{2,4})?\s*")


def normalised(heading: str) -> str:
    """Return ``heading`` in lower case, without number, remarks in brackets, marks and emoji."""
    text = _BRACKETS.sub(" ", heading.casefold().replace("’", "'"))  # noqa: RUF001
    text = _NUMBER.sub("", text.strip())
    return " ".join(_NO_WORD.sub(" ", text.replace("_", " ")).split())


_EXACT: Mapping[str, Role] = {
    **{normalised(name): role for role, names in ROLE_NAMES.items() for name in names},
    **{normalised(name): Role.OTHER for name in OTHER_NAMES},
}


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
    """Tell whether ``heading`` is a point in time: ``14:05``, ``2025-03-05 10:00 UTC``, ``May 12``."""
    text = heading.casefold().strip(" []*")
    if len(text.split()) > 7:
        return False
    day = _DAY.match(text)
    if day:
        return bool(_AFTER_DAY.fullmatch(text, day.end())) or bool(_TIME.search(text))
    return bool(_TIME.match(text))
