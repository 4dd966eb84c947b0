"""Documents to measure with beyond those at hand: derived from real ones, or made up; the same every time."""

from __future__ import annotations

import itertools
import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

SEED = 7
SUBSTITUTED = 0.3
"""Share of the ordinary words of a derived document that are other words of the corpus."""

_WORD = re.compile(r"(?<![\w/`.:#-])[a-z]{4,}(?![\w/`:-])")
_IDENTITY = re.compile(r"^(id|aliases):.*$", flags=re.MULTILINE)
_LETTERS = ("b", "br", "c", "d", "dr", "f", "g", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u")


def derive(folder: Path, target: Path, copies: int) -> int:
    """Write every Markdown file below ``folder`` and ``copies`` derived ones of each below ``target``.

    In each copy, the same words become the same other words, so that it is a corpus of its own with the
    shape of the first. Returns how many files were written.
    """
    files = sorted(path for path in folder.rglob("*.md"))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    vocabulary = sorted({word for text in texts for word in _WORD.findall(text)})
    written = 0
    for number in range(copies + 1):
        swapped = substitutions(vocabulary, number)
        for path, text in zip(files, texts, strict=True):
            place = target / f"copy-{number}" / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(derived(text, swapped, number), encoding="utf-8")
            written += 1
    return written


def substitutions(vocabulary: Sequence[str], number: int) -> dict[str, str]:
    """Return what copy ``number`` says in place of which word; nothing for the first, the original."""
    if number == 0:
        return {}
    draw = random.Random(f"{SEED} {number}")
    return {word: draw.choice(vocabulary) for word in vocabulary if draw.random() < SUBSTITUTED}


def derived(text: str, swapped: dict[str, str], number: int) -> str:
    """Return ``text`` with the words of ``swapped`` in place of others, under a name of its own."""
    if number == 0:
        return text
    head, front, rest = _front_matter(text)
    front = _IDENTITY.sub(lambda match: match[0] + f"-copy{number}", front)
    return head + front + _WORD.sub(lambda match: swapped.get(match[0], match[0]), rest)


def _front_matter(text: str) -> tuple[str, str, str]:
    if not text.startswith("---\n"):
        return "", "", text
    front, mark, rest = text[4:].partition("\n---")
    return "---\n", front + mark, rest


def synthetic(target: Path, documents: int, seed: int = SEED) -> None:
    """Write ``documents`` made-up post-mortems below ``target``, a thousand to a folder."""
    words = Words()
    for number in range(documents):
        place = target / f"{number // 1000:04}" / f"incident-{number:07}.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(post_mortem(words, number, seed), encoding="utf-8")


SECTIONS = ("Summary", "Impact", "Detection", "Timeline", "Root cause", "Resolution", "Lessons learned")
CHUNKS_PER_DOCUMENT = len(SECTIONS) + 1
"""Passages of a made-up document: one for each section, and the title."""


def post_mortem(words: Words, number: int, seed: int) -> str:
    """Return made-up post-mortem ``number``."""
    draw = random.Random(f"{seed} {number}")
    day = f"{2015 + number % 11}-{1 + number // 11 % 12:02}-{1 + number // 132 % 28:02}"
    lines = [
        "---",
        f"title: {words.sentence(draw, 6)} {number}",
        f"date: {day}",
        f"services: [{words.word(draw)}]",
        "tags: [rca]",
        "---",
        "",
    ]
    for section in SECTIONS:
        lines += [f"## {section}", "", *(words.sentence(draw, 11) + "." for _ in range(4)), ""]
    return "\n".join(lines)


class Words:
    """A vocabulary whose words are as unevenly common as those of a language (Zipf's law)."""

    SIZE = 30_000

    def __init__(self) -> None:
        """Make the vocabulary."""
        self._words = list(itertools.islice(_spellings(), self.SIZE))
        random.Random(SEED).shuffle(self._words)
        self._totals = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(self.SIZE)))

    def word(self, draw: random.Random) -> str:
        """Draw one word."""
        return self._words[bisect_left(self._totals, draw.random() * self._totals[-1])]

    def sentence(self, draw: random.Random, length: int) -> str:
        """Draw some words."""
        return " ".join(self.word(draw) for _ in range(length)).capitalize()


def _spellings() -> Iterator[str]:
    syllables = [first + second for first in _LETTERS for second in _VOWELS]
    yield from map("".join, itertools.product(syllables, repeat=2))
    yield from map("".join, itertools.product(syllables, repeat=3))
