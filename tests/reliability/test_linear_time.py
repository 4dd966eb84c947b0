"""Every pattern that sees foreign text, and every reader, takes time in proportion to it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import ModuleType

import pytest

import rca_search
from rca_search.chunking import chunk_document, split_question
from rca_search.facts import read_facts
from rca_search.insight.understanding import understand
from rca_search.models import SourceFile
from rca_search.sources.documents import parse_document

CHARS = 10_000
PATTERN_CHARS = 1000
"""Length of the shorter text; the longer one is four times as long."""
RATIO = 10.0
"""Times as long for four times the text: between linear (4) and quadratic (16)."""
FLOOR = 0.02
LEAST = 0.0008
"""Seconds for the shorter text below which the longer one is not tried, of a reader and of a pattern."""

BOUNDED = {
    "rca_search.facts.services._OPENS": 40,
    "rca_search.insight.understanding.stack_trace._FRAMES": 500,
    "rca_search.lexical.identifier_kinds._HOST": 253,
    "rca_search.sources.copies._COPY_MARKS": 255,
}
"""Patterns that see so many characters at most, and need not be linear beyond."""

# Runs that patterns of ours count or repeat, and openings that are never closed.
UNITS = (
    *'a \n\t-=#*_`~><[]({|:.,/\\09&@+?!%"',
    *("'", "\u00e9", "\u3042", "\U0001f600", "\u200d", "\r\n", "\x1b[", "\n\n"),
    *(
        "a ",
        "a-",
        "a.",
        "a_",
        "a/",
        "1 ",
        "1:",
        "1-",
        "1.",
        "10:00 ",
        "2024-01-01 ",
        "a: ",
        "- a\n",
        "* ",
        "> ",
    ),
    *("<!--", "<a ", "</", "[[", "[a](", "](", "{{", "```\n", "**", "| a ", "|-", "http://", "a@b.", "$("),
    *("# a\n", "a\n=", "a:\n", "Mozilla/5.0 (", "at a(b:1)\n", "key: 'v", "(e.g. "),
)


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(rca_search.__path__, "rca_search."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


HARDEST = ("[", "- a\n", "<!--", "# a\n", " ", "| a ", "> ", "`")
"""What readers of documents had most trouble with."""


@dataclass(frozen=True)
class Used:
    """A pattern, where it stands, and whether it is looked for anywhere or at a place alone."""

    pattern: re.Pattern[str] | re.Pattern[bytes]
    place: str
    anywhere: bool

    def __call__(self, text: str) -> None:
        given = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        if self.anywhere:
            for _ in self.pattern.finditer(given):  # type: ignore[arg-type]
                pass
        else:
            self.pattern.match(given)  # type: ignore[arg-type]


def held(value: object, depth: int = 0) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    """Give the patterns in a value, also those in tuples, lists and mappings."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, Mapping):
        yield from (pattern for entry in value.values() for pattern in held(entry, depth + 1))
    elif depth < 3 and isinstance(value, tuple | list | frozenset):
        yield from (pattern for entry in value for pattern in held(entry, depth + 1))


@cache
def patterns() -> tuple[Used, ...]:
    """Return every pattern that a module holds; the code tells how it is used, of a public one all code."""
    found: dict[tuple[str | bytes, int], Used] = {}
    code = {module: inspect.getsource(module) for module in modules()}
    everywhere = "\n".join(code.values())
    for module, own in code.items():
        for name, value in vars(module).items():
            for pattern in held(value):
                methods = methods_of(name, own if name.startswith("_") else everywhere)
                anywhere = not methods.isdisjoint(_ANYWHERE)
                key = (pattern.pattern, pattern.flags)
                if key not in found or anywhere:
                    found[key] = Used(pattern, f"{module.__name__}.{name}", anywhere)
    return tuple(found.values())


def methods_of(name: str, code: str) -> set[str]:
    """Return what is called on the pattern called ``name``, or on those that it holds."""
    loop = rf"for\s+(?:\w+, )?(\w+) in (?:enumerate\()?{re.escape(name)}\b"
    names = [name, *re.findall(loop, code)]
    entry = r"(?:\.get\([^()]*\)|\[[^\]]*\])?"
    called = {
        method for each in names for method in re.findall(rf"\b{re.escape(each)}{entry}\.(\w+)\b", code)
    }
    return called & _METHODS or _ANYWHERE


_ANYWHERE = {"search", "finditer", "findall", "sub", "subn", "split"}
_METHODS = {*_ANYWHERE, "match", "fullmatch"}


def seconds(work: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    work(text)
    return time.perf_counter() - started


def grows(work: Callable[[str], object], unit: str, chars: int, least: float) -> bool:
    """Return whether four times as much text takes far more than four times as long, thrice in a row."""
    for _ in range(3):
        short = seconds(work, unit * (chars // len(unit)))
        if short < least or seconds(work, unit * (4 * chars // len(unit))) < RATIO * short:
            return False
    return True


def test_there_are_patterns_and_those_on_bounded_text_are_among_them() -> None:
    assert len(patterns()) > 150
    assert {used.place for used in patterns()} >= BOUNDED.keys()


@pytest.mark.parametrize("unit", UNITS)
def test_patterns_take_linear_time(unit: str) -> None:
    def ended(used: Used, text: str) -> None:
        used(f"x{text}\u00a7")

    slow = [
        used.place
        for used in patterns()
        if used.place not in BOUNDED
        if grows(used, unit, PATTERN_CHARS, LEAST) or grows(partial(ended, used), unit, PATTERN_CHARS, LEAST)
    ]
    assert slow == []


@pytest.mark.parametrize(
    "used", [used for used in patterns() if used.place in BOUNDED], ids=lambda used: used.place
)
def test_patterns_on_bounded_text_are_quick_on_the_longest(used: Used) -> None:
    chars = BOUNDED[used.place]
    for unit in UNITS:
        assert min(seconds(used, f"x{unit * (chars // len(unit))}"[:chars]) for _ in range(2)) < 0.05


def whole(text: str) -> object:
    """Read a text as a build reads a file."""
    content = f"# A\n\n## Cause\n\n{text}\n\n## Timeline\n\n{text}\n".encode()
    document = parse_document(SourceFile("RCAs/a", "vault", "RCAs/a.md", content, "0" * 64)).document
    return chunk_document(document, limit=200, count=counted), read_facts(document)


def asked(text: str) -> object:
    """Read a text as a question is read."""
    return split_question(understand(text).text, limit=200, count=counted)


def counted(texts: list[str]) -> list[int]:
    return [len(text) // 4 + 1 for text in texts]


@pytest.mark.parametrize("unit", HARDEST)
def test_a_document_is_read_in_linear_time(unit: str) -> None:
    assert not grows(whole, unit, CHARS, FLOOR)


@pytest.mark.full
@pytest.mark.parametrize("unit", UNITS)
def test_a_document_of_anything_is_read_in_linear_time(unit: str) -> None:
    assert not grows(whole, unit, CHARS, FLOOR)


@pytest.mark.parametrize("unit", [*UNITS, '{"a":', '[{"a":[', '{"a":1},\n', "line of a log 12\n"])
def test_a_question_is_read_in_linear_time(unit: str) -> None:
    assert not grows(asked, unit, CHARS, FLOOR)
