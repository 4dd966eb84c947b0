"""``feedback``: say of a document of an answer whether it helped."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca_search.cli import options
from rca_search.cli.question import read_question
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError
from rca_search.models import Aspect, Query

if TYPE_CHECKING:
    from rca_search.config import Settings
    from rca_search.models import Vote

EXAMPLES = """
  rca-search feedback "checkout 502, x509: certificate has expired" --same --fixed
  rca-search feedback "consumer lag keeps growing" -d RCAs/2025-01-21-scan-ingest --not-helpful --by ana
  rca-search feedback --incident RCAs/2025-11-28-checkout-oom -d RCAs/2025-01-21-scan-ingest --not-same
"""

_SEARCHED = 20
"""Documents of each sort that an answer shows when it is asked for again to be voted on."""


def feedback(
    session: Session,
    text: options.Text = None,
    file: options.File = None,
    incident: options.Incident = None,
    answer: Annotated[
        str | None,
        typer.Option("--answer", metavar="ID", help="The `answer_id` of an answer, instead of its question."),
    ] = None,
    document: Annotated[
        str,
        typer.Option(
            "--document", "-d", metavar="ID", help="Document of the answer. [default: the first incident]"
        ),
    ] = "",
    helpful: Annotated[
        bool | None, typer.Option("--helpful/--not-helpful", help="Was it of use?", show_default=False)
    ] = None,
    same: Annotated[
        bool | None, typer.Option("--same/--not-same", help="Is it the same failure?", show_default=False)
    ] = None,
    fixed: Annotated[
        bool | None,
        typer.Option("--fixed/--not-fixed", help="Did its fix work this time?", show_default=False),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who says so; a later vote of the same replaces this one."),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="A remark for whoever reviews votes.")
    ] = None,
    feedback_file: Annotated[
        Path | None,
        typer.Option(
            "--feedback-file",
            metavar="FILE",
            help="Where votes are kept. [env RCA_FEEDBACK_FILE; default: feedback.jsonl in the index]",
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Say of a document of an answer whether it helped, is the same failure, or its fix worked.

    Asks the question again to see what was shown, or takes the id of the answer. The vote is appended to a
    file that can be reviewed; the next build counts it.
    """
    said = {Aspect.HELPFUL: helpful, Aspect.SAME: same, Aspect.FIXED: fixed}
    stated = {aspect: value for aspect, value in said.items() if value is not None}
    if not stated:
        raise InvalidRequestError(
            "Nothing is said of the document.", remedy="Add --helpful, --same, --fixed or their opposites."
        )
    settings = session.settings(feedback_file=feedback_file)
    if answer is None:
        answer = _ask_again(session, text, file, incident)
    elif text or file or incident:
        raise InvalidRequestError("--answer and a question were both given.", remedy="Give one of them.")
    votes = _record(settings, answer, document, stated, by, note)
    if as_json:
        from rca_search.schemas.feedback import FeedbackResponse

        session.screen.show_json(FeedbackResponse.from_result(votes, settings.votes_file))
        return
    page = session.screen.page()
    page.line(f"Recorded on {votes[0].document}: {', '.join(_words(vote) for vote in votes)}.")
    page.line(f"In {settings.votes_file}; the next build counts it.", style="dim")
    session.screen.show(page)


def _ask_again(session: Session, text: list[str] | None, file: str | None, incident: str | None) -> str:
    """Return the id of the answer to a question."""
    asked = read_question(text or [], file, incident, session.screen)
    service = session.service_to_ask()
    query = Query(text=asked.text, limit=_SEARCHED)
    if asked.incident is None:
        return service.search(query).answer_id
    return service.search_like(service.get(asked.incident).id, query).answer_id


def _record(
    settings: Settings,
    answer: str,
    document: str,
    stated: dict[Aspect, bool],
    by: str | None,
    note: str | None,
) -> list[Vote]:
    from rca_search.bootstrap import answer_secret
    from rca_search.insight.voting import Ballot, cast
    from rca_search.sources.votes import append_votes

    now = dt.datetime.now(dt.UTC)
    ballots = [Ballot(answer, aspect, value, document, by, note) for aspect, value in stated.items()]
    secret = answer_secret(settings)
    votes = [cast(ballot, secret, now) for ballot in ballots]
    append_votes(settings.votes_file, *votes, make_folder=settings.has_own_votes_file)
    return votes


def _words(vote: Vote) -> str:
    return vote.aspect.value if vote.value else f"not {vote.aspect.value}"
