"""Service names in text: which are said, and which only as part of a longer one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\W_]+")
_SHORTEST = 3
"""Characters below which a name is too short to be looked for in prose."""


def words_of(text: str) -> str:
    """Return the words of ``text`` in lower case, each between two hyphens."""
    return f"-{_SEPARATORS.sub('-', text.casefold()).strip('-')}-"


class ServiceNames:
    """The services of a corpus, looked for as whole words.

    A text that holds a longer known service speaks of that one: ``api`` is not named by
    ``api-gateway-errors`` where there is an ``api-gateway``.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Take the services that are known."""
        self.known = tuple(sorted(set(known)))
        self._services: dict[str, list[str]] = {}
        for service in self.known:
            self._services.setdefault(words_of(service), []).append(service)
        self._lengths = _lengths_by_first_word(self._services)

    def said_in(self, text: str) -> list[str]:
        """Return the known services that ``text`` names, in order; very short names are not looked for."""
        words = words_of(text)
        known = self._known_in(words)
        named = (
            service
            for wanted in known
            if len(wanted) >= _SHORTEST + 2 and _names(wanted, words, known)
            for service in self._services[wanted]
        )
        return sorted(named)

    def names(self, wanted: str, words: str) -> bool:
        """Tell whether ``words`` name the service that is ``wanted``, both as ``words_of`` gives them."""
        if not wanted.strip("-") or wanted not in words:
            return False
        return _names(wanted, words, self._known_in(words))

    def _known_in(self, words: str) -> list[str]:
        """Return the known services, as words, that stand in ``words``: the longest first."""
        parts = words.strip("-").split("-")
        found = {
            known
            for place, first in enumerate(parts)
            for length in self._lengths.get(first, ())
            if (known := f"-{'-'.join(parts[place : place + length])}-") in self._services
        }
        return sorted(found, key=lambda known: (-len(known), known))


def _lengths_by_first_word(services: Iterable[str]) -> dict[str, set[int]]:
    """Return of how many words the services are that begin with a word."""
    lengths: dict[str, set[int]] = {}
    for service in services:
        parts = service.strip("-").split("-")
        if parts[0]:
            lengths.setdefault(parts[0], set()).add(len(parts))
    return lengths


def _names(wanted: str, words: str, known: Iterable[str]) -> bool:
    """Tell whether ``wanted`` stands in ``words`` elsewhere than within a longer name that is ``known``."""
    for longer in known:
        if wanted in longer and wanted != longer:
            words = words.replace(longer, "-")
    return wanted in words


@dataclass(frozen=True, slots=True)
class Runbook:
    """What a runbook may be recognised by as one of a service: its fields and the name of its file."""

    ordinal: int
    services: Sequence[str]
    tags: Sequence[str]
    name: str


class RunbookServices:
    """Which runbooks are of which service: by their fields, or by whole words of their file names."""

    def __init__(self, runbooks: Iterable[Runbook], names: ServiceNames) -> None:
        """Take the runbooks and the services that are known."""
        self.names = names
        self._entries = [
            (book.ordinal, frozenset(map(words_of, (*book.services, *book.tags))), words_of(book.name))
            for book in runbooks
        ]

    def of(self, service: str) -> list[int]:
        """Return the ordinals of the runbooks of ``service``, which need not be a known one."""
        wanted = words_of(service)
        if not wanted.strip("-"):
            return []
        return [
            ordinal
            for ordinal, labels, name in self._entries
            if wanted in labels or self.names.names(wanted, name)
        ]
