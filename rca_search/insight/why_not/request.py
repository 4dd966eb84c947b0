"""From a question and the name of a document to the explanation; what makes no sense is refused here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rca_search.errors import InvalidRequestError
from rca_search.indexing.snapshot import Snapshot
from rca_search.insight.questions import Questions
from rca_search.insight.version_cache import VersionCache, view_of
from rca_search.insight.why_not.changes import hidden_by
from rca_search.insight.why_not.comparison import Asking, RememberedReranker
from rca_search.insight.why_not.explanation import Explanation
from rca_search.models import Freshness, Kind, Query, WhyNot
from rca_search.protocols import Reranker

_COMMANDS = {Kind.INCIDENT: "similar", Kind.RUNBOOK: "runbooks"}
"""The command that answers with documents of a kind."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The document that somebody expected: its name, and its kind where only that one will do.

    ``like`` names the document that the question was asked with, if it was.
    """

    name: str
    kind: Kind | None = None
    like: str | None = None


def explained(
    library: VersionCache,
    questions: Questions,
    query: Query,
    expected: Expected,
    reranker: Reranker | None,
    freshness: Freshness,
) -> WhyNot:
    """Say why ``expected`` does not come first; raises what a search raises, and on a senseless document."""
    snapshot = library.snapshot
    view = view_of(snapshot, query)
    ordinal, asked_with = _ordinals(snapshot, expected)
    kind = snapshot.catalogue.kinds[ordinal]
    if asked_with is not None:
        view, query = view.without(asked_with), replace(query, text="")
    hidden = hidden_by(snapshot, query, ordinal)
    if hidden:
        return WhyNot(snapshot.catalogue.ids[ordinal], kind, freshness, kept_out_by=hidden)
    if asked_with is None:
        question = questions.of_text(query.text)
    else:
        question = questions.of_document(snapshot, asked_with)
    again = None if reranker is None else RememberedReranker(reranker)
    return Explanation(Asking(library, question, view, query, again, kind, ordinal)).told(freshness)


def _ordinals(snapshot: Snapshot, expected: Expected) -> tuple[int, int | None]:
    """Return the document that was expected, and the one that is asked with."""
    ordinal = snapshot.ordinal(expected.name)
    asked_with = None if expected.like is None else snapshot.ordinal(expected.like)
    name, kind = snapshot.catalogue.ids[ordinal], snapshot.catalogue.kinds[ordinal]
    if ordinal == asked_with:
        raise InvalidRequestError(
            f"{name!r} is the question itself, and never in its own answer.", remedy="Name another document."
        )
    if kind not in _COMMANDS:
        raise InvalidRequestError(
            f"{name!r} is neither an incident nor a runbook, so no answer has it.",
            remedy="'rca-search build --kind' says otherwise of it.",
        )
    if expected.kind is not None and expected.kind is not kind:
        raise InvalidRequestError(
            f"{name!r} is no {expected.kind.value}: the index has it as {kind.value}.",
            remedy=f"'rca-search {_COMMANDS[kind]}' answers with {kind.value}s.",
        )
    return ordinal, asked_with
