"""Both output streams: data to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rca_search.cli.safe_text import safe, safe_line
from rca_search.errors import StorageError

if TYPE_CHECKING:
    from rca_search.cli.page import Page
    from rca_search.schemas.base import Schema

WIDTH_UNKNOWN = 100
"""Columns where the output is no terminal and COLUMNS does not say."""

_NARROWEST, _WIDEST = 40, 120
_RED, _YELLOW, _RESET = "\x1b[1;31m", "\x1b[33m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a command writes; ``verbosity`` is -1 for quiet, 0, or the number of ``-v``."""

    verbosity: int = 0
    no_color: bool = False

    @property
    def quiet(self) -> bool:
        """Return whether nothing but errors may be said."""
        return self.verbosity < 0

    @property
    def verbose(self) -> bool:
        """Return whether details were asked for."""
        return self.verbosity > 0

    @property
    def progress_shown(self) -> bool:
        """Return whether standard error is a terminal that may show moving progress."""
        return not self.quiet and _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"

    def page(self) -> Page:
        """Return an empty page as wide as standard output, coloured where that is wanted."""
        from rca_search.cli.page import Page

        return Page(width=_width(), colored=self.colored(sys.stdout), terminal=_is_terminal(sys.stdout))

    def show(self, page: Page) -> None:
        """Write a page to standard output."""
        write_data(page.text())

    def show_json(self, answer: Schema | Mapping[str, object]) -> None:
        """Write one JSON object to standard output, in ASCII so that no terminal or locale can mar it."""
        body = answer if isinstance(answer, Mapping) else answer.model_dump(mode="json")
        write_data(json.dumps(body, indent=2, ensure_ascii=True, allow_nan=False) + "\n")

    def note(self, message: str) -> None:
        """Say something on standard error unless quiet."""
        if not self.quiet:
            _write_error(safe(message))

    def warn(self, message: str) -> None:
        """Warn on standard error unless quiet."""
        if not self.quiet:
            _write_error(f"{self._painted('warning:', _YELLOW)} {safe(message)}")

    def error(self, message: str, remedy: str = "") -> None:
        """Say on standard error what went wrong and, on a line of its own, the way out."""
        _write_error(f"{self._painted('error:', _RED)} {safe(message)}")
        if remedy:
            _write_error(f"  {safe_line(remedy)}")

    def colored(self, stream: TextIO) -> bool:
        """Return whether ``stream`` gets colours: --no-color, NO_COLOR, FORCE_COLOR, then the terminal."""
        if self.no_color or os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
            return True
        return _is_terminal(stream) and os.environ.get("TERM") != "dumb"

    @contextmanager
    def waiting(self, message: str) -> Iterator[None]:
        """Show on a terminal that something takes a while."""
        if not self.progress_shown:
            yield
            return
        from rich.console import Console

        console = Console(stderr=True, no_color=not self.colored(sys.stderr), highlight=False)
        with console.status(message, spinner="line"):
            yield

    def _painted(self, word: str, color: str) -> str:
        return f"{color}{word}{_RESET}" if self.colored(sys.stderr) else word


def write_data(text: str) -> None:
    """Write to standard output and flush it, so that a failure is met here.

    Raises BrokenPipeError where nobody reads any more, StorageError where the output cannot be written.
    """
    stream: TextIO | None = sys.stdout  # None where it was closed before the process began
    if stream is None:
        raise StorageError("Standard output is closed.", remedy="Open it, or send it to a file.")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _discard_output()
        raise
    except OSError as error:
        _discard_output()
        raise StorageError(
            f"The output cannot be written: {error.strerror}.",
            remedy="Make room where it goes, or close no pipe.",
        ) from error


def _discard_output() -> None:
    """Point standard output nowhere, so that the interpreter does not fail again when it ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), descriptor)


def _write_error(line: str) -> None:
    """Write a line to standard error; where that is closed there is nobody to tell."""
    try:
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        sys.stderr.write(f"{line}\n".encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _width() -> int:
    if _is_terminal(sys.stdout) or os.environ.get("COLUMNS"):
        columns = shutil.get_terminal_size((WIDTH_UNKNOWN, 50)).columns
    else:
        columns = WIDTH_UNKNOWN
    return min(max(columns, _NARROWEST), _WIDEST)
