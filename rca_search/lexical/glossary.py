"""Expressions that mean the same: ``OOMKilled`` and ``out of memory``, ``503`` and ``Service Unavailable``.

The list that is shipped, ``glossary.txt``, holds public vocabulary only: statuses of HTTP and gRPC, errors
and signals of POSIX, terms of Kubernetes, abbreviations of the trade. A user's own file is added to it. A
line is a group of expressions with ``=`` between them; empty lines and those that begin with ``#`` say
nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from rca_search.errors import IndexCorruptError, InvalidRequestError
from rca_search.lexical.tokens import tokenize

ARTEFACT = "glossary.json"
LONGEST_LINE = 2000
_SHIPPED = "glossary.txt"


@dataclass(frozen=True, slots=True)
class Expression:
    """Words that stand for something, as written and as terms; a text says it where it has these in a row."""

    text: str
    terms: tuple[str, ...]

    @property
    def share(self) -> float:
        """What each term counts: one over how many there are, so that a long expression weighs no more."""
        return 1 / len(self.terms)


Group = tuple[Expression, ...]


@dataclass(frozen=True)
class Glossary:
    """Groups of expressions, those of a group meaning the same."""

    groups: tuple[Group, ...]

    @classmethod
    def parse(cls, text: str, name: str) -> Glossary:
        """Read groups; raises InvalidRequestError with ``name`` and the line where one is no group."""
        groups = []
        for number, line in enumerate(text.splitlines(), start=1):
            said = line.strip().lstrip("\ufeff")
            if said and not said.startswith("#"):
                groups.append(_group(said, f"{name}:{number}"))
        return cls(tuple(groups))

    @classmethod
    def shipped(cls) -> Glossary:
        """Return the list that comes with the program."""
        return _shipped()

    @classmethod
    def of_file(cls, path: Path) -> Glossary:
        """Return the shipped list with that of a user's file; raises InvalidRequestError."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InvalidRequestError(
                f"The glossary {path} cannot be read: {error}.",
                remedy="Name a text file in UTF-8 with a group of expressions a line.",
            ) from error
        return _shipped().extended(cls.parse(text, str(path)))

    def extended(self, more: Glossary) -> Glossary:
        """Return this glossary with the groups of ``more`` behind its own."""
        return Glossary(self.groups + more.groups)

    def to_bytes(self) -> bytes:
        """Return the canonical form; terms are included, so that reading them again costs nothing."""
        groups = [[[one.text, one.terms] for one in group] for group in self.groups]
        return json.dumps(groups, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Glossary:
        """Read what ``to_bytes`` gave; raises IndexCorruptError on anything else."""
        try:
            return cls(tuple(tuple(_decoded(*one) for one in group) for group in json.loads(content)))
        except (ValueError, TypeError) as error:
            raise IndexCorruptError(
                "The glossary cannot be read.", remedy="Build the index again."
            ) from error

    def others(self, terms: Sequence[str]) -> list[Expression]:
        """Return what else the expressions in ``terms`` are called, in the order of the glossary.

        ``terms`` are those of a text in order. What the text says itself is left out.
        """
        said = self._said(terms)
        groups = sorted({number for expression in said for number in self._groups[expression]})
        found = [one for number in groups for one in self.groups[number] if one.terms not in said]
        return list(dict.fromkeys(found))

    def _said(self, terms: Sequence[str]) -> set[tuple[str, ...]]:
        """Return the expressions, as terms, that stand in ``terms``."""
        found = set()
        for place, term in enumerate(terms):
            for expression in self._by_first.get(term, ()):
                if tuple(terms[place : place + len(expression)]) == expression:
                    found.add(expression)
        return found

    @cached_property
    def _groups(self) -> Mapping[tuple[str, ...], Sequence[int]]:
        """The groups that each expression belongs to."""
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            for expression in group:
                found[expression.terms].append(number)
        return dict(found)

    @cached_property
    def _by_first(self) -> Mapping[str, Sequence[tuple[str, ...]]]:
        """The expressions that begin with each term."""
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for expression in self._groups:
            found[expression[0]].append(expression)
        return dict(found)


@cache
def _shipped() -> Glossary:
    text = files(__package__).joinpath(_SHIPPED).read_text(encoding="utf-8")
    return Glossary.parse(text, _SHIPPED)


def _group(line: str, place: str) -> Group:
    if len(line) > LONGEST_LINE:
        raise InvalidRequestError(
            f"{place}: the line has {len(line):,} characters.", remedy=f"Keep it below {LONGEST_LINE:,}."
        )
    read = _read(part.strip() for part in line.split("="))
    if empty := [one.text for one in read if not one.terms]:
        raise InvalidRequestError(
            f"{place}: {empty[0]!r} has no word to search for.",
            remedy="Write expressions with = between them; words such as 'the' alone are too common.",
        )
    if len(read) < 2:
        raise InvalidRequestError(
            f"{place}: a group needs two expressions or more.",
            remedy="Write those that mean the same on one line, with = between them.",
        )
    return read


def _decoded(text: str, terms: Sequence[str]) -> Expression:
    if not terms:
        raise ValueError(f"{text!r} has no term")
    return Expression(str(text), tuple(map(str, terms)))


def _read(texts: Iterable[str]) -> Group:
    """Return expressions, once each by what they are searched by."""
    read = (Expression(text, tuple(tokenize(text))) for text in texts)
    return tuple({one.terms: one for one in read}.values())
