"""The options that several commands share, each named and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Index = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Folder of the index. [env RCA_INDEX; default: index]"),
]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, show_default=False, help="Say more; -vv says all.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors and the answer.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours. [also env NO_COLOR]")]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object (schema version 2, see docs/json.md).")
]

Text = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TEXT|-",
        show_default=False,
        help="What you see: an alert, an error line, a symptom; '-' or nothing reads standard input.",
    ),
]
File = Annotated[
    str | None,
    typer.Option(
        "--file", "-f", metavar="FILE", help="Ask with the text of this file, a draft write-up say."
    ),
]
Incident = Annotated[
    str | None,
    typer.Option(
        "--incident", "-i", metavar="ID", help="Ask with this document of the index; it never finds itself."
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-k", metavar="N", help="Results of each sort, from 1 to 100.")
]
Service = Annotated[
    list[str] | None,
    typer.Option("--service", "-s", metavar="NAME", help="Only incidents of this service; repeatable."),
]
Severity = Annotated[
    list[str] | None,
    typer.Option("--severity", metavar="LEVEL", help="Only incidents of this severity; repeatable."),
]
Tag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only incidents with this tag; repeatable.")
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Only incidents of this day (YYYY-MM-DD) or later."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Only incidents of this day or earlier.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="Answer as if it were this day: later documents do not exist."
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="ID", help="Answer as if this document did not exist; repeatable."),
]
Elapsed = Annotated[
    str | None,
    typer.Option(
        "--elapsed",
        metavar="TIME",
        help="How long it has gone on (45, 45m, 1h30): no estimate falls below.",
    ),
]
About = Annotated[
    list[str] | None,
    typer.Option(
        "--about",
        metavar="SERVICE",
        help="The service in trouble: its incidents and its neighbours' weigh more; repeatable.",
    ),
]
Rerank = Annotated[
    str | None,
    typer.Option(
        "--rerank",
        metavar="MODEL",
        help="Look at the best fifty again with this local cross-encoder, in seconds. [env RCA_RERANK]",
    ),
]
Precision = Annotated[
    float,
    typer.Option(
        "--precision",
        metavar="P",
        help="Share of answers called likely, and of those called same, that has to be right, between 0 and "
        "1. A higher one calls more right answers only possible; it denies none.",
    ),
]
WhyNot = Annotated[
    str | None,
    typer.Option(
        "--why-not",
        metavar="ID",
        help="Instead of the answer: where this document stands in it, what counts for and against it, and "
        "what it would have taken.",
    ),
]
ExitCodeFlag = Annotated[
    bool,
    typer.Option("--exit-code", help="End with 1 where nothing similar is on record; with 0 where possible."),
]
