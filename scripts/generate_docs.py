"""Write the parts of docs/ that follow from the code: cli.md, json.md, schema/ and settings.md.

Usage: python scripts/generate_docs.py [--check]

With --check nothing is written, and the exit code is 1 where a file is out of date.
"""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

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

JSON_POINTER = """\
## JSON

`--json` prints one object in ASCII, indented: the same that HTTP answers. [json.md](json.md) has every field.
"""

JSON_INTRODUCTION = """\
# JSON

What `--json` prints and what HTTP answers are made of the same models, and so are the errors of both. Every
object says its `schema_version`, 2: that rises where a field goes away or changes its meaning, and new fields
may come at any time. Line numbers count from 1 and are inclusive; times are UTC, to the second.
"""

SETTINGS_INTRODUCTION = """\
# Settings

Each is an environment variable; an empty one counts as not set. Command-line options of the same name win.
"""


def main(arguments: Sequence[str]) -> int:
    """Write the files, or compare them with what is there."""
    with _plain_environment():
        pages = {
            DOCS / "cli.md": cli_page(),
            DOCS / "settings.md": settings_page(),
            DOCS / "json.md": json_page(),
            **schema_pages(),
        }
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"docs/{path.relative_to(DOCS)} is out of date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages[path], encoding="utf-8")
        print(f"docs/{path.relative_to(DOCS)} written")
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
    """Return docs/cli.md: every command's help and the exit codes."""
    from rca_search.cli.app import COMMANDS

    parts = [REMARK, CLI_INTRODUCTION, _help([])]
    for words in COMMANDS:
        parts += [f"## `rca-search {' '.join(words)}`\n", _help([*words])]
    return "\n".join([*parts, EXIT_INTRODUCTION, _exit_codes(), JSON_POINTER])


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


def json_page() -> str:
    """Return docs/json.md: every field of every answer."""
    from rca_search.schemas.catalogue import ANSWERS

    parts = [REMARK, JSON_INTRODUCTION]
    waiting: list[type[BaseModel]] = [model for model, _ in ANSWERS.values()]
    rows = [
        (f"[{model.__name__}](#{model.__name__.lower()})", where, f"[schema/{name}.json](schema/{name}.json)")
        for name, (model, where) in ANSWERS.items()
    ]
    parts.append(_table(("answer", "given by", "JSON Schema"), rows))
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        parts.append(_model(model))
        waiting += _models_in(model)
    return "\n".join(parts)


def schema_pages() -> dict[Path, str]:
    """Return the JSON Schema of every answer by its file."""
    from rca_search.schemas.catalogue import ANSWERS

    return {
        DOCS / "schema" / f"{name}.json": json.dumps(
            model.model_json_schema(mode="serialization"), indent=1, ensure_ascii=False
        )
        + "\n"
        for name, (model, _) in ANSWERS.items()
    }


def _model(model: type[BaseModel]) -> str:
    """Return the fields of one model as a table."""
    model.model_rebuild()
    rows = [
        (f"`{field.alias or name}`", _type(field.annotation), field.description or "")
        for name, field in model.model_fields.items()
    ]
    title = (inspect.getdoc(model) or "").strip().replace("``", "`")
    return f"### {model.__name__}\n\n{title}\n\n" + _table(("field", "type", "meaning"), rows)


def _models_in(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Return the models that the fields of ``model`` consist of, in their order."""

    def within(hint: Any) -> list[type[BaseModel]]:  # noqa: ANN401
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return [hint]
        return [found for part in get_args(hint) for found in within(part)]

    return [found for field in model.model_fields.values() for found in within(field.annotation)]


def _type(hint: Any) -> str:  # noqa: ANN401
    """Return the JSON name of a type."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is list:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"object of {_type(inner[1])}"
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return " or ".join(_type(part) for part in inner)
    if origin is Annotated:
        return _type(inner[0])
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " or ".join(f"`{member.value}`" for member in hint)
    names = {
        str: "text",
        int: "integer",
        float: "number",
        bool: "true or false",
        type(None): "null",
        dt.date: "day",
        dt.datetime: "time",
    }
    return names.get(hint, "any value")


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
