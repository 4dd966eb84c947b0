"""Phrases found in a text by one pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTER = re.compile(r"[a-z](?![?*+{|])")


class Phrases:
    """Phrases to look for in a text, whatever its case."""

    def __init__(self, text: str) -> None:
        """Compile the alternatives in ``text``, in lower case, divided by commas and blanks."""
        phrases = [" ".join(phrase.split()) for phrase in re.split(r",\s+", text.strip())]
        # Sorted by first letter, and without the flag for case, a search takes a fifth of the time.
        letters: dict[str, list[str]] = {}
        others: list[str] = []
        for phrase in filter(None, phrases):
            if _LETTER.match(phrase):
                letters.setdefault(phrase[0], []).append(phrase[1:])
            else:
                others.append(phrase)
        grouped = [f"{letter}(?:{'|'.join(ends)})" for letter, ends in letters.items()]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join([*grouped, *others])})(?!\w)")

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first place where a phrase stands."""
        return self._pattern.search(text.lower())

    def match(self, text: str) -> re.Match[str] | None:
        """Return the phrase that ``text`` begins with."""
        return self._pattern.match(text.lower())

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Give every phrase in ``text``, none overlapping another."""
        return self._pattern.finditer(text.lower())

    def without(self, text: str) -> str:
        """Return ``text`` in lower case with a blank for each phrase."""
        return self._pattern.sub(" ", text.lower())
