"""A chat copied from a messenger: what was said, without who, when, courtesies and pictures."""

from __future__ import annotations

import re

from rca_search.insight.understanding.reading import Reading
from rca_search.models import Form

_LEAST_MESSAGES = 2

_CLOCK = r"\d{1,2}:\d\d(?!:)(?:\s?[ap]\.?m\.?)?"
_DATE = r"(?:\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
_NAME = r"[^\W\d][\w.'-]{0,30}"
_MESSAGE = (
    # @rosa 10:02 text; rosa [10:02]: text; rosa [2025-03-01 10:02] text
    re.compile(
        rf"\s*(?:@{_NAME}|<{_NAME}>|{_NAME}(?=\s+[\[(]))\s+[\[(]?(?:{_DATE},?\s+)?{_CLOCK}[\])]?\s*+(?:[:-](?=\s))?\s*+(?P<said>.*)",
        re.IGNORECASE,
    ),
    # [10:02] rosa: text; 12/03/2025, 10:02 - Rosa Lind: text; 10:02 <rosa> text
    re.compile(
        rf"\s*[\[(]?(?:{_DATE},?\s+)?(?:{_CLOCK}|\d{{1,2}}:\d\d:\d\d(?=[\])]?\s*<))[\])]?\s*+[-\u2013]?\s*+"
        rf"(?:<[@+ ]?{_NAME}>|@{_NAME}:?|{_NAME}(?:\s{_NAME}){{0,2}}:)\s+(?P<said>.*)",
        re.IGNORECASE,
    ),
    # <rosa> text
    re.compile(rf"\s*<[@+ ]?{_NAME}>\s+(?P<said>.*)"),
)
# A line of its own above what was said: "Rosa Lind  10:02 AM", "rosa, 10:02", "Rosa Lind [10:02]".
_SPEAKER = re.compile(
    rf"\s*@?{_NAME}(?:\s{_NAME}){{0,3}},?\s+(?:APP\s+)?[\[(]?{_CLOCK}[\])]?\s*", re.IGNORECASE
)
_PICTURE = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+'-]*:(?![\w:])|:\+1:")
_MENTION = re.compile(rf"(?<!\S)<?@{_NAME}>?[,:]?")
_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|morning)"
    r"(?:[ ,]+(?:all|team|folks|everyone|everybody|there|guys))?\b\s*[,.!:\u2013-]*\s*",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:\W|\b(?:hi|hello|hey|thanks?|thank you|thx|ty|ok|okay|lol|yes|yep|yeah|no|nope|sure|np|ack|same"
    r"|on it|looking|taking a look|will do|please|pls|cheers|all|team|folks|everyone|\d)\b)*",
    re.IGNORECASE,
)


def read_chat(text: str) -> Reading | None:
    """Return what was said in a chat, a message a line, or None where half of the lines are no messages."""
    lines = [line for line in text.splitlines() if line.strip()]
    messages = [_message(line) for line in lines]
    spoken = sum(said is not None for said in messages)
    if spoken < _LEAST_MESSAGES or 2 * spoken < len(lines):
        return None
    told = [_told(line if said is None else said) for line, said in zip(lines, messages, strict=True)]
    return Reading(Form.CHAT, "\n".join(line for line in told if not _COURTESY.fullmatch(line)))


def _message(line: str) -> str | None:
    """Return what was said in ``line``: "" where it names a speaker only, None where it is no message."""
    if _SPEAKER.fullmatch(line):
        return ""
    found = next(filter(None, (form.match(line) for form in _MESSAGE)), None)
    return found["said"] if found else None


def _told(said: str) -> str:
    said = _MENTION.sub(" ", _PICTURE.sub(" ", said)).strip()
    greeting = _GREETING.match(said)
    return said[greeting.end() :] if greeting else said
