"""Bytes of a file -> text with ``\\n`` line ends."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rca_search.errors import DocumentRejectedError

# The UTF-32 marks come first: the little-endian one begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n?")
_FOREIGN = "surrogateescape"
_ESCAPED = re.compile("[\udc80-\udcff]+")
_SAVE = "Save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW."


MAX_FOREIGN_SHARE = 0.1
"""Share of bytes that may be no UTF-8; a file with more of them is in another encoding altogether."""
MAX_NUL_SHARE = 0.02
"""Share of NUL bytes that a text may have, out of a PDF or a bad disk; pictures and UTF-16 have far more."""


@dataclass(frozen=True, slots=True)
class Blemish:
    """Something in a file that was passed over so that the rest could be read; ``line`` is 1-based."""

    code: str
    line: int
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and what was mended to get it."""

    text: str
    blemishes: tuple[Blemish, ...] = ()


def decode(content: bytes) -> Decoded:
    """Turn ``content`` into text: UTF-8, or UTF-16/32 where a byte order mark says so.

    A few bytes that are no UTF-8 are read as Windows-1252, which is where they come from most of all, and a
    few NUL characters as blanks. Raises DocumentRejectedError with code ``encoding`` (too many such bytes),
    ``binary`` (too many NUL characters) or ``empty`` (nothing but white space); ``line`` is the line of the
    first bad byte.
    """
    encoding, body = _split_mark(content)
    if encoding == "utf-8" and body.count(0) > MAX_NUL_SHARE * len(body):
        raise _binary(_line_of(body[: body.index(0)].decode("utf-8", "replace")))
    blemishes: list[Blemish] = []
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _undecodable(body, encoding, error.start) from error
        text, blemish = _mended(body, error.start)
        blemishes.append(blemish)
    text = normalise_line_ends(text)
    if "\0" in text:
        blemishes.append(_nul(text))
        text = text.replace("\0", " ")
    if not text.strip():
        raise DocumentRejectedError(
            "empty", "The file is empty.", remedy="Write something into it, or delete it."
        )
    return Decoded(text, tuple(blemishes))


def _mended(body: bytes, first: int) -> tuple[str, Blemish]:
    """Return the text with foreign bytes read as Windows-1252; raises DocumentRejectedError for too many."""
    text = body.decode("utf-8", _FOREIGN)
    # Surrogates carry the foreign bytes, and no other character of UTF-8 text is one.
    foreign = sum(map(len, _ESCAPED.findall(text)))
    if foreign > MAX_FOREIGN_SHARE * len(body):
        raise _undecodable(body, "utf-8", first)
    text = _ESCAPED.sub(lambda run: run[0].encode("utf-8", _FOREIGN).decode("windows-1252", "replace"), text)
    message = (
        f"Bytes that are no UTF-8 were read as Windows-1252 ({foreign:,}, the first 0x{body[first]:02x})."
    )
    return text, Blemish("encoding", _line_of(body[:first].decode()), message, _SAVE)


def _nul(text: str) -> Blemish:
    count = text.count("\0")
    message = f"NUL characters were read as blanks ({count:,})."
    return Blemish("nul", _line_of(text[: text.index("\0")]), message, "Delete the characters.")


def normalise_line_ends(text: str) -> str:
    r"""Replace ``\r\n`` and a lone ``\r`` by ``\n``; nothing else ends a line."""
    return _LINE_END.sub("\n", text)


def _split_mark(content: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, content[len(mark) :]
    return "utf-8", content


def _line_of(before: str) -> int:
    return normalise_line_ends(before).count("\n") + 1


def _binary(line: int) -> DocumentRejectedError:
    return DocumentRejectedError(
        "binary",
        "The file holds a NUL byte, so it is no UTF-8 text.",
        line=line,
        remedy="If it is UTF-16 without a byte order mark, convert it: "
        "iconv -f UTF-16LE -t UTF-8 FILE > NEW. If it is no text, keep it out of the folder "
        "or give it another ending than .md.",
    )


def _undecodable(body: bytes, encoding: str, start: int) -> DocumentRejectedError:
    name = encoding.removesuffix("-le").removesuffix("-be").upper()
    line = _line_of(body[:start].decode(encoding, "replace"))
    return DocumentRejectedError(
        "encoding",
        f"The file is not valid {name}: byte 0x{body[start]:02x} at offset {start} of the text.",
        line=line,
        remedy=_SAVE,
    )
