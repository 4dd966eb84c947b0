"""The header between ``---`` lines (YAML, or JSON inside it) or ``+++`` lines (TOML)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import frontmatter

from rca_search.errors import DocumentRejectedError
from rca_search.sources.yaml_text import MAX_DEPTH, YamlTextError, YamlValue, read_yaml

MAX_FRONT_MATTER_BYTES = 64 * 1024

_FENCE = re.compile(r"(---|\+\+\+)[ \t]*$")
_CLOSING = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*$"), "+++": re.compile(r"\+\+\+[ \t]*$")}
_KEY = re.compile(
    r"""[ \t]*(?:"[^"\n]{1,80}"|'[^'\n]{1,80}'|[^\s:#\[\]{}>|*&!%@`'"-][^:\n]{0,80}?)[ \t]*:(?=\s|$)"""
)
_TOML_KEY = re.compile(r"""[ \t]*["']?([\w-]{1,80})["']?[ \t]*=|[ \t]*\[+[ \t]*["']?([\w-]{1,80})""")
_TOML_LINE = re.compile(r"\(at line ([0-9]+)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a header holds: each value a text, a list or a mapping, never a number or a truth value.

    ``lines`` gives the line of each top-level key in the file; ``last_line`` is the closing fence, 0
    where there is no header.
    """

    values: Mapping[str, YamlValue] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    last_line: int = 0


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the header at the top of a file given as ``lines``.

    A ``---`` that only draws a line is no header: nothing like ``key:`` follows it. Raises
    DocumentRejectedError with code ``front_matter`` where there is a header that cannot be used.
    """
    opening = next((number for number, line in enumerate(lines, 1) if line.strip()), 0)
    fence = _FENCE.match(lines[opening - 1]) if opening else None
    if not fence:
        return FrontMatter()
    mark = fence[1]
    closing = _find_closing(lines, opening, mark)
    block = lines[opening : closing - 1] if closing else lines[opening : opening + 1]
    if not _is_header(block, mark, closed=closing > 0):
        return FrontMatter()
    if not closing:
        raise _rejected("it is never closed", opening, f"Put a line of {mark} after the last key.")
    text = "\n".join(block)
    if len(text.encode()) > MAX_FRONT_MATTER_BYTES:
        limit = f"it is larger than {MAX_FRONT_MATTER_BYTES // 1024} KiB"
        raise _rejected(limit, opening, "Move the long text below it.")
    values, key_lines = _load(text, mark, opening)
    return FrontMatter(values, {key: line + opening for key, line in key_lines.items()}, closing)


def _find_closing(lines: Sequence[str], opening: int, mark: str) -> int:
    is_closing = _CLOSING[mark].match
    return next((at + 1 for at in range(opening, len(lines)) if is_closing(lines[at])), 0)


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


class _TextHandler:
    """Plugs our loader into python-frontmatter, which else swallows half of the errors."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.lines: dict[str, int] = {}
        self.value: YamlValue | None = None

    def split(self, text: str) -> tuple[str, str]:
        """Take off the fences."""
        return text[len(self.mark) + 1 : -len(self.mark) - 1], ""

    def load(self, text: str) -> YamlValue | None:
        """Read the text between the fences."""
        self.value, self.lines = _read_toml(text) if self.mark == "+++" else read_yaml(text)
        return self.value


def _load(text: str, mark: str, opening: int) -> tuple[dict[str, YamlValue], dict[str, int]]:
    handler: Any = _TextHandler(mark)
    try:
        frontmatter.parse(f"{mark}\n{text}\n{mark}", handler=handler)
    except YamlTextError as error:
        raise _rejected(error.message, error.line + opening, error.remedy) from error
    if handler.value is None:
        return {}, {}
    if not isinstance(handler.value, dict):
        kind = "a list" if isinstance(handler.value, list) else "plain text"
        raise _rejected(f"it is {kind}, not keys with values", opening + 1, "Write it as key: value.")
    return handler.value, handler.lines


def _read_toml(text: str) -> tuple[YamlValue, dict[str, int]]:
    try:
        found = tomllib.loads(text, parse_float=str)
        value = {key: _as_text(item, 1) for key, item in found.items()}
    except tomllib.TOMLDecodeError as error:
        match = _TOML_LINE.search(str(error))
        line = int(match[1]) if match else 1
        raise YamlTextError(f"it is no valid TOML ({error})", line, "Mend the line.") from error
    except RecursionError as error:
        raise YamlTextError(f"it nests deeper than {MAX_DEPTH} levels", 1, "Make it flatter.") from error
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


def _rejected(what: str, line: int, remedy: str) -> DocumentRejectedError:
    return DocumentRejectedError(
        "front_matter", f"The front matter cannot be read: {what}.", line=line, remedy=remedy
    )
