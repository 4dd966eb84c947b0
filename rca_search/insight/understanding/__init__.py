"""Pasted questions read for what they mean: alerts, stack traces, chats, logs and drafts with a header.

Every reader takes a text and returns what of it carries meaning, or None where the text is not of its form.
What comes out is a function of the text alone: no corpus, no clock. Plain text comes out as it is, and so
does anything that only looks like one of the forms, malformed JSON say.
"""

from __future__ import annotations

from collections.abc import Callable

from rca_search.insight.understanding.chat import read_chat
from rca_search.insight.understanding.header import read_header
from rca_search.insight.understanding.log_lines import read_log
from rca_search.insight.understanding.payload import read_payload
from rca_search.insight.understanding.reading import MAX_NAMES, Reading
from rca_search.insight.understanding.stack_trace import read_stack_trace
from rca_search.models import Form, Understood

__all__ = ["understand"]

_READERS: tuple[Callable[[str], Reading | None], ...] = (
    read_header,
    read_payload,
    read_stack_trace,
    read_chat,
    read_log,
)
"""From the outside in: a log may be in an alert, a trace in a chat, and never the other way round."""


def understand(text: str) -> Understood:
    """Return what of ``text`` is searched; never nothing where it has words. Takes linear time."""
    left = text
    forms: list[Form] = []
    names: dict[str, None] = {}
    for reader in _READERS:
        reading = reader(left)
        if reading is None or not has_words(reading.text):
            continue
        left = reading.text
        forms.append(reading.form)
        names.update(dict.fromkeys(reading.names))
    return Understood(left, tuple(forms), tuple(names)[:MAX_NAMES])


def has_words(text: str) -> bool:
    """Tell whether there is a letter or a digit in ``text``."""
    return any(map(str.isalnum, text))
