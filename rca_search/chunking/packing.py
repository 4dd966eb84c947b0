"""Pieces of text packed into chunks that fit an encoder's window."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rca_search.chunking.blocks import Block, BlockKind, split_sentences

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Counts the tokens of each text, without special tokens and without any cut."""

_WORDS = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Packed:
    """Text of one chunk, with 0-based lines, the end exclusive."""

    text: str
    first_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class _Sized:
    block: Block
    tokens: int


def pack(blocks: Sequence[Block], *, limit: int, count: TokenCounter) -> list[Packed]:
    """Pack ``blocks`` in order into chunks of at most ``limit`` tokens.

    A block that fits is never cut; one that does not is cut at sentences, lines or, last, words.
    """
    sized = [_Sized(block, n + 1) for block, n in zip(blocks, count([b.text for b in blocks]), strict=True)]
    fitting = [piece for block in sized for piece in _fit(block, limit, count) if piece.block.text.strip()]
    return [_join(group) for group in _groups(fitting, limit)]


def _groups(pieces: Sequence[_Sized], limit: int) -> Iterator[list[_Sized]]:
    group: list[_Sized] = []
    used = 0
    for piece in pieces:
        if group and used + piece.tokens > limit:
            yield group
            group, used = [], 0
        group.append(piece)
        used += piece.tokens
    if group:
        yield group


def _join(group: Sequence[_Sized]) -> Packed:
    text = "\n".join(piece.block.text for piece in group)
    return Packed(text, group[0].block.first_line, max(piece.block.end_line for piece in group))


def _fit(sized: _Sized, limit: int, count: TokenCounter) -> list[_Sized]:
    """Cut one block into parts of at most ``limit`` tokens, at the best boundary there is."""
    if sized.tokens <= limit:
        return [sized]
    block = sized.block
    if block.kind is BlockKind.CODE:
        return _cut_lines(block, limit, count)
    parts: list[str] = []
    for sentence, tokens in _counted(split_sentences(block.text), count):
        parts.extend([sentence] if tokens < limit else _cut_words(sentence, limit, count))
    return _regroup(block, parts, limit, count)


def _counted(texts: Sequence[str], count: TokenCounter) -> Iterator[tuple[str, int]]:
    return zip(texts, count(texts), strict=True)


def _cut_words(text: str, limit: int, count: TokenCounter) -> list[str]:
    """Cut at white space; a single word over the limit is cut by characters."""
    words = _WORDS.findall(text)
    pieces: list[str] = []
    for word, tokens in _counted(words, count):
        if tokens < limit:
            pieces.append(word)
        else:
            pieces.extend(_cut_characters(word, tokens, limit, count))
    return _merge(pieces, limit, count, "")


def _cut_characters(word: str, tokens: int, limit: int, count: TokenCounter) -> list[str]:
    """Cut a word into the fewest even parts that fit: one character may be several tokens."""
    length = max(1, len(word) * (limit - 1) // (tokens + 1))
    parts = [word[start : start + length] for start in range(0, len(word), length)]
    return [
        piece
        for part, n in _counted(parts, count)
        for piece in ([part] if n < limit or len(part) == 1 else _cut_characters(part, n, limit, count))
    ]


def _merge(pieces: Sequence[str], limit: int, count: TokenCounter, glue: str) -> list[str]:
    merged: list[str] = []
    group: list[str] = []
    used = 0
    for piece, tokens in _counted(pieces, count):
        if group and used + tokens + 1 > limit - 1:
            merged.append(glue.join(group))
            group, used = [], 0
        group.append(piece)
        used += tokens
    if group:
        merged.append(glue.join(group))
    return merged


def _regroup(block: Block, parts: list[str], limit: int, count: TokenCounter) -> list[_Sized]:
    """Join ``parts`` of a block up to the limit, each with the lines that it stands on."""
    texts = [text.strip() for text in _merge(parts, limit, count, " ")]
    placed = zip(texts, _line_ranges(block, texts), strict=True)
    blocks = [replace(block, text=text, first_line=first, end_line=end) for text, (first, end) in placed]
    return [_Sized(part, n + 1) for part, n in zip(blocks, count(texts), strict=True)]


def _line_ranges(block: Block, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Return the lines of each of ``parts``, which differ from the block's text in white space only."""
    lines = block.text.split("\n")
    if len(lines) != block.end_line - block.first_line:
        return [(block.first_line, block.end_line)] * len(parts)
    ends = list(itertools.accumulate(map(_ink, lines)))
    ranges: list[tuple[int, int]] = []
    used = 0
    for part in parts:
        first = bisect.bisect_right(ends, used)
        used += _ink(part)
        ranges.append((block.first_line + first, block.first_line + bisect.bisect_left(ends, used) + 1))
    return ranges


def _ink(text: str) -> int:
    """Count the characters that are no white space."""
    return sum(map(len, text.split()))


def _cut_lines(block: Block, limit: int, count: TokenCounter) -> list[_Sized]:
    """Cut a code block at line ends, keeping the exact lines of each part."""
    start = block.first_line if block.text_line is None else block.text_line
    sized: list[_Sized] = []
    group: list[str] = []
    first = used = 0
    for number, (line, tokens) in enumerate(_counted(block.text.split("\n"), count)):
        if group and used + tokens + 1 > limit:
            sized.append(_lines(block, group, start + first, used))
            group, first, used = [], number, 0
        if tokens + 1 > limit:
            texts = _cut_words(line, limit, count)
            place = start + number
            sized += [
                _Sized(Block(block.kind, text, place, place + 1), n + 1) for text, n in _counted(texts, count)
            ]
            first = number + 1
            continue
        group.append(line)
        used += tokens + 1
    if group:
        sized.append(_lines(block, group, start + first, used))
    return sized


def _lines(block: Block, lines: Sequence[str], first_line: int, tokens: int) -> _Sized:
    return _Sized(Block(block.kind, "\n".join(lines), first_line, first_line + len(lines)), tokens)
