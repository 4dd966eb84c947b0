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
    from rca_search.models import Vote
    from rca_search.service import SearchService

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
    file that can be reviewed; the next build counts it, or `rca-search calibrate` where it is on sameness.
    """
    from rca_search.insight.voting import Ballot
    from rca_search.sources.votes import append_votes

    said = {Aspect.HELPFUL: helpful, Aspect.SAME: same, Aspect.FIXED: fixed}
    stated = {aspect: value for aspect, value in said.items() if value is not None}
    if not stated:
        raise InvalidRequestError(
            "Nothing is said of the document.", remedy="Add --helpful, --same, --fixed or their opposites."
        )
    settings = session.settings(feedback_file=feedback_file)
    if answer is None:
        service, answer = _asked_again(session, text, file, incident)
    elif text or file or incident:
        raise InvalidRequestError("--answer and a question were both given.", remedy="Give one of them.")
    else:
        service = session.service()
    ballots = [Ballot(answer, aspect, value, document, by, note) for aspect, value in stated.items()]
    now = dt.datetime.now(dt.UTC)
    votes = [service.vote(ballot, now) for ballot in ballots]
    append_votes(settings.votes_file, *votes, make_folder=settings.has_own_votes_file)
    if as_json:
        from rca_search.schemas.feedback import FeedbackResponse

        session.screen.show_json(FeedbackResponse.from_result(votes, settings.votes_file))
        return
    page = session.screen.page()
    page.line(f"Recorded on {votes[0].document}: {', '.join(_words(vote) for vote in votes)}.")
    page.line(f"In {settings.votes_file}; {_counted_by(votes)}.", style="dim")
    session.screen.show(page)


def _asked_again(
    session: Session, text: list[str] | None, file: str | None, incident: str | None
) -> tuple[SearchService, str]:
    """Return what was asked and the id of its answer to a question."""
    asked = read_question(text or [], file, incident, session.screen)
    service = session.service_to_ask()
    query = Query(text=asked.text, limit=_SEARCHED)
    if asked.incident is None:
        return service, service.search(query).answer_id
    return service, service.search_like(service.get(asked.incident).id, query).answer_id


def _counted_by(votes: list[Vote]) -> str:
    """Say what will count ``votes``."""
    same = [vote.aspect is Aspect.SAME for vote in votes]
    if all(same):
        return "rca-search calibrate counts it"
    return "the next build and rca-search calibrate count it" if any(same) else "the next build counts it"


def _words(vote: Vote) -> str:
    return vote.aspect.value if vote.value else f"not {vote.aspect.value}"
