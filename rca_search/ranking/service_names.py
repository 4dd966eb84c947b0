"""Service names in text: which are said, and which only as part of a longer one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_SEPARATORS = re.compile(r"[\W_]+")
_SHORTEST = 3
"""Characters below which a name is too short to be looked for in prose."""
_MOST_WORDS = 24
"""Words of a file name that a service is looked for in."""


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

    def left_out_of(self, text: str) -> str:
        """Return ``text`` without the services that it names."""
        for service in sorted(self.said_in(text), key=lambda name: (-len(name), name)):
            parts = [re.escape(part) for part in _SEPARATORS.split(service) if part]
            name = r"[\W_]+".join(parts)
            text = re.sub(rf"(?<![^\W_]){name}(?![^\W_])", " ", text, flags=re.IGNORECASE)
        return " ".join(text.split())

    def names(self, wanted: str, words: str) -> bool:
        """Return whether ``words`` name the service that is ``wanted``, both as ``words_of`` gives them."""
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
    """Return whether ``wanted`` stands in ``words`` elsewhere than within a longer name that is ``known``."""
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
        self._by_label: dict[str, list[int]] = {}
        self._by_run: dict[str, list[tuple[int, str]]] = {}
        for book in runbooks:
            for label in {words_of(label) for label in (*book.services, *book.tags)}:
                self._by_label.setdefault(label, []).append(book.ordinal)
            name = words_of(book.name)
            for run in _runs(name):
                self._by_run.setdefault(run, []).append((book.ordinal, name))

    def of(self, service: str) -> list[int]:
        """Return the ordinals of the runbooks of ``service``, which need not be a known one, in order."""
        wanted = words_of(service)
        if not wanted.strip("-"):
            return []
        named = (ordinal for ordinal, name in self._by_run.get(wanted, ()) if self.names.names(wanted, name))
        return sorted({*self._by_label.get(wanted, ()), *named})

    @cached_property
    def one_each(self) -> Mapping[int, str]:
        """The service of each runbook that is of just one known service."""
        found: dict[int, dict[str, str]] = {}
        for service in self.names.known:
            for ordinal in self.of(service):
                found.setdefault(ordinal, {}).setdefault(words_of(service), service)
        return {
            ordinal: next(iter(services.values()))
            for ordinal, services in found.items()
            if len(services) == 1
        }


def _runs(words: str) -> set[str]:
    """Return every run of neighbouring words, each between two hyphens, as ``words_of`` gives them."""
    parts = words.strip("-").split("-")[:_MOST_WORDS]
    return {
        f"-{'-'.join(parts[start:end])}-"
        for start in range(len(parts))
        for end in range(start + 1, len(parts) + 1)
    }
