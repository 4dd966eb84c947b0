"""Bytes of a file -> text with ``\\n`` line ends."""

from __future__ import annotations

import codecs
import re

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


def decode(content: bytes) -> str:
    """Turn ``content`` into text: UTF-8, or UTF-16/32 where a byte order mark says so.

    Raises DocumentRejectedError with code ``encoding`` (a byte that the encoding does not allow),
    ``binary`` (a NUL character) or ``empty`` (nothing but white space); ``line`` is the line of the
    first bad byte.
    """
    encoding, body = _split_mark(content)
    if encoding == "utf-8" and b"\0" in body:
        raise _binary(_line_of(body[: body.index(0)].decode("utf-8", "replace")))
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(body, encoding, error.start) from error
    text = normalise_line_ends(text)
    if "\0" in text:
        raise _binary(_line_of(text[: text.index("\0")]))
    if not text.strip():
        raise DocumentRejectedError(
            "empty", "The file is empty.", remedy="Write something into it, or delete it."
        )
    return text


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
        remedy="Save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW.",
    )
