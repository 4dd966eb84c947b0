"""A report as it would read had the same failure hit another service on another day.

Numbers, services, people, hosts and other names made by machines change; what happened stays. The same text
gives the same other text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from rca_search.lexical.tokens import identifiers

_SERVICES = (
    "amberfold", "birchwell", "cinderlane", "dovetail", "elmspring", "foxhollow", "gullmere", "heathrow-desk",
    "ivorygate", "juniper-hub", "kestrelbay", "larkfield", "mossbank", "nettlecove", "ottershaw", "pinecrest",
)  # fmt: skip
_DIGITS = re.compile(r"\d+")
_HANDLE = re.compile(r"(?<![\w@])@[A-Za-z][\w-]*")
_LONGEST_IDENTIFIERS = 400


def rewritten(text: str, names: Iterable[str] = ()) -> str:
    """Return ``text`` with every number, handle, machine-made name and each of ``names`` replaced.

    A name is replaced by the same other one wherever it stands. ``names`` are services and people.
    """
    told = sorted({name for name in names if len(name) > 2}, key=lambda name: (-len(name), name))
    made = sorted(set(_machine_names(text)) - set(told), key=lambda name: (-len(name), name))
    replaced = [*told, *made[:_LONGEST_IDENTIFIERS]]
    if replaced:
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in replaced), re.IGNORECASE)
        text = pattern.sub(lambda found: _other_name(found.group().casefold()), text)
    text = _HANDLE.sub(lambda found: f"@{_other_name(found.group())}", text)
    return _DIGITS.sub(lambda found: _other_number(found.group()), text)


def _machine_names(text: str) -> list[str]:
    """Return hosts, pods, files and the like: identifiers that have a digit, a dot or an underscore."""
    return [name for name in identifiers(text) if any(mark in name for mark in "._/0123456789")]


def _other_name(name: str) -> str:
    return _SERVICES[zlib.crc32(name.encode()) % len(_SERVICES)]


def _other_number(digits: str) -> str:
    """Return a number of the same length that differs in every digit."""
    shift = 1 + zlib.crc32(digits.encode()) % 8
    return "".join(str((int(digit) + shift) % 10) for digit in digits)
