"""The readers of all forms, in the order that forms lie in each other."""

from __future__ import annotations

import re
from collections.abc import Callable

from rca_search.insight.understanding.alert_rules import read_rules
from rca_search.insight.understanding.chat import read_chat
from rca_search.insight.understanding.log_lines import read_log
from rca_search.insight.understanding.payload import read_payload
from rca_search.insight.understanding.reading import MAX_NAMES, Reading
from rca_search.insight.understanding.stack_trace import read_stack_trace
from rca_search.models import Form

_TOLD = re.compile(
    r"title|name|summary|description|symptoms?|impact|services?|components?|systems?|affected.*|error.*|alert.*",
    re.IGNORECASE,
)


def read_header(text: str) -> Reading | None:
    """Return ``text`` with only the telling values of its front matter, or None where it has none."""
    lines = text.replace("\r\n", "\n").split("\n")
    opening = next((line.strip() for line in lines if line.strip()), "")
    if opening not in {"---", "+++"}:
        return None
    # Only a text with a header must wait for what reads one.
    from rca_search.sources.front_matter import read_front_matter
    from rca_search.sources.values import texts

    front = read_front_matter(lines)
    if not front.last_line:
        return None
    told = [" ".join(texts(value)) for key, value in front.values.items() if _TOLD.fullmatch(key)]
    return Reading(Form.FRONT_MATTER, "\n".join(filter(None, [*told, *lines[front.last_line :]])))


__all__ = ["MAX_NAMED", "MAX_NAMES", "READERS"]

MAX_NAMED = 16
"""References that are followed; a group of alerts may hold many."""

READERS: tuple[Callable[[str], Reading | None], ...] = (
    read_header,
    read_rules,
    read_payload,
    read_stack_trace,
    read_chat,
    read_log,
)
"""From the outside in: a log may be in an alert, a trace in a chat, and never the other way round."""
