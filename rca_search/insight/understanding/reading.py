"""What the readers of all forms share: their result, and the shapes of what says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rca_search.lexical import shapes
from rca_search.models import Form

MAX_NAMES = 64
"""Exact names kept beside the text; more come from lists of everything that happened to be running."""

URL = re.compile(r"\bhttps?://[^\s\"'<>)\]}]+")
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_HEX = re.compile(
    r"\b(?:0x[0-9a-fA-F]{4,}|(?=[0-9a-fA-F]{0,40}[0-9])(?=[0-9a-fA-F]{0,40}[a-fA-F])[0-9a-fA-F]{8,})\b"
)
IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?:/\d{1,2})?(?![\w.])")
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"[ \t]+")
_NAME_EDGE = re.compile(r"[\s_.:/-]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text of one form: what carries meaning, exact names left out or rewritten, and what it names."""

    form: Form
    text: str
    names: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def without_random(text: str) -> str:
    """Return ``text`` without UUIDs, digests, memory addresses and IP addresses."""
    for pattern in (_UUID, _HEX, IPV4):
        text = pattern.sub("", text)
    return _SPACES.sub(" ", text).strip()


def alike(text: str) -> str:
    """Return what two lines have in common that differ in numbers and random names only."""
    return _SPACES.sub(" ", _DIGITS.sub("", without_random(text).casefold()))


def once(lines: Iterable[str]) -> list[str]:
    """Return ``lines`` in order, of those that are alike the first."""
    found: dict[str, str] = {}
    for line in lines:
        if line.strip():
            found.setdefault(alike(line), line)
    return list(found.values())


def spelled_out(name: str) -> str:
    """Return the words of a name: ``KubePodCrashLooping`` as Kube Pod Crash Looping."""
    parts = (part for piece in _NAME_EDGE.split(name) for part in shapes.camel_parts(piece) or [piece])
    return " ".join(filter(None, parts))


def owner_of(pod: str) -> str:
    """Return ``checkout-api`` for the pod ``checkout-api-7d9f8b6c5d-x2x4z``, likewise for ``kafka-3``."""
    parts = pod.split("-")
    if len(parts) > 2 and shapes.is_random(parts[-2]) and len(parts[-1]) <= 5:
        parts = parts[:-2]
    while len(parts) > 1 and (parts[-1].isdigit() or shapes.is_random(parts[-1])):
        parts.pop()
    return "-".join(parts)
