"""Where sentences end."""

from __future__ import annotations

import re

_END = re.compile(
    r"""[.!?…]["')\]]*\s+(?=["'(\[]?[A-Z0-9À-Þ`])|[。！？]["'」』”’）]*(?=[^"'」』”’）])"""  # noqa: RUF001
)


def split_sentences(text: str) -> list[str]:
    """Cut prose at sentence ends that are followed by a capital letter, a digit or a quotation."""
    parts = (text[start:end].strip() for start, end in sentence_spans(text, 0, len(text)))
    return [part for part in parts if part]


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the sentences of ``text[start:end]`` stand, the white space after each included."""
    ends = [match.end() for match in _END.finditer(text, start, end)]
    return list(zip([start, *ends], [*ends, end], strict=True))
