"""Write the parts of docs/ that follow from the code: docs/cli.md and docs/settings.md.

Usage: python scripts/generate_docs.py [--check]

With --check nothing is written, and the exit code is 1 where a file is out of date.
"""

from __future__ import annotations

import datetime as dt
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

DOCS = Path(__file__).resolve().parent.parent / "docs"
REMARK = "<!-- Made by scripts/generate_docs.py; `make docs` writes it anew. -->"

CLI_INTRODUCTION = """\
# Command line

Data goes to standard output; progress, messages and warnings go to standard error. Every command takes
`--index`, `-v`, `-q` and `--no-color`, before or after its name. What an option leaves open is taken from
the environment ([settings](settings.md)), then from the default. `python -m rca_search` is the same
program.

A question is TEXT, `-` for standard input, `--file`, or `--incident`; several words need no quotes, and a
question that begins with a hyphen goes after `--`. Input that is not UTF-8 is read with replacement
characters and a warning. Filters narrow the candidates; `--as-of` and `--exclude` take documents out of
existence, so that every score is as if they had never been written.

Output is wrapped to the terminal, to `COLUMNS`, or to 100 columns; lines of code are never broken, so that
they can be copied. Colours appear on a terminal only; `NO_COLOR` and `--no-color` turn them off,
`FORCE_COLOR=1` turns them on elsewhere. Control characters in documents are shown as visible signs and
never reach the terminal.
"""

EXIT_INTRODUCTION = """\
## Exit codes

Under `--json` an error is a JSON object on standard output as well as a message on standard error, with the
same exit code.
"""

JSON_INTRODUCTION = """\
## JSON

`--json` prints one object in ASCII, indented. Version 1 may gain fields; a field that goes away or changes
its meaning raises `schema_version`. Line numbers count from 1 and are inclusive.
"""

SETTINGS_INTRODUCTION = """\
# Settings

Each is an environment variable; an empty one counts as not set. Command-line options of the same name win.
"""


def main(arguments: Sequence[str]) -> int:
    """Write both files, or compare them with what is there."""
    with _plain_environment():
        pages = {DOCS / "cli.md": cli_page(), DOCS / "settings.md": settings_page()}
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"docs/{path.name} is out of date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        print(f"docs/{path.name} written")
    return 0


@contextmanager
def _plain_environment() -> Iterator[None]:
    """Take the settings of this machine away for a while: nothing of it may get into the files."""
    kept = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith("RCA_")]:
            del os.environ[name]
        os.environ.update(NO_COLOR="1", COLUMNS="80", TERM="dumb")
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def cli_page() -> str:
    """Return docs/cli.md: every command's help, the exit codes and the JSON shapes."""
    from rca_search.cli.app import COMMAND_NAMES

    parts = [REMARK, CLI_INTRODUCTION, _help([])]
    for name in COMMAND_NAMES:
        parts += [f"## `rca-search {name}`\n", _help([name])]
    return "\n".join([*parts, EXIT_INTRODUCTION, _exit_codes(), JSON_INTRODUCTION, _shapes()])


def settings_page() -> str:
    """Return docs/settings.md: a table of all settings."""
    from rca_search.config import Settings

    rows = [
        (f"`RCA_{name.upper()}`", _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([REMARK, SETTINGS_INTRODUCTION, _table(("variable", "default", "meaning"), rows)])


def _help(command: list[str]) -> str:
    from typer.testing import CliRunner

    from rca_search.cli.app import app

    result = CliRunner().invoke(app, [*command, "--help"], prog_name="rca-search")
    if result.exit_code:
        raise SystemExit(f"--help of {command} fails: {result.output}")
    text = "\n".join(line.rstrip() for line in result.stdout.splitlines())
    return f"```text\n{text}\n```\n"


def _exit_codes() -> str:
    from rca_search.cli.exits import MEANINGS

    return _table(("code", "meaning"), [(str(code.value), meaning) for code, meaning in MEANINGS.items()])


def _shapes() -> str:
    from rca_search.cli import json_shapes

    return "\n".join(_shape(shape) for shape in (*json_shapes.COMMANDS, *json_shapes.PARTS))


def _shape(shape: Any) -> str:  # noqa: ANN401 - a TypedDict class has no better type
    """Return one shape as a table; fields of a shape that it extends are told by naming that shape."""
    hints = get_type_hints(shape, include_extras=True)
    rows = [(f"`{name}`", *_described(hint, name in shape.__optional_keys__)) for name, hint in hints.items()]
    title = (inspect.getdoc(shape) or "").strip().replace("``", "`").rstrip(".")
    return f"### {title}\n\n`{_name(shape)}`\n\n" + _table(("field", "type", "meaning"), rows)


def _described(hint: object, optional: bool) -> tuple[str, str]:
    """Return type and meaning of a field."""
    meaning = ""
    while get_origin(hint) is Annotated or str(get_origin(hint)).endswith("NotRequired"):
        if get_origin(hint) is Annotated:
            meaning = meaning or str(get_args(hint)[1])
        hint = get_args(hint)[0]
    return _type(hint) + (", may be missing" if optional else ""), meaning


def _type(hint: Any) -> str:  # noqa: ANN401
    """Return the JSON name of a type."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is list:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"object of {_type(inner[1])}"
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return " or ".join(_type(part) for part in inner)
    if origin is Annotated:
        return _type(inner[0])
    if is_typeddict(hint):
        return f"{_name(hint)}"
    names = {str: "text", int: "integer", float: "number", bool: "true or false", type(None): "null"}
    return names.get(hint, "any value")


def _name(shape: Any) -> str:  # noqa: ANN401
    return str(shape.__name__).removesuffix("Shape")


def _default(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, dt.timedelta):
        return f"`{int(value.total_seconds())}`"
    return f"`{value}`"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (heads, *rows)]
    lines.insert(1, "|" + "---|" * len(heads))
    return "\n".join(line.replace("  |", " |") for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
