"""The readers of all forms, in the order that forms lie in each other."""

from __future__ import annotations

from collections.abc import Callable

from rca_search.insight.understanding.chat import read_chat
from rca_search.insight.understanding.header import read_header
from rca_search.insight.understanding.log_lines import read_log
from rca_search.insight.understanding.payload import read_payload
from rca_search.insight.understanding.reading import MAX_NAMES, Reading
from rca_search.insight.understanding.stack_trace import read_stack_trace

__all__ = ["MAX_NAMES", "READERS"]

READERS: tuple[Callable[[str], Reading | None], ...] = (
    read_header,
    read_payload,
    read_stack_trace,
    read_chat,
    read_log,
)
"""From the outside in: a log may be in an alert, a trace in a chat, and never the other way round."""
