"""Lines that stand in for headings: ``**Impact**``, ``- **Resolution**: ...``, ``[Final message]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rca_search.models import Role
from rca_search.sources.keys import field_of
from rca_search.sources.roles import exact_role, is_time

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
    ("colon", re.compile(r"(?P<star>[A-Z][A-Za-z' /-]{2,40})\s*:\s*$")),
    ("plain", re.compile(r"(?P<star>[A-Z][A-Za-z' /-]{2,40}\??)\s*$")),
)


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
    if style in {"colon", "lead"} and number > 1 and lines[number - 2].strip():
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
