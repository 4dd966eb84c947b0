"""``eval``: how good the ranking is on judged questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca_search.cli import options
from rca_search.cli.json_shapes import SCHEMA_VERSION, EvalShape, QuestionShape
from rca_search.cli.progress import progress
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rca_search.evaluation.dataset import JudgedQuery
    from rca_search.evaluation.run import EvaluationReport

EXAMPLES = """
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --incidents
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --runbooks --worst 5
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --json > scores.json
"""

_TEXT_SHOWN = 300
_RANKING_SHOWN = 10


def evaluate(
    session: Session,
    queries: Annotated[
        Path, typer.Option("--queries", metavar="FILE", help="JSON lines with _id, text and metadata.")
    ],
    qrels: Annotated[
        Path, typer.Option("--qrels", metavar="FILE", help="Query id, document id and grade, tab separated.")
    ],
    incidents: Annotated[bool, typer.Option("--incidents", help="Rank incidents only.")] = False,
    runbooks: Annotated[bool, typer.Option("--runbooks", help="Rank runbooks only.")] = False,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", help="Show the N questions with the lowest measures.")
    ] = 0,
    as_json: options.Json = False,
) -> None:
    """Score the index on judged questions: hit@1, hit@5, hit@10, nDCG@10 and MRR.

    A question whose metadata names its own document (self) is asked with that document left out.
    """
    if incidents and runbooks:
        raise InvalidRequestError(
            "--incidents and --runbooks exclude each other.", remedy="Give one of them."
        )
    if worst < 0:
        raise InvalidRequestError(f"--worst takes a number from 0, not {worst}.")
    kind = Kind.INCIDENT if incidents else Kind.RUNBOOK if runbooks else None
    from rca_search.evaluation.dataset import load_dataset
    from rca_search.evaluation.run import evaluate as run

    judged = load_dataset(queries, qrels)
    with progress(session.screen) as report_progress:
        report = run(
            session.service(),
            judged,
            kind=kind,
            progress=lambda done, total: report_progress("questions", done, total),
        )
    if report.missing:
        session.screen.warn(
            f"{len(report.missing)} judged documents are not in the index, such as {report.missing[0]}; "
            "questions about them count as missed."
        )
    questions = _worst(report, judged, worst)
    if as_json:
        session.screen.show_json(_eval_shape(report, questions, wanted=worst > 0))
    else:
        _show(session, report, questions)


def _worst(report: EvaluationReport, judged: Sequence[JudgedQuery], number: int) -> list[QuestionShape]:
    """Return the ``number`` questions with the lowest nDCG@10, then reciprocal rank, then id."""
    by_id = {query.id: query for query in judged}
    ordered = sorted(
        report.outcomes, key=lambda one: (one.measures["ndcg@10"], one.measures["mrr"], one.query_id)
    )
    return [
        {
            "id": outcome.query_id,
            "text": by_id[outcome.query_id].text,
            "measures": dict(outcome.measures),
            "relevant": dict(by_id[outcome.query_id].relevant),
            "ranking": list(outcome.ranking[:_RANKING_SHOWN]),
        }
        for outcome in ordered[:number]
    ]


def _eval_shape(report: EvaluationReport, questions: list[QuestionShape], *, wanted: bool) -> EvalShape:
    body: EvalShape = {
        "schema_version": SCHEMA_VERSION,
        "index_version": report.version,
        "kind": None if report.kind is None else report.kind.value,
        "queries": report.queries,
        "unjudged": report.unjudged,
        "missing": list(report.missing),
        "hit@1": report.means["hit@1"],
        "hit@5": report.means["hit@5"],
        "hit@10": report.means["hit@10"],
        "ndcg@10": report.means["ndcg@10"],
        "mrr": report.means["mrr"],
    }
    if wanted:
        body["worst"] = questions
    return body


def _show(session: Session, report: EvaluationReport, questions: list[QuestionShape]) -> None:
    from rca_search.cli.safe_text import safe_line
    from rca_search.cli.wording import counted

    page = session.screen.page()
    left_out = f", {report.unjudged} without judgement left out" if report.unjudged else ""
    what = f"{report.kind.value}s" if report.kind else "all documents"
    page.line(f"{counted(report.queries, 'question')} on {what}{left_out}", style="bold")
    for name, value in report.means.items():
        page.line(f"{name:<8}{value:.3f}", indent=2)
    for question in questions:
        page.gap()
        page.line(
            f"{safe_line(question['id'])}  nDCG@10 {question['measures']['ndcg@10']:.3f}  "
            f"MRR {question['measures']['mrr']:.3f}",
            style="bold",
        )
        page.line(safe_line(question["text"])[:_TEXT_SHOWN], indent=2)
        page.labelled("wanted", [safe_line(name) for name in question["relevant"]], indent=2)
        page.labelled("found", [safe_line(name) for name in question["ranking"][:3]], indent=2)
    session.screen.show(page)
