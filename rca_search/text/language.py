"""The words of write-ups in the languages that are known, read from ``text/languages/*.toml``.

docs/languages.md says what each part of such a file is for, and how to add a language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

ENGLISH = "en"
FEWEST_WORDS = 30
"""Words below which a text does not tell its language."""
_LEAST_SHARE = 0.06
_LIKE_BEST = 0.7
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_SCRIPT_SHARE = 0.1
_WORD = re.compile(r"[^\W\d_]+")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """What one language calls things.

    ``parts`` are names of parts by role, ``phrases`` regular expressions that tell a role inside a longer
    heading, ``fields`` names of fields, the most telling first, ``kinds`` what a document is called,
    ``failure`` words of a title that tell of one. ``months`` has twelve entries, ``units`` the names of
    units of time by letter, ``about`` words before a length of time and ``joints`` those between its parts.
    """

    code: str
    name: str
    common: frozenset[str]
    parts: Mapping[str, Names]
    phrases: Mapping[str, Names]
    fields: Mapping[str, Names]
    kinds: Mapping[str, Names]
    failure: Names
    months: tuple[Names, ...]
    units: Mapping[str, Names]
    about: Names
    joints: Names


@cache
def languages() -> tuple[Language, ...]:
    """Return every language, English first: where two disagree on a word, the first one counts."""
    folder = resources.files("rca_search.text") / "languages"
    found = sorted(
        (entry.name.removesuffix(".toml"), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )
    read = [_language(code, tomllib.loads(text)) for code, text in found]
    return tuple(sorted(read, key=lambda language: (language.code != ENGLISH, language.code)))


def _language(code: str, body: Mapping[str, Any]) -> Language:
    return Language(
        code=code,
        name=body["name"],
        common=frozenset(_names(body["common"])),
        parts=_tables(body["parts"]),
        phrases={role: tuple(patterns) for role, patterns in body.get("phrases", {}).items()},
        fields=_tables(body["fields"]),
        kinds=_tables(body["kinds"]),
        failure=_names(body["failure"]["words"]),
        months=tuple(tuple(month.casefold().split()) for month in _names(body["months"]["names"])),
        units=_tables(body["units"]),
        about=_names(body["about"]["words"]),
        joints=_names(body["about"]["joints"]),
    )


def _tables(body: Mapping[str, str]) -> dict[str, Names]:
    return {key: _names(text) for key, text in body.items()}


def _names(text: str) -> Names:
    return tuple(" ".join(name.split()) for name in text.split(",") if name.strip())


@cache
def months() -> Mapping[str, int]:
    """Return the number of each month by its names, in lower case, long and short, in any language."""
    found: dict[str, int] = {}
    for language in languages():
        for number, names in enumerate(language.months, 1):
            for name in names:
                found.setdefault(name, number)
    return found


@cache
def month_pattern() -> str:
    """Return an expression for the name of a month, the longest first; digits are no name."""
    names = sorted((name for name in months() if not name[0].isdigit()), key=lambda name: (-len(name), name))
    return "|".join(map(re.escape, names))


@cache
def units() -> Mapping[str, str]:
    """Return the letter of each unit of time (``w d h m s``) by its names in lower case."""
    return {name.casefold(): unit for unit, name in reversed([*_units()])}


def _units() -> Iterator[tuple[str, str]]:
    for language in languages():
        for unit, names in language.units.items():
            for name in names:
                yield unit, name


def language_code(text: str) -> str:
    """Return the code of the language that a text seems to be in, "" where that cannot be told."""
    found = language_of(text)
    return found.code if found else ""


def language_of(text: str) -> Language | None:
    """Return the language that a text seems to be in, None where it is too short or in none that is known."""
    letters = sum(map(str.isalpha, text))
    known = {language.code: language for language in languages()}
    for code, script in _SCRIPTS:
        if code in known and len(script.findall(text)) > max(_SCRIPT_SHARE * letters, 10):
            return known[code]
    words = _WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS:
        return None
    with_gaps = (language for language in languages() if language.code not in dict(_SCRIPTS))
    shares = {language.code: sum(word in language.common for word in words) for language in with_gaps}
    best = max(shares, key=lambda code: shares[code])
    if shares[ENGLISH] >= _LIKE_BEST * shares[best]:  # other languages have English names and log lines, too
        best = ENGLISH
    return known[best] if shares[best] >= _LEAST_SHARE * len(words) else None
