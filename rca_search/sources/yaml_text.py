"""YAML -> text, lists and mappings, in which every scalar stays the text that was written.

YAML's own types lose what people wrote: ``no`` becomes False, ``0123`` 83, ``12:30:45`` 45045 and
``1.10`` 1.1. Anchors, aliases and merge keys are refused, since a few lines of them can unfold to
gigabytes; so are keys given twice, of which a parser would silently drop one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import yaml

MAX_DEPTH = 8

YamlValue = str | list["YamlValue"] | dict[str, "YamlValue"]
_CORE_TAG = "tag:yaml.org,2002:"
_HARMLESS_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "seq", "map"})


# YAML 1.1 ends a line at these, nobody else does: blanks of the same length keep every position.
_NO_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")


class YamlTextError(ValueError):
    """The text cannot be used; ``line`` is 1-based and counts in the text that was given."""

    def __init__(self, message: str, line: int, remedy: str) -> None:
        """Keep what is wrong in plain words, where, and what to do."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.remedy = remedy


class _Mark(Protocol):
    """Where the parser stands, in characters from the start."""

    @property
    def index(self) -> int: ...


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been reached; ``key`` waits for its value."""

    value: list[YamlValue] | dict[str, YamlValue]
    line: int
    key: str | None = None


@dataclass(slots=True)
class _Reading:
    text: str
    lines: dict[str, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    root: YamlValue | None = None
    line_ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.line_ends = [match.start() for match in re.finditer("\n", self.text)]

    def line_of(self, mark: _Mark | None) -> int:
        return bisect_left(self.line_ends, mark.index) + 1 if mark is not None else 1


def read_yaml(text: str) -> tuple[YamlValue | None, dict[str, int]]:
    """Return the value of one YAML document and the line of each top-level key.

    None stands for a document without content. Raises YamlTextError.
    """
    reading = _Reading(text.translate(_NO_LINE_ENDS))
    try:
        for event in _events(reading):
            _take(reading, event)
    except yaml.MarkedYAMLError as error:
        raise _translated(reading, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = "the text holds a control character"
        raise YamlTextError(message, line, "Delete the character.") from error
    return reading.root, reading.lines


def _events(reading: _Reading) -> Iterator[yaml.Event]:
    documents = 0
    for event in yaml.parse(reading.text, Loader=yaml.BaseLoader):
        line = reading.line_of(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise YamlTextError("a second YAML document begins", line, "Keep a single one.")
        elif isinstance(event, yaml.NodeEvent):
            _refuse_references(event, line)
            yield event
        elif isinstance(event, yaml.CollectionEndEvent):
            yield event


def _refuse_references(event: yaml.NodeEvent, line: int) -> None:
    if isinstance(event, yaml.AliasEvent):
        remedy = "Put the value in quotes if it begins with *, or write it out."
        raise YamlTextError("an alias (*name) is not allowed", line, remedy)
    if event.anchor is not None:
        remedy = "Put the value in quotes if it begins with &, or write it out."
        raise YamlTextError("an anchor (&name) is not allowed", line, remedy)
    tag = getattr(event, "tag", None)
    if tag not in {None, "!"} and tag.removeprefix(_CORE_TAG) not in _HARMLESS_TAGS:
        remedy = "Put the value in quotes if it begins with an exclamation mark."
        raise YamlTextError(f"the type mark {tag[:40]!r} is not allowed", line, remedy)


def _take(reading: _Reading, event: yaml.Event) -> None:
    line = reading.line_of(event.start_mark)
    if isinstance(event, yaml.CollectionEndEvent):
        closed = reading.stack.pop()
        _place(reading, closed.value, closed.line)
    elif isinstance(event, yaml.ScalarEvent):
        _place(reading, _storable(event.value, line), line)
    else:
        if len(reading.stack) >= MAX_DEPTH:
            raise YamlTextError(f"it nests deeper than {MAX_DEPTH} levels", line, "Make it flatter.")
        value: list[YamlValue] | dict[str, YamlValue]
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        reading.stack.append(_Open(value, line))


def _place(reading: _Reading, value: YamlValue, line: int) -> None:
    if not reading.stack:
        reading.root = value
        return
    holder = reading.stack[-1]
    if isinstance(holder.value, list):
        holder.value.append(value)
    elif holder.key is None:
        holder.key = _new_key(reading, holder.value, value, line)
    else:
        holder.value[holder.key] = value
        holder.key = None


def _new_key(reading: _Reading, mapping: dict[str, YamlValue], key: YamlValue, line: int) -> str:
    if not isinstance(key, str):
        remedy = "Put the text in quotes if it holds { } or [ ]."
        raise YamlTextError("a list or mapping stands where a key should be", line, remedy)
    if key == "<<":
        raise YamlTextError("a merge key (<<) is not allowed", line, "Write the values out.")
    if key in mapping:
        raise YamlTextError(f"the key {key[:40]!r} is given twice", line, "Delete one of the two.")
    if len(reading.stack) == 1:
        reading.lines[key] = line
    return key


def _storable(text: str, line: int) -> str:
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        remedy = "Take the escape out of the quoted text."
        raise YamlTextError("an escape gives a character that no text can hold", line, remedy)
    return text


# What the parser says -> what a person can act on.
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a value holds a colon", "Put the value in quotes."),
    ("'\\t'", "a tab is used for indentation", "Indent with blanks."),
    ("could not find expected ':'", "a line has no colon after its key", "Write it as key: value."),
    ("expected <block end>", "a line does not fit the ones before it", "Check indentation and quotes."),
    ("expected ',' or", "a bracket is not closed", "Close it, or put the value in quotes."),
    ("expected the node content", "a bracket is not closed", "Close it, or put the value in quotes."),
    ("while scanning a quoted", "a quote is not closed", "Close it, or double the quotes inside."),
    ("cannot start any token", "a value begins with a special character", "Put the value in quotes."),
    ("while scanning an alias", "a value begins with *", "Put the value in quotes."),
    ("while scanning an anchor", "a value begins with &", "Put the value in quotes."),
)


def _translated(reading: _Reading, error: yaml.MarkedYAMLError) -> YamlTextError:
    said = " ".join(part for part in (error.context, error.problem) if part)
    line = min(reading.line_of(error.problem_mark or error.context_mark), reading.text.count("\n") + 1)
    for mark, message, remedy in _PLAIN_WORDS:
        if mark in said:
            return YamlTextError(message, line, remedy)
    return YamlTextError(f"it is no valid YAML ({said[:120]})", line, "Put values in quotes.")
