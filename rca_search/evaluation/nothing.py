"""Questions of one's own that nothing on record answers."""

from __future__ import annotations

from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import read_objects
from rca_search.evaluation.off_topic import OffTopic

UNSORTED = "nothing"
"""What a question is called that names no kind."""


def load_nothing(path: Path) -> tuple[OffTopic, ...]:
    """Read JSON lines with a ``text`` and, if any, a ``kind`` that groups them.

    Raises InvalidRequestError with file and line on anything else, and where there is no question.
    """
    found: list[OffTopic] = []
    for line, entry in read_objects(path):
        text, kind = entry.get("text"), entry.get("kind") or UNSORTED
        if not isinstance(text, str) or not text.strip() or not isinstance(kind, str):
            raise InvalidRequestError(f"{path}:{line} needs a text 'text' and, if any, a text 'kind'.")
        found.append(OffTopic(kind, text))
    if not found:
        raise InvalidRequestError(f"{path} holds no question.")
    return tuple(found)
