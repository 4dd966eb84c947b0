"""The header between ``---`` lines (YAML, or JSON inside it) or ``+++`` lines (TOML)."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

from rca_search.sources.decode import Blemish

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
    except YamlTextError:
        raise
    except PARSER_FAILS as error:
        raise _beyond(error) from error
    return reading.root, reading.lines


# What parsers of foreign text raise besides their own errors: numbers out of range, impossible escapes.
PARSER_FAILS = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError)


def _beyond(error: Exception) -> YamlTextError:
    if isinstance(error, RecursionError):
        return YamlTextError(f"it nests deeper than {MAX_DEPTH} levels", 1, "Make it flatter.")
    return YamlTextError(f"its parser gives up ({type(error).__name__})", 1, "Make it simpler.")


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
    return YamlTextError(f"it is not valid YAML ({said[:120]})", line, "Put values in quotes.")


MAX_FRONT_MATTER_BYTES = 64 * 1024

_FENCE = re.compile(r"(---|\+\+\+)[ \t]*$")
_CLOSING = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*$"), "+++": re.compile(r"\+\+\+[ \t]*$")}
_KEY = re.compile(
    r"""[ \t]*(?:"[^"\n]{1,80}"|'[^'\n]{1,80}'|[^\s:#\[\]{}>|*&!%@`'"-][^:\n]{0,80}?)[ \t]*:(?=\s|$)"""
)
_TOML_KEY = re.compile(r"""[ \t]*["']?([\w-]{1,80})["']?[ \t]*=|[ \t]*\[+[ \t]*["']?([\w-]{1,80})""")
_TOML_DEEP = re.compile(rf"[^=]{{0,400}}?(?:\.[^.=]{{1,80}}){{{MAX_DEPTH},}}|[^=.]{401}")
_TOML_LINE = re.compile(r"\(at line ([0-9]+)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a header holds: each value a text, a list or a mapping, never a number or a truth value.

    ``lines`` gives the line of each top-level key in the file; ``last_line`` is the closing fence, 0
    where there is no header. ``blemish`` says what kept it from being read as what it claims to be; its
    values are then those of the lines that could be read by themselves.
    """

    values: Mapping[str, YamlValue] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    last_line: int = 0
    blemish: Blemish | None = None


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the header at the top of a file given as ``lines``.

    A ``---`` that only draws a line is no header: nothing like ``key:`` follows it. Where a header cannot be
    read as a whole, each line of it that says ``key: value`` is taken for itself.
    """
    opening = next((number for number, line in enumerate(lines, 1) if line.strip()), 0)
    fence = _FENCE.match(lines[opening - 1]) if opening else None
    if not fence:
        return FrontMatter()
    handler = _Handler(fence[1])
    above = opening - 1
    try:
        values, _ = frontmatter.parse("\n".join(lines[above:]), handler=handler)
    except YamlTextError as error:
        return _line_by_line(lines, opening, handler.closing + above if handler.closing else 0, error)
    if not handler.closing:
        return FrontMatter()
    key_lines = {key: line + above for key, line in handler.lines.items()}
    return FrontMatter(cast("dict[str, YamlValue]", values), key_lines, handler.closing + above)


_LOOSE_KEY = re.compile(
    r"""["']?(?P<key>[^\s:=#"'\[\]{}>|*&!%@`-][^:=\n"']{0,80}?)["']?[ \t]*[:=](?:[ \t]+|$)"""
)
_LOOSE_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>\S.*)")
MAX_LOOSE_KEYS = 200
MAX_LOOSE_VALUE_CHARS = 2000


def _line_by_line(lines: Sequence[str], opening: int, closing: int, error: YamlTextError) -> FrontMatter:
    """Read a header that its language's parser refuses: top-level keys with texts and plain lists.

    One that is never closed ends with the last line of keys below its opening.
    """
    last = closing - 1 if closing else _last_key(lines, opening)
    values: dict[str, YamlValue] = {}
    key_lines: dict[str, int] = {}
    key = ""
    for number in range(opening + 1, last + 1):
        line = lines[number - 1][:MAX_LOOSE_VALUE_CHARS]
        item = _LOOSE_ITEM.match(line)
        held = values.get(key)
        if item and isinstance(held, list):
            held.append(_unquoted(item["value"]))
        elif (found := _LOOSE_KEY.match(line)) and len(values) < MAX_LOOSE_KEYS:
            key = found["key"].strip()
            if key not in values:
                key_lines[key] = number
                values[key] = _unquoted(line[found.end() :]) or []
    if not values:  # nothing in it is lost: it is text like any other
        closing = last = 0
    message = f"The front matter is read line by line: {error.message}."
    blemish = Blemish("front_matter", error.line + opening - 1, message, error.remedy)
    return FrontMatter(values, key_lines, closing or last, blemish)


def _last_key(lines: Sequence[str], opening: int) -> int:
    """Return the last of the lines below ``opening`` that are keys or what hangs on one."""
    for number in range(opening + 1, len(lines) + 1):
        line = lines[number - 1]
        if not (_LOOSE_KEY.match(line) or _LOOSE_ITEM.match(line) or line.startswith(("  ", "\t"))):
            return number - 1
    return len(lines)


def _unquoted(text: str) -> YamlValue:
    """Return a value as a person means it: without quotes, a list where it stands in brackets."""
    text = text.strip().replace("\t", " ")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return _without_odd(text[1:-1])
    if text.startswith("[") and text.endswith("]") and not text.startswith("[["):
        parts = (part.strip(" \"'") for part in text[1:-1].split(","))
        return [_without_odd(part) for part in parts if part]
    return _without_odd(text)


def _without_odd(text: str) -> str:
    return "".join(" " if "\ud800" <= character <= "\udfff" else character for character in text)


class _Handler(BaseHandler):
    """How python-frontmatter reads a header: between our fences, by our loader.

    ``lines`` gives the line of each key and ``closing`` that of the closing fence, both counted from the
    opening one, which is 1. YamlTextError counts likewise.
    """

    def __init__(self, mark: str) -> None:
        """Take the ``mark`` of the opening fence."""
        super().__init__(_CLOSING[mark], mark, mark)
        self.mark = mark
        self.lines: dict[str, int] = {}
        self.closing = 0

    def split(self, text: str) -> tuple[str, str]:
        """Return what stands between the fences, and the rest; raises ValueError where that is no header."""
        lines = text.split("\n")
        closing = next((at for at, line in enumerate(lines[1:], 1) if _CLOSING[self.mark].match(line)), 0)
        block = lines[1:closing] if closing else lines[1:2]
        if not _is_header(block, self.mark, closed=closing > 0):
            raise ValueError("a line across the page")
        self.closing = closing + 1 if closing else 0
        return "\n".join(block), "\n".join(lines[closing + 1 :])

    def load(self, fm: str) -> dict[str, YamlValue]:
        """Read what stands between the fences; raises YamlTextError.

        What is wrong is told here, since python-frontmatter takes an error of ``split`` for no header.
        """
        if not self.closing:
            raise YamlTextError("it is never closed", 1, f"Put a line of {self.mark} after the last key.")
        if len(fm.encode()) > MAX_FRONT_MATTER_BYTES:
            limit = f"it is larger than {MAX_FRONT_MATTER_BYTES // 1024} KiB"
            raise YamlTextError(limit, 1, "Move the long text below it.")
        try:
            value, lines = _read_toml(fm) if self.mark == "+++" else read_yaml(fm)
        except YamlTextError as error:
            raise YamlTextError(error.message, error.line + 1, error.remedy) from error
        if value is not None and not isinstance(value, dict):
            kind = "a list" if isinstance(value, list) else "plain text"
            raise YamlTextError(f"it is {kind}, not keys with values", 2, "Write it as key: value.")
        self.lines = {key: line + 1 for key, line in lines.items()}
        return value or {}


def _is_header(block: Sequence[str], mark: str, *, closed: bool) -> bool:
    """Tell a header from two lines drawn across the page."""
    if not closed:
        return bool(block) and bool((_TOML_KEY if mark == "+++" else _KEY).match(block[0]))
    said = [line for line in block if line.strip() and not line.lstrip().startswith("#")]
    if not said:
        return not any(line.strip() for line in block)
    if mark == "+++" or _KEY.match(said[0]) or said[0].lstrip().startswith(("{", "?", '"', "&", "!")):
        return True
    # Neither keys nor prose with blank lines: somebody meant a header and wrote it wrongly.
    return bool(block[0].strip()) and all(line.strip() for line in block) and not block[0].startswith("#")


def _read_toml(text: str) -> tuple[YamlValue, dict[str, int]]:
    # The parser's memory grows with the square of the parts of a key.
    deep = next((at for at, line in enumerate(text.split("\n"), 1) if _TOML_DEEP.match(line)), 0)
    if deep:
        raise YamlTextError(f"it nests deeper than {MAX_DEPTH} levels", deep, "Make it flatter.")
    try:
        found = tomllib.loads(text, parse_float=str)
        value = {key: _as_text(item, 1) for key, item in found.items()}
    except tomllib.TOMLDecodeError as error:
        match = _TOML_LINE.search(str(error))
        line = int(match[1]) if match else 1
        raise YamlTextError(f"it is not valid TOML ({error})", line, "Fix the line.") from error
    except YamlTextError:
        raise
    except PARSER_FAILS as error:
        raise _beyond(error) from error
    lines: dict[str, int] = {}
    for number, line_text in enumerate(text.split("\n"), 1):
        match = _TOML_KEY.match(line_text)
        if match:
            lines.setdefault(match[1] or match[2], number)
    return value, {key: lines.get(key, 1) for key in value}


def _as_text(value: object, depth: int) -> YamlValue:
    if depth > MAX_DEPTH:
        raise YamlTextError(f"it nests deeper than {MAX_DEPTH} levels", 1, "Make it flatter.")
    if isinstance(value, dict):
        return {str(key): _as_text(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item, depth + 1) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
