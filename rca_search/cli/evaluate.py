"""``eval``: how good the ranking is, on judged questions or on the team's own history, and the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from rca_search.cli import options
from rca_search.cli.evaluation_request import Building, EvaluationRequest, Opened, opened, wanted_kind
from rca_search.cli.exits import ExitCode
from rca_search.cli.progress import Report, progress
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rca_search.evaluation.dataset import JudgedQuery
    from rca_search.evaluation.scores import Evaluation, Scores

SUMMARY = "Score the index on judged questions."

QUESTIONS_EXAMPLES = """
  rca-search eval questions --queries queries.jsonl --qrels qrels.tsv --incidents --by team
  rca-search eval questions --queries queries.jsonl --qrels qrels.tsv --outcomes > scores.json
  rca-search eval questions --queries queries.jsonl --qrels qrels.tsv --compare scores.json
  rca-search eval questions --docs corpus.jsonl --queries queries.jsonl --qrels qrels/test.tsv
"""

REPLAY_EXAMPLES = """
  rca-search eval replay
  rca-search eval replay --fail-under ndcg@10=0.6
"""

VERDICT_EXAMPLES = """
  rca-search eval verdict --queries queries.jsonl --qrels qrels.tsv --incidents --nothing nothing.jsonl
"""

Queries = Annotated[
    Path, typer.Option("--queries", metavar="FILE", help="JSON lines with _id, text and metadata.")
]
Qrels = Annotated[
    Path,
    typer.Option("--qrels", metavar="FILE", help="Query id, document id and grade, tab separated."),
]
Docs = Annotated[
    list[Path] | None,
    typer.Option(
        "--docs",
        metavar="PATH",
        help="Index this folder (repeatable) or BEIR corpus.jsonl for this run, rather than use --index.",
    ),
]
Model = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="Model to index --docs with. [env RCA_MODEL]")
]
Quantize = Annotated[
    str | None,
    typer.Option("--quantize", metavar="NAME", help="fp32 or int8, for --docs. [env RCA_PRECISION]"),
]
Store = Annotated[
    str | None, typer.Option("--store", metavar="NAME", help="Vector store, for --docs. [env RCA_STORE]")
]
Incidents = Annotated[
    bool | None, typer.Option("--incidents/--runbooks", help="Rank these only.", show_default=False)
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="KEY", help="Also by this key of the questions' metadata; repeatable."),
]
Compare = Annotated[
    Path | None,
    typer.Option("--compare", metavar="FILE", help="Compare with what --outcomes wrote before."),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under",
        metavar="MEASURE=VALUE",
        help="End with exit code 6 where the mean is lower; repeatable.",
    ),
]
Worst = Annotated[
    int, typer.Option("--worst", metavar="N", min=0, help="Show the N questions with the lowest measures.")
]
Outcomes = Annotated[
    bool, typer.Option("--outcomes", help="Print JSON, with the measures of every question.")
]
WithoutVotes = Annotated[bool, typer.Option("--without-votes", help="Let votes on documents not count.")]

_MOVED = {
    "--replay": "rca-search eval replay",
    "--verdict": "rca-search eval verdict",
    "--families": "python -m benchmarks.scoring families, in a checkout of the project",
    "--extraction": "python -m benchmarks.scoring extraction, in a checkout of the project",
}


class EvalGroup(TyperGroup):
    """The commands of ``eval``; a spelling of before they were commands is told the new one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer hides its type
        """Let options stand before the command; raises InvalidRequestError on an old spelling."""
        named = [place for place, argument in enumerate(args) if argument in self.commands]
        first = args[0] if args else ""
        if first.startswith("-") and first not in ("-h", "--help"):
            old = next((option for option in _MOVED if option in args), None)
            if old is not None or not named:
                new = _MOVED.get(old or "", "rca-search eval questions")
                raise InvalidRequestError(
                    "`eval` has commands of its own now: questions, replay and verdict.",
                    remedy=f"Write: {new}.",
                )
            args = [args[named[0]], *args[: named[0]], *args[named[0] + 1 :]]
        return list(super().parse_args(ctx, args))


def questions(
    session: Session,
    queries: Queries,
    qrels: Qrels,
    docs: Docs = None,
    model: Model = None,
    quantize: Quantize = None,
    store: Store = None,
    incidents: Incidents = None,
    by: By = None,
    compare: Compare = None,
    fail_under: FailUnder = None,
    worst: Worst = 0,
    outcomes: Outcomes = False,
    rerank: options.Rerank = None,
    without_votes: WithoutVotes = False,
    as_json: options.Json = False,
) -> None:
    """Score judged questions: hit@1, hit@5, hit@10, recall@10, recall@100, MRR and nDCG@10.

    Each is asked without the document that its metadata name (self). Means have 95 % intervals. With
    --runbooks also section@1, where questions' metadata name the section that helps (gold_heading).
    docs/evaluation.md says how to read the figures.
    """
    request = EvaluationRequest(
        (queries, qrels),
        wanted_kind(incidents),
        by=tuple(by or ()),
        compare=compare,
        fail_under=tuple(fail_under or ()),
        worst=worst,
        outcomes=outcomes,
        rerank=rerank,
        votes=not without_votes,
    )
    _evaluate(session, request, Building(docs or (), model, quantize, store), as_json=as_json)


def replay(
    session: Session,
    docs: Docs = None,
    model: Model = None,
    quantize: Quantize = None,
    store: Store = None,
    by: By = None,
    compare: Compare = None,
    fail_under: FailUnder = None,
    save_cases: Annotated[
        Path | None,
        typer.Option("--save-cases", metavar="DIR", help="Write what is asked as queries and qrels."),
    ] = None,
    worst: Worst = 0,
    outcomes: Outcomes = False,
    rerank: options.Rerank = None,
    as_json: options.Json = False,
) -> None:
    """Ask the incidents that the team linked with earlier ones again, as of the day before each.

    The same measures as of judged questions; no labels are needed. docs/evaluation.md says how to read them.
    """
    request = EvaluationRequest(
        None,
        None,
        by=tuple(by or ()),
        compare=compare,
        fail_under=tuple(fail_under or ()),
        save_cases=save_cases,
        worst=worst,
        outcomes=outcomes,
        rerank=rerank,
    )
    _evaluate(session, request, Building(docs or (), model, quantize, store), as_json=as_json)


def verdict(
    session: Session,
    queries: Queries,
    qrels: Qrels,
    incidents: Incidents = None,
    nothing: Annotated[
        Path | None,
        typer.Option(
            "--nothing",
            metavar="FILE",
            help="JSON lines with a text that nothing on record answers, and perhaps a kind.",
        ),
    ] = None,
    foreign: Annotated[
        Path | None, typer.Option("--foreign", metavar="DIR", help="Ask this index of another field, too.")
    ] = None,
    fail_under: FailUnder = None,
    rerank: options.Rerank = None,
    as_json: options.Json = False,
) -> None:
    """Score what verdicts promise, on judged questions and such without an answer.

    docs/verdict.md names the promises, docs/evaluation.md says how to read the figures.
    """
    from rca_search.cli.evaluate_verdict import VerdictRequest, evaluate_verdicts

    kind = wanted_kind(incidents)
    request = VerdictRequest(queries, qrels, kind, nothing, foreign, tuple(fail_under or ()), rerank)
    evaluate_verdicts(session, request, as_json=as_json)


def _evaluate(session: Session, request: EvaluationRequest, building: Building, *, as_json: bool) -> None:
    """Ask everything, show what came of it, and say what the thresholds came to."""
    building.check(session)
    evaluation = _run(session, request, building)
    if as_json or request.outcomes:
        from rca_search.schemas.evaluation import EvalResponse

        session.screen.show_json(EvalResponse.from_result(evaluation, outcomes=request.outcomes))
    else:
        from rca_search.cli.render_evaluation import render_evaluation

        page = session.screen.page()
        render_evaluation(page, evaluation)
        session.screen.show(page)
    _end(session, evaluation)


def _run(session: Session, request: EvaluationRequest, building: Building) -> Evaluation:
    """Ask everything; small files are read first, so that a fault in them costs no time."""
    from rca_search.evaluation.compare import compare as compared
    from rca_search.evaluation.compare import load_former
    from rca_search.evaluation.gate import check, parse_thresholds
    from rca_search.evaluation.scores import Evaluation, Setup, worst

    thresholds = parse_thresholds(request.fail_under)
    former = None if request.compare is None else load_former(request.compare)
    judged = request.load()
    with (
        progress(session.screen) as report,
        opened(session, building, report, rerank=request.rerank) as found,
    ):
        scores = _scores(request, judged, found, report)
        setup = Setup.of(found.service, found.precision)
    _warn(session, scores)
    return Evaluation(
        setup=setup,
        scores=scores,
        checks=check(thresholds, scores.summary),
        comparison=compared(former, scores.outcomes, scores.queries) if former and scores.outcomes else None,
        worst=worst(scores, request.worst),
    )


def _scores(
    request: EvaluationRequest, judged: Sequence[JudgedQuery] | None, found: Opened, report: Report
) -> Scores:
    """Ask the judged questions, or those of a replay where there are none."""
    from rca_search.evaluation.scores import score_labelled, score_replay

    def step(done: int, total: int) -> None:
        report("questions", done, total)

    if judged is not None:
        return score_labelled(
            found.service,
            judged,
            kind=request.kind,
            by=request.by,
            corpus=found.corpus,
            votes=request.votes,
            progress=step,
        )
    scores = score_replay(found.service, by=request.by, progress=step)
    if request.save_cases is not None:
        from rca_search.evaluation.cases import save_cases

        save_cases(request.save_cases, scores.queries)
    return scores


def _warn(session: Session, scores: Scores) -> None:
    if scores.missing:
        session.screen.warn(
            f"{len(scores.missing)} judged documents are not in the index, such as {scores.missing[0]}; "
            "questions about them count as missed."
        )


def _end(session: Session, evaluation: Evaluation) -> None:
    """Say what the thresholds came to; raises Exit where one is missed."""
    from rca_search.cli.render_evaluation import check_line

    if evaluation.checks and not evaluation.enforced:
        session.screen.warn("There is not enough history to judge by, so no threshold is enforced.")
    missed = [check_line(check) for check in evaluation.checks if not check.passed]
    if not evaluation.passed:
        session.screen.error(f"{'; '.join(missed)}.", "--worst 5 shows the questions that did worst.")
        raise typer.Exit(ExitCode.BELOW)
