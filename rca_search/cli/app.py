"""The root of the command line: its commands, and what errors become."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rca_search import __version__
from rca_search.cli import calibrate, evaluate, families, feedback, gaps, index, search, serve, show, versions
from rca_search.cli.exits import ExitCode, exit_code
from rca_search.cli.safe_text import safe_line
from rca_search.cli.screen import Screen
from rca_search.cli.session import with_session
from rca_search.errors import InvalidRequestError, RcaSearchError

PROGRAM = "rca-search"

ROOT_EXAMPLES = """
  rca-search build postmortems/ runbooks/
  rca-search similar "consumer lag keeps growing and the group rebalances over and over"
  rca-search serve
"""


class Root(TyperGroup):
    """Runs a command and turns whatever goes wrong into messages and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *rest: Any,  # noqa: ANN401 - passed on as they come
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run the command that ``args`` names and end the process with its exit code."""
        arguments = _command_first(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            outcome = super().main(arguments, prog_name or PROGRAM, *rest, **extra)
            code = outcome if isinstance(outcome, int) else ExitCode.OK
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place that can tell anybody
            code = _report(error, arguments)
        if code == ExitCode.INTERRUPTED:
            _screen(arguments).error("Interrupted.")
        sys.exit(code)


app = typer.Typer(
    cls=Root,
    name=PROGRAM,
    rich_markup_mode=None,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

_COMMANDS: tuple[tuple[str, Callable[..., None], str, str], ...] = (
    ("build", index.build, "Build an index of folders, or bring it up to date.", index.BUILD_EXAMPLES),
    ("similar", search.similar, "Find past incidents and what fixed them.", search.SIMILAR_EXAMPLES),
    ("runbooks", search.runbooks, "Find the runbooks that likely apply.", search.RUNBOOKS_EXAMPLES),
    ("families", families.families, "List the failures that keep coming back.", families.EXAMPLES),
    ("show", show.show, "Show a document as it was indexed.", show.SHOW_EXAMPLES),
    ("gaps", gaps.gaps, "List what is missing: dangling links, stale runbooks ...", gaps.EXAMPLES),
    ("status", index.status, "Say what the index holds and how fresh it is.", index.STATUS_EXAMPLES),
    ("verify", versions.verify, "Hash every file and name the damaged ones.", versions.VERIFY_EXAMPLES),
    ("rollback", versions.rollback, "Return to an earlier version.", versions.ROLLBACK_EXAMPLES),
    ("feedback", feedback.feedback, "Say whether an answer helped.", feedback.EXAMPLES),
    (
        "calibrate",
        calibrate.calibrate,
        "Fit the probabilities to the index's own history.",
        calibrate.EXAMPLES,
    ),
    ("serve", serve.serve, "Serve the index over HTTP.", serve.EXAMPLES),
)

_FLAGS = {"-v", "-vv", "--verbose", "-q", "--quiet", "--no-color"}
_EVAL_COMMANDS: tuple[tuple[str, Callable[..., None], str, str], ...] = (
    ("questions", evaluate.questions, "Score judged questions.", evaluate.QUESTIONS_EXAMPLES),
    ("replay", evaluate.replay, "Score the team's own history, without labels.", evaluate.REPLAY_EXAMPLES),
    ("verdict", evaluate.verdict, "Score what verdicts promise.", evaluate.VERDICT_EXAMPLES),
)
COMMANDS = (
    *((name,) for name, *_ in _COMMANDS),
    *(("eval", name) for name, *_ in _EVAL_COMMANDS),
)
"""Every command, by the words that it is called with."""


def _examples(text: str) -> str:
    """Return examples as they stand below a command's help; the first character keeps their lines."""
    return f"\b\nExamples:\n{text.strip(chr(10))}"


def _version(wanted: bool) -> None:
    if wanted:
        from rca_search.indexing.manifest import FORMAT

        typer.echo(f"{PROGRAM} {__version__} (index format {FORMAT})")
        raise typer.Exit


@app.callback(epilog=_examples(ROOT_EXAMPLES))
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Has this happened before? Search past incidents and runbooks, offline.

    Build an index of a folder of post-mortems once, then ask it with whatever you see.
    """


for _name, _command, _summary, _text in _COMMANDS:
    app.command(_name, short_help=_summary, epilog=_examples(_text))(with_session(_command))


@app.command("recurring", hidden=True, context_settings={"ignore_unknown_options": True})
def _recurring(rest: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Name the new spelling."""
    raise InvalidRequestError(
        "`recurring` is called `families` now.",
        remedy=f"Write: {' '.join(['rca-search families', *(rest or [])])}.",
    )


evaluation = typer.Typer(cls=evaluate.EvalGroup, rich_markup_mode=None, no_args_is_help=True)
for _name, _command, _summary, _text in _EVAL_COMMANDS:
    evaluation.command(_name, short_help=_summary, epilog=_examples(_text))(with_session(_command))
app.add_typer(evaluation, name="eval", help=evaluate.SUMMARY, short_help=evaluate.SUMMARY)


def main() -> None:
    """Run the command line; ends the process."""
    app()


def _report(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what went wrong and return the exit code."""
    screen = _screen(arguments)
    if isinstance(error, typer.TyperException):
        failure: RcaSearchError = _usage_error(error)
    elif isinstance(error, RcaSearchError):
        failure = error
    elif isinstance(error, KeyboardInterrupt | BrokenPipeError):
        return exit_code(error)
    else:
        failure = _internal_error(error, screen)
    _say(failure, screen, as_json=_given(arguments, "--json"))
    return exit_code(failure)


def _say(failure: RcaSearchError, screen: Screen, *, as_json: bool) -> None:
    if as_json:
        from rca_search.schemas.errors import ErrorResponse

        try:
            screen.show_json(ErrorResponse.from_error(failure))
        except (OSError, RcaSearchError):
            screen.note("The error could not be written to standard output.")
    screen.error(failure.message, failure.remedy)
    for name in getattr(failure, "lost", ()):
        screen.note(f"  - {safe_line(name)}")
    for problem in getattr(failure, "problems", ()):
        from rca_search.cli.render_build import problem_line

        screen.note(f"  {problem_line(problem)} {problem.remedy}")


def _usage_error(error: typer.TyperException) -> InvalidRequestError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    return InvalidRequestError(error.format_message(), remedy=f"'{path} --help' shows what it takes.")


def _internal_error(error: BaseException, screen: Screen) -> RcaSearchError:
    if screen.verbose:
        screen.note("".join(traceback.format_exception(error)))
    remedy = "" if screen.verbose else "Run it again with -v for the traceback, and please report it."
    return RcaSearchError(f"Internal error: {type(error).__name__}: {error}", remedy=remedy)


def _command_first(arguments: Sequence[str]) -> list[str]:
    """Move options that every command takes from before the command's name to behind it."""
    at = 0
    while at < len(arguments):
        if arguments[at] == "--index":
            at += 2
        elif arguments[at] in _FLAGS or arguments[at].startswith("--index="):
            at += 1
        else:
            break
    return [*arguments[at : at + 1], *arguments[:at], *arguments[at + 1 :]]


def _screen(arguments: Sequence[str]) -> Screen:
    """Return the screen for messages about a command that may not have got as far as its options."""
    return Screen(1 if _given(arguments, "--verbose", "-v", "-vv") else 0, _given(arguments, "--no-color"))


def _given(arguments: Sequence[str], *names: str) -> bool:
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return any(name in options for name in names)
