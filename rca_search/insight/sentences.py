"""Texts cut into what is compared and quoted: sentences, table cells, lines of code, each within one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rca_search.lexical.tokens import tokenize
from rca_search.text.lines import CELL_EDGE, LineKind, text_start
from rca_search.text.sentences import sentence_spans

LONGEST = 320
"""Characters of a sentence; a longer one is cut between words, since nobody reads more of a quotation."""

# Quantifiers, adverbs, prepositions, and that an alert fired. In a small corpus some are as rare as any name.
_SUBJECTLESS = """
    about after again ago all almost already also although always another any anyone anything around back
    because before between both during each even ever every everybody everyone everything few here however
    instead just least less many more most much never nobody nothing now often only other others own quite
    rather same several since some somebody something sometimes still than then there though through too
    until very whatever while within without yet alert alerts fired fires firing
"""

_SPEAKER = re.compile(r"<[\w .-]{1,30}>\s+")
_TARGET = re.compile(
    r"(?<=\[\[)(?:[^\[\]|]{1,200}(?=\|)|\d{4}-\d\d-\d\d[^\[\]|]{0,200})|(?<=\]\()[^()\s]{1,500}"
)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters ``start`` to ``end`` of ``line`` (1-based) and the terms in them that can tie two texts."""

    line: int
    start: int
    end: int
    text: str
    terms: frozenset[str]


def sentences(lines: Sequence[str], numbers: Iterable[int], kinds: str) -> list[Sentence]:
    """Return the sentences of the lines ``numbers`` (1-based); ``kinds`` has the ``LineKind`` of each."""
    return [
        Sentence(number, start, end, text, terms_of(text))
        for number in numbers
        for start, end in spans_of(lines[number - 1], LineKind(kinds[number - 1]))
        for text in (lines[number - 1][start:end],)
    ]


def without_targets(text: str) -> str:
    """Return ``text`` with spaces for what its links point to: names of other reports tell of those.

    A link without a label keeps its target unless that is named after a day. Characters keep their places.
    """
    if "[" not in text:
        return text
    return _TARGET.sub(lambda found: " " * len(found[0]), text)


def terms_of(text: str) -> frozenset[str]:
    """Return the terms of ``text`` without bare numbers and without words that have no subject.

    Two reports share a number of three digits by accident more often than not.
    """
    return frozenset(term for term in tokenize(without_targets(text)) if not term.isdigit()) - _subjectless()


@cache
def _subjectless() -> frozenset[str]:
    # Not at import, since stemming costs 10 ms before the first word.
    return frozenset(tokenize(_SUBJECTLESS))


def spans_of(line: str, kind: LineKind) -> list[tuple[int, int]]:
    """Return where the sentences of one line stand, without list marks and the white space around them.

    Code is kept whole; fences and what a template says to its author say nothing.
    """
    if kind in {LineKind.FENCE, LineKind.PROMPT}:
        return []
    parts = [(0, len(line))] if kind is LineKind.CODE else list(_prose(line, kind))
    trimmed = (_trimmed(line, start, end) for start, end in parts)
    return [
        piece for start, end in trimmed if _WORD.search(line, start, end) for piece in _cut(line, start, end)
    ]


def _prose(line: str, kind: LineKind) -> Iterator[tuple[int, int]]:
    start = text_start(line, kind)
    speaker = _SPEAKER.match(line, start)
    start = speaker.end() if speaker else start
    for first, last in _cells(line, start) if kind is LineKind.ROW else [(start, len(line))]:
        yield from sentence_spans(line, first, last)


def _cells(line: str, start: int) -> Iterator[tuple[int, int]]:
    for edge in CELL_EDGE.finditer(line, start):
        yield start, edge.start()
        start = edge.end()
    yield start, len(line)


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    return start, end


def _cut(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a long stretch between words where there is a gap, anywhere else."""
    while end - start > LONGEST:
        gap = line.rfind(" ", start + 1, start + LONGEST)
        at = gap if gap > start + LONGEST // 2 else start + LONGEST
        yield _trimmed(line, start, at)
        start, _ = _trimmed(line, at, end)
    yield start, end
