"""Text in one spelling, and cut into pieces: runs of word characters with single joints between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rca_search.lexical.shapes import is_decimal

# Combining marks of scripts whose words contain them; without these a word of Hindi falls into pieces.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e\u1056-\u109d"
    "\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"[\w{_MARKS}]+(?:(?:[-.']|::?)[\w{_MARKS}]+)*")
UNSPACED_RUN = re.compile(f"([{_UNSPACED}]+)")
# Numbers in groups of thousands, and the milliseconds that log lines put after a comma.
_NUMBER_NOISE = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?!\w|,\d)|(?<=:\d\d),\d{3}(?!\w)")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_MANY_MARKS = re.compile(r"([^\w\s\x00-\x7f]{30})[^\w\s\x00-\x7f]+")
_TYPOGRAPHY = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-"})


def pieces(text: str) -> Iterator[str]:
    """Yield the pieces of the normalised text in order, scripts without spaces apart from others."""
    text = _normalised(text)
    for match in _PIECE.finditer(_NUMBER_NOISE.sub(" ", text)):
        piece = match[0].strip("_")
        if piece.isascii():
            if piece and not (match.string.startswith("%", match.end()) and is_decimal(piece)):
                yield piece
        else:
            yield from (part for part in UNSPACED_RUN.split(piece) if part)


def _normalised(text: str) -> str:
    """Return ``text`` in one spelling: NFKC, no invisible characters, plain apostrophes and hyphens."""
    if text.isascii():
        return text
    # Normalising takes time quadratic in the length of a run of combining marks, so long runs are cut
    # first. Thirty is what the Unicode stream-safe text format allows (UAX 15, section 13).
    text = unicodedata.normalize("NFKC", _MANY_MARKS.sub(r"\1", text))
    return _INVISIBLE.sub("", text).translate(_TYPOGRAPHY)
