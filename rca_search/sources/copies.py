"""Files that are copies of others: sync conflicts, "Copy of", a second download."""

from __future__ import annotations

import re

_COPY_MARKS = (
    re.compile(r"^(?:copy of|kopie von|copie de|copia de|copia di|kopia)[\s_-]+(?P<base>.+)$", re.IGNORECASE),
    re.compile(
        r"^(?P<base>.+?)\s*\([^()]{0,60}(?:conflicted copy|case conflict|conflict copy)[^()]*\)$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<base>.+?)\.sync-conflict-[\w-]+$"),
    re.compile(
        r"^(?P<base>.+?)(?:[\s_-]+(?:copy|kopie|copie|copia))(?:[\s_-]*\(?[0-9]{1,3}\)?)?$", re.IGNORECASE
    ),
    re.compile(r"^(?P<base>.+?)\s?\([0-9]{1,3}\)$"),
)
MOST_APART = 0.2
"""Share of lines that may differ between a file and a copy of it."""


def base_name(stem: str) -> str | None:
    """Return the name that a file called ``stem`` seems to be a copy of, None where it seems to be none."""
    for pattern in _COPY_MARKS:
        match = pattern.match(stem)
        if match:
            return match["base"].strip(" _.-")
    return None


def says_the_same(one: bytes, other: bytes) -> bool:
    """Return whether two files have nearly all lines in common, white space aside."""
    lines, others = ({line.strip() for line in text.splitlines()} - {b""} for text in (one, other))
    apart = len(lines ^ others)
    return apart <= MOST_APART * max(len(lines | others), 1)
