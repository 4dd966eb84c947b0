"""``--why-not``: the answer looked at for one document instead of its hits."""

from __future__ import annotations

from dataclasses import dataclass

from rca_search.cli.question import Question
from rca_search.cli.session import Session
from rca_search.cli.wording import stale_message
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind, Query


@dataclass(frozen=True, slots=True)
class Wanted:
    """The document that was expected, of which kind, and how to ask for it."""

    name: str
    kind: Kind
    rerank: str | None
    as_json: bool
    exit_code: bool


def explain(session: Session, asked: Question, query: Query, wanted: Wanted) -> None:
    """Say why the document that was expected does not come first."""
    if wanted.exit_code:
        raise InvalidRequestError("--why-not and --exit-code exclude each other.", remedy="Give one of them.")
    with session.screen.waiting("Searching"):
        service = session.service_to_ask(rerank=wanted.rerank)
        if asked.incident is not None:
            asked = Question(asked.source, incident=service.get(asked.incident).id)
        found = service.why_not(query, wanted.name, kind=wanted.kind, like=asked.incident)
    if found.freshness.stale:
        session.screen.warn(stale_message(found.freshness))
    if wanted.as_json:
        from rca_search.schemas.why_not import WhyNotResponse

        session.screen.show_json(WhyNotResponse.from_result(found, query, asked.origin))
        return
    from rca_search.cli.render_why_not import render_why_not

    page = session.screen.page()
    render_why_not(page, found, verbose=session.screen.verbose)
    session.screen.show(page)
