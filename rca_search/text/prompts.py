"""What a template says to its author: instructions, questions and placeholders that nobody took out.

They stand word for word in every document made from the template and tell nothing of any of them.
"""

from __future__ import annotations

import hashlib
import re

LONGEST = 600
"""Characters beyond which a text is no instruction."""

_ORDER = re.compile(
    r"(?:please |optional(?:ly)?[:,]? )?(?:describe|list|note(?!:| that)|explain|provide|include|summari[sz]e"
    r"|write|add|give|state|document|detail|outline|record|identify|mention|specify|insert|fill|enter|use|link|attach"
    r"|be sure|remember|make sure|keep|think|consider|do not|don['\u2019]t|copy|replace|delete|remove"
    r"|update this|run a|try to|answer|this section|in this section|your|a (?:short|brief|concise)"
    r"|short description|brief description|e\.g\.|for example|tbd|todo|tbc"
    r"|to be (?:done|filled|completed|added))(?!\w)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:your|my|name|names|date|time|link|url|title|insert|tbd|todo|hh:mm|yyyy|mm|dd|xx+|n/a|service|owner|team"
    r"|number|ticket|placeholder|optional)(?!\w)",
    re.IGNORECASE,
)
_ASIDES = (
    re.compile(r"(?P<sign>\*(?:\*\*)?|_(?:__)?)(?P<text>[^*_\s](?:(?!(?P=sign)).)*)(?P=sign)$", re.DOTALL),
    re.compile(r"<(?P<text>[^<>]+)>$"),
    re.compile(r"\[(?!\[|[ xX]\])(?P<text>[^\[\]]+)\]$"),
)
"""Italics and brackets. Bold is no aside: a line of it is as good as a heading."""
_PARENTHESES = re.compile(r"\((?P<text>[^()]+)\)$")
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_TIMES = re.compile(r"\b(?:UTC|GMT|times?)\b", re.IGNORECASE)
_QUESTION = re.compile(r"[?\uff1f][\s\"')\]*_]*$")


def is_prompt(text: str, *, quoted: bool = False, opens: bool = False) -> bool:
    """Return whether a paragraph, as it is written, is the template's.

    That is a text in italics or in brackets as a whole that asks or orders, or a placeholder. Where it
    ``opens`` a part (``follows_heading``), parentheses and quote marks do as well: further down they hold
    what people wrote and quoted.
    """
    text = text.strip().removeprefix("\\")
    if not text or len(text) > LONGEST:
        return False
    aside = _aside(text)
    if aside is not None:
        bracketed = text[0] in "<["
        return _asks(aside) or (bracketed and _PLACEHOLDER.match(aside) is not None)
    if not opens:
        return False
    parentheses = _PARENTHESES.match(text)
    return _asks(parentheses["text"] if parentheses else text) and bool(quoted or parentheses)


def _aside(text: str) -> str | None:
    """Return what stands within italics or brackets that hold the whole text, or None."""
    match = next(filter(None, (pattern.match(text) for pattern in _ASIDES)), None)
    return match["text"].strip(" *_") if match else None


def _asks(text: str) -> bool:
    return _ORDER.match(text) is not None or _QUESTION.search(text) is not None


def is_prompt_of_several(text: str, *, quoted: bool = False) -> bool:
    """Return whether a paragraph that stands word for word in several documents is their template's.

    One that is marked as an aside (italic, bracketed, ``quoted``), or asks or orders. That times are in
    some zone is no aside: it tells how to read what follows.
    """
    text = text.strip()
    if not text or len(text) > LONGEST or _TIMES.search(text):
        return False
    return quoted or _asks(text) or _aside(text) is not None or _PARENTHESES.match(text) is not None


def digest(paragraph: str) -> str:
    """Return a short digest of what a paragraph says, whatever its line breaks and quote marks."""
    words = " ".join(unquoted(paragraph).split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unquoted(paragraph: str) -> str:
    """Return a paragraph without the marks of quotes before its lines."""
    return _QUOTED.sub("", paragraph)


def is_quoted(paragraph: str) -> bool:
    """Return whether every line of a paragraph is quoted."""
    lines = [line for line in paragraph.split("\n") if line.strip()]
    return bool(lines) and all(line.lstrip().startswith(">") for line in lines)
