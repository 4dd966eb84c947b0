"""What is encoded and what is matched by words for each chunk of a document."""

from __future__ import annotations

from pathlib import PurePosixPath

from rca_search.chunking import TokenCounter
from rca_search.errors import EncoderUnavailableError
from rca_search.lexical.shapes import spaced_names
from rca_search.models import Chunk, Document, Role

CONTEXT_TOKENS = 48
"""Room kept in the window for the title and heading that go before a chunk's text."""

MINIMUM_TOKENS = 32
"""The least room for a chunk's own text that makes sense."""


TITLES = "titles"
"""What the names of the files begin with that hold the runs of characters of titles."""


def chunk_limit(window: int) -> int:
    """Return the tokens a chunk may have in an encoder window of ``window`` tokens.

    Raises EncoderUnavailableError on a window too small to hold a passage.
    """
    limit = window - CONTEXT_TOKENS - 2
    if limit < MINIMUM_TOKENS:
        raise EncoderUnavailableError(
            f"The model reads {window} tokens at a time; passages need at least "
            f"{CONTEXT_TOKENS + 2 + MINIMUM_TOKENS}.",
            remedy="Use a model with a longer window.",
        )
    return limit


def encoded_text(chunk: Chunk, title: str, count: TokenCounter) -> str:
    """Return the text to encode: title and heading say where the chunk stands, then its own text.

    Names glued together are cut into their words in title and heading.
    """
    if chunk.role is Role.TITLE:
        return spaced_names(chunk.text)
    title, heading = spaced_names(title), spaced_names(chunk.headings[-1] if chunk.headings else "")
    parts = tuple(dict.fromkeys(part for part in (title, heading) if part))
    for context in (". ".join(parts), heading):
        if context and count([context])[0] <= CONTEXT_TOKENS:
            return f"{context}\n{chunk.text}"
    return chunk.text


def added_text(chunk: Chunk, document: Document) -> str:
    """Return what is matched by words beside a chunk's text: names and labels with the title, headings once.

    Terms do not reach across the end of a line, so those of the two texts are those of both together.
    """
    if chunk.role is Role.TITLE:
        name = PurePosixPath(document.path).stem
        return "\n".join((name, " ".join(document.services), " ".join(document.tags)))
    return chunk.headings[-1] if chunk.headings and chunk.id.endswith("/0") else ""


def named_text(document: Document) -> str:
    """Return what a document is called: title and file name, as they stand and cut at inner capitals."""
    names = f"{document.title}\n{PurePosixPath(document.path).stem}"
    return f"{names}\n{spaced_names(names)}"
