"""What a template says to its author: instructions, questions and placeholders that nobody took out.

They stand word for word in every document made from the template and tell nothing of any of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 600
"""Characters beyond which a text is no instruction."""

_ORDER = re.compile(
    r"(?:please |optional(?:ly)?[:,]? )?(?:describe|list|note|explain|provide|include|summari[sz]e|write|add"
    r"|give|state|document|detail|outline|record|identify|mention|specify|insert|fill|enter|use|link|attach"
    r"|be sure|remember|make sure|keep|think|consider|do not|don['\u2019]t|copy|replace|delete|remove"
    r"|update this|run a|try to|answer|this section|in this section|your|a (?:short|brief|concise)"
    r"|short description|brief description|e\.g\.|for example|example:|tbd|todo|tbc"
    r"|to be (?:done|filled|completed|added))(?!\w)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:your|my|name|names|date|time|link|url|title|insert|tbd|todo|hh:mm|yyyy|mm|dd|xx+|n/a|service|owner|team"
    r"|number|ticket|placeholder|optional)(?!\w)",
    re.IGNORECASE,
)
_WRAPPED = (
    re.compile(r"(?P<sign>\*{1,3}|_{1,3})(?P<text>[^*_\s](?:(?!(?P=sign)).)*)(?P=sign)$", re.DOTALL),
    re.compile(r"<(?P<text>[^<>]+)>$"),
    re.compile(r"\[(?!\[|[ xX]\])(?P<text>[^\[\]]+)\]$"),
    re.compile(r"\((?P<text>[^()]+)\)$"),
)
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_QUESTION = re.compile(r"[?\uff1f][\s\"')\]*_]*$")


def is_prompt(text: str, *, quoted: bool = False) -> bool:
    """Return whether a paragraph, as it is written, is the template's.

    That is a text in italics, in brackets or ``quoted`` as a whole that asks or orders, or a placeholder.
    """
    text = text.strip().removeprefix("\\")
    if not text or len(text) > LONGEST:
        return False
    for pattern in _WRAPPED:
        match = pattern.match(text)
        if match:
            inner = match["text"].strip(" *_")
            bracketed = text[0] in "<["
            return _asks(inner) or (bracketed and _PLACEHOLDER.match(inner) is not None)
    return quoted and _asks(text)


def _asks(text: str) -> bool:
    return _ORDER.match(text) is not None or _QUESTION.search(text) is not None


def without_prompts(text: str) -> str:
    """Return Markdown without the paragraphs that are a template's: what is asked with such a draft."""
    paragraphs = text.split("\n\n")
    kept = [each for each in paragraphs if not is_prompt(_QUOTED.sub("", each), quoted=_is_quoted(each))]
    return "\n\n".join(kept)


def _is_quoted(paragraph: str) -> bool:
    lines: Sequence[str] = [line for line in paragraph.split("\n") if line.strip()]
    return bool(lines) and all(line.lstrip().startswith(">") for line in lines)
