"""Raw value of a field (text, list or mapping) -> plain texts, links and markup taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

# Longer headings are text that happens to begin with "#"; they are kept, cut to this.
MAX_HEADING_CHARS = 300

_WIKILINK = re.compile(r"!?\[\[([^\[\]|#^]*)[^\[\]]*\]\]")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKS = re.compile(r"\*\*|__|`|~~")
_BETWEEN_TAGS = re.compile(r"[,;\s]+")
# What people write for "nothing"; YAML's own word for it stays text here.
_NOTHING = frozenset({"", "null", "~", "-", "--", "\u2014", "\u2013", "none", "n/a", "tbd", "unknown", "?"})
# What a template leaves behind that nobody filled in.
_LEFTOVER = re.compile(r"<%[^%]{0,200}%>|\{\{[^{}]{0,200}\}\}|<[\w -]{1,60}>")
_MOST_WORDS_OF_A_NAME = 4
# A list entry may be a mapping, as in "services: [{name: api}]".
_NAME_KEYS = ("name", "title", "id")


def plain(text: str) -> str:
    """Return ``text`` in one line, wikilinks as the name of their note, emphasis and code marks gone."""
    text = _WIKILINK.sub(lambda match: note_name(match[1]), text)
    text = _MARKS.sub("", _MARKDOWN_LINK.sub(r"\1", text))
    return one_line(text).strip("*_ ")


def one_line(text: str) -> str:
    """Return ``text`` with single blanks and without control characters, which terminals would obey."""
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) != "Cc").split())


def note_name(target: str) -> str:
    """Return the name of the note that a link target such as ``Services/api.md`` points at."""
    name = target.strip().rpartition("/")[2]
    return name[:-3] if name.lower().endswith(".md") else name


def is_leftover(text: str) -> bool:
    """Return whether ``text`` is a placeholder of a template and nothing else."""
    return _LEFTOVER.fullmatch(text.strip()) is not None


def is_nothing(text: str) -> bool:
    """Return whether ``text`` is one of the ways to say that there is no value."""
    return text.strip().casefold() in _NOTHING or is_leftover(text)


def is_name(text: str) -> bool:
    """Return whether what a file gives as the name of a service is one, rather than a remark."""
    return len(text.split()) <= _MOST_WORDS_OF_A_NAME


def one_text(value: object) -> str | None:
    """Return a scalar, or the entries of a list joined by commas; None for nothing."""
    text = plain(value) if isinstance(value, str) else ", ".join(texts(value))
    return None if is_nothing(text) else text


def texts(value: object) -> tuple[str, ...]:
    """Return the entries of a list, or of text divided by commas, each once (case aside), in order."""
    return _distinct(plain(part) for item in _flatten(value) for part in _split(item))


def tags(value: object) -> tuple[str, ...]:
    """Return tags without ``#``; in plain text commas and blanks divide them."""
    parts = (part for item in _flatten(value) for part in _BETWEEN_TAGS.split(item))
    return _distinct(plain(part).lstrip("#") for part in parts)


def _split(item: str) -> Iterator[str]:
    """Divide at commas, but not inside brackets: ``[[a, b]], c`` is two entries."""
    start = depth = 0
    for match in re.finditer(r"[\[\](){}]|[,;\n]", item):
        mark = match.group()
        if mark in "[({":
            depth += 1
        elif mark in "])}":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield item[start : match.start()]
            start = match.end()
    yield item[start:]


def _flatten(value: object) -> Iterator[str]:
    """Yield the texts of nested lists: YAML reads ``[[api]]`` as a list in a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
        if isinstance(name, str):
            yield name
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flatten(item)


def _distinct(found: Iterator[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for text in found:
        if not is_nothing(text):
            first.setdefault(text.casefold(), text)
    return tuple(first.values())
