"""Pieces of text packed into chunks that fit an encoder's window."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rca_search.chunking.pieces import Piece, PieceKind
from rca_search.text.sentences import split_sentences

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
    piece: Piece
    tokens: int


def pack(pieces: Sequence[Piece], *, limit: int, count: TokenCounter) -> list[Packed]:
    """Pack ``pieces`` in order into chunks of at most ``limit`` tokens.

    A piece that fits is never cut; one that does not is cut at sentences, lines or, last, words.
    """
    sized = [
        _Sized(piece, n + 1) for piece, n in zip(pieces, count([each.text for each in pieces]), strict=True)
    ]
    fitting = [part for whole in sized for part in _fit(whole, limit, count) if part.piece.text.strip()]
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
    text = "\n".join(each.piece.text for each in group)
    return Packed(text, group[0].piece.first_line, max(each.piece.end_line for each in group))


def _fit(sized: _Sized, limit: int, count: TokenCounter) -> list[_Sized]:
    """Cut one piece into parts of at most ``limit`` tokens, at the best boundary there is."""
    if sized.tokens <= limit:
        return [sized]
    piece = sized.piece
    if piece.kind is PieceKind.CODE:
        return _cut_lines(piece, limit, count)
    parts: list[str] = []
    for sentence, tokens in _counted(split_sentences(piece.text), count):
        parts.extend([sentence] if tokens < limit else _cut_words(sentence, limit, count))
    return _regroup(piece, parts, limit, count)


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


def _regroup(piece: Piece, parts: list[str], limit: int, count: TokenCounter) -> list[_Sized]:
    """Join ``parts`` of a piece up to the limit, each with the lines that it stands on."""
    texts = [text.strip() for text in _merge(parts, limit, count, " ")]
    placed = zip(texts, _line_ranges(piece, texts), strict=True)
    pieces = [replace(piece, text=text, first_line=first, end_line=end) for text, (first, end) in placed]
    return [_Sized(part, n + 1) for part, n in zip(pieces, count(texts), strict=True)]


def _line_ranges(piece: Piece, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Return the lines of each of ``parts``, which differ from the piece's text in white space only."""
    lines = piece.text.split("\n")
    if len(lines) != piece.end_line - piece.first_line:
        return [(piece.first_line, piece.end_line)] * len(parts)
    ends = list(itertools.accumulate(map(_ink, lines)))
    ranges: list[tuple[int, int]] = []
    used = 0
    for part in parts:
        first = bisect.bisect_right(ends, used)
        used += _ink(part)
        ranges.append((piece.first_line + first, piece.first_line + bisect.bisect_left(ends, used) + 1))
    return ranges


def _ink(text: str) -> int:
    """Count the characters that are no white space."""
    return sum(map(len, text.split()))


def _cut_lines(piece: Piece, limit: int, count: TokenCounter) -> list[_Sized]:
    """Cut a piece of code at line ends, keeping the exact lines of each part."""
    start = piece.first_line if piece.text_line is None else piece.text_line
    sized: list[_Sized] = []
    group: list[str] = []
    first = used = 0
    for number, (line, tokens) in enumerate(_counted(piece.text.split("\n"), count)):
        if group and used + tokens + 1 > limit:
            sized.append(_lines(piece, group, start + first, used))
            group, first, used = [], number, 0
        if tokens + 1 > limit:
            texts = _cut_words(line, limit, count)
            place = start + number
            sized += [
                _Sized(Piece(piece.kind, text, place, place + 1), n + 1) for text, n in _counted(texts, count)
            ]
            first = number + 1
            continue
        group.append(line)
        used += tokens + 1
    if group:
        sized.append(_lines(piece, group, start + first, used))
    return sized


def _lines(piece: Piece, lines: Sequence[str], first_line: int, tokens: int) -> _Sized:
    return _Sized(Piece(piece.kind, "\n".join(lines), first_line, first_line + len(lines)), tokens)
