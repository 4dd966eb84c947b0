"""What every command shares: the options that all take, the settings they lead to, and where to write."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import typer

from rca_search.cli import options
from rca_search.cli.exits import exit_code
from rca_search.cli.screen import Screen
from rca_search.errors import InvalidRequestError

if TYPE_CHECKING:
    from rca_search.config import Settings
    from rca_search.service import SearchService

P = ParamSpec("P")

_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}


@dataclass(frozen=True, slots=True)
class Session:
    """One run of one command."""

    screen: Screen
    index: Path | None

    def settings(self, **given: object) -> Settings:
        """Return the settings: options that were given, then the environment, then defaults.

        Raises InvalidRequestError that names the setting with a bad value.
        """
        from pydantic import ValidationError

        from rca_search.config import Settings

        stated = {name: value for name, value in {"index": self.index, **given}.items() if value is not None}
        try:
            return Settings.model_validate({**Settings().model_dump(), **stated})
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            where = f"--{name.replace('_', '-')}" if name in stated else f"RCA_{name.upper()}"
            raise InvalidRequestError(
                f"{where} has a bad value {str(first['input'])!r}: {first['msg']}.",
                remedy="docs/settings.md lists the settings and what they take.",
            ) from error

    def service(self, *, rerank: str | None = None) -> SearchService:
        """Open the index; raises IndexMissingError, IndexCorruptError or IndexFormatError."""
        from rca_search.bootstrap import open_service

        return open_service(self.settings(rerank=rerank))

    def service_to_ask(self, *, rerank: str | None = None) -> SearchService:
        """Open the index as ``service`` does, for a question that is asked at once."""
        from rca_search.bootstrap import open_for_question

        return open_for_question(self.settings(rerank=rerank))


def with_session(command: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """Give ``command`` the options that all commands take, and hand them over as one session."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    parameters = [*own, *inspect.signature(_common, eval_str=True).parameters.values()]

    @wraps(command)
    def run(**given: object) -> None:
        session = _common(**{name: given.pop(name) for name in _COMMON})  # type: ignore[arg-type]
        _configure_logging(session.screen)
        try:
            command(session, **given)  # type: ignore[call-arg, arg-type]
        except BrokenPipeError as error:
            # Left to typer it would end with 1, which means something else here.
            raise typer.Exit(exit_code(error)) from error

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _common(
    *,
    index: options.Index = None,
    verbose: options.Verbose = 0,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> Session:
    """Make a session of the options that all commands take."""
    if quiet and verbose:
        raise InvalidRequestError("--quiet and --verbose contradict each other.", remedy="Give one of them.")
    if index is not None and not str(index).strip():
        raise InvalidRequestError("--index is empty.", remedy="Name the folder of the index.")
    return Session(Screen(-1 if quiet else verbose, no_color), index)


_COMMON = tuple(inspect.signature(_common).parameters)


class _ScreenHandler(logging.Handler):
    """Shows log records as messages of the command line."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Show ``record`` on whatever standard error is at the moment."""
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            self._screen.warn(message)
        else:
            self._screen.note(f"{record.name}: {message}")


def _configure_logging(screen: Screen) -> None:
    """Send what the package logs to ``screen``; a second call in one process replaces the first."""
    logger = logging.getLogger("rca_search")
    for handler in [handler for handler in logger.handlers if isinstance(handler, _ScreenHandler)]:
        logger.removeHandler(handler)
    logger.addHandler(_ScreenHandler(screen))
    logger.setLevel(_LEVELS.get(screen.verbosity, logging.DEBUG))
    logger.propagate = False
