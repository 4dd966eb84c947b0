"""Questions without an answer, for which a search must not find anything: one's own, and built-in ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import read_objects

UNSORTED = "nothing"
"""What a question is called that names no kind."""


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A question without an answer; ``sort`` names what kind of text it is."""

    sort: str
    text: str


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


@cache
def off_topic() -> tuple[OffTopic, ...]:
    """Return the built-in questions, which no record of incidents can answer: 50 of each of ten kinds.

    They are everyday texts, text that says nothing, and text that is meant to do harm, put together at random
    from lists of words.
    """
    return load_nothing(Path(__file__).with_suffix(".jsonl"))
