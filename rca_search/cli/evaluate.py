"""``eval``: how good the ranking is, on judged questions or on the team's own history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca_search.cli import options
from rca_search.cli.evaluation_index import Building, Opened, opened
from rca_search.cli.evaluation_request import EvaluationRequest, wanted_kind
from rca_search.cli.exits import ExitCode
from rca_search.cli.progress import Report, progress
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rca_search.cli.evaluation_json import Evaluation
    from rca_search.evaluation.dataset import JudgedQuery
    from rca_search.evaluation.scores import Scores

EXAMPLES = """
  rca-search eval --replay
  rca-search eval --replay --fail-under ndcg@10=0.6
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --incidents --by team
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --json --outcomes > scores.json
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --compare scores.json
  rca-search eval --families --queries queries.jsonl --qrels qrels.tsv
  rca-search eval --extraction labels.jsonl --docs incidents/
  rca-search eval --queries queries.jsonl --qrels qrels.tsv --incidents --verdict --nothing nothing.jsonl
  rca-search eval --docs corpus.jsonl --queries queries.jsonl --qrels qrels/test.tsv
"""


def evaluate(
    session: Session,
    queries: Annotated[
        Path | None,
        typer.Option("--queries", metavar="FILE", help="JSON lines with _id, text and metadata."),
    ] = None,
    qrels: Annotated[
        Path | None,
        typer.Option("--qrels", metavar="FILE", help="Query id, document id and grade, tab separated."),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Ask the linked incidents of the index again, as of the day before."),
    ] = False,
    families: Annotated[
        bool,
        typer.Option("--families", help="Compare families of incidents with judgements of grade 2, B-cubed."),
    ] = False,
    docs: Annotated[
        list[Path] | None,
        typer.Option(
            "--docs",
            metavar="PATH",
            help="Index this folder (repeatable) or BEIR corpus.jsonl for this run, rather than use --index.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="Model to index --docs with. [env RCA_MODEL]"),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option("--precision", metavar="NAME", help="fp32 or int8, for --docs. [env RCA_PRECISION]"),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="NAME", help="Vector store, for --docs. [env RCA_STORE]"),
    ] = None,
    incidents: Annotated[bool, typer.Option("--incidents", help="Rank incidents only.")] = False,
    runbooks: Annotated[bool, typer.Option("--runbooks", help="Rank runbooks only.")] = False,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="KEY", help="Also by this key of the questions' metadata; repeatable."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Compare with what --json --outcomes wrote before."),
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-under",
            metavar="MEASURE=VALUE",
            help="End with exit code 6 where the mean is lower; repeatable.",
        ),
    ] = None,
    save_cases: Annotated[
        Path | None,
        typer.Option("--save-cases", metavar="DIR", help="Write what --replay asks as queries and qrels."),
    ] = None,
    verdict: Annotated[
        bool,
        typer.Option(
            "--verdict", help="Score what verdicts promise, on judged questions and such without an answer."
        ),
    ] = False,
    nothing: Annotated[
        Path | None,
        typer.Option(
            "--nothing",
            metavar="FILE",
            help="With --verdict: JSON lines with a text that nothing on record answers, and perhaps a kind.",
        ),
    ] = None,
    foreign: Annotated[
        Path | None,
        typer.Option(
            "--foreign", metavar="DIR", help="With --verdict: ask this index of another field, too."
        ),
    ] = None,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", help="Show the N questions with the lowest measures.")
    ] = 0,
    outcomes: Annotated[
        bool, typer.Option("--outcomes", help="With --json: add the measures of every question.")
    ] = False,
    extraction: Annotated[
        Path | None,
        typer.Option(
            "--extraction", metavar="FILE", help="Score the facts read from incidents against these labels."
        ),
    ] = None,
    rerank: options.Rerank = None,
    without_votes: Annotated[
        bool, typer.Option("--without-votes", help="Let votes on documents not count.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Score the index: hit@1, hit@5, hit@10, recall@10, recall@100, MRR and nDCG@10, with 95 % intervals.

    With --runbooks also section@1, where questions' metadata name the section that helps (gold_heading).
    Asked are judged questions, each without the document that its metadata name (self); or, with --replay,
    the incidents that the team linked with earlier ones; with --extraction, what was read from labelled
    incidents. docs/evaluation.md says how to read the figures.
    """
    kind = wanted_kind(incidents=incidents, runbooks=runbooks)
    if verdict or nothing is not None or foreign is not None:
        from rca_search.cli.evaluate_verdict import VerdictRequest, evaluate_verdicts

        taken = {
            "--replay": replay, "--docs": docs, "--model": model, "--precision": precision, "--store": store,
            "--by": by, "--compare": compare, "--save-cases": save_cases, "--worst": worst,
            "--outcomes": outcomes,
        }  # fmt: skip
        given = [name for name, value in taken.items() if value]
        asked = VerdictRequest(queries, qrels, kind, nothing, foreign, tuple(fail_under or ()), rerank)
        asked.check(given, verdict=verdict)
        evaluate_verdicts(session, asked, as_json=as_json)
        return
    building = Building(docs or (), model, precision, store)
    if extraction is not None:
        others = (
            queries,
            qrels,
            replay,
            incidents,
            runbooks,
            by,
            compare,
            fail_under,
            save_cases,
            outcomes,
            rerank,
        )
        if any(others):
            raise InvalidRequestError(
                "--extraction asks no questions.", remedy="Give it with --docs, --index and --json only."
            )
        from rca_search.cli.extraction import evaluate_extraction

        evaluate_extraction(session, extraction, building, as_json=as_json)
        return
    request = EvaluationRequest(
        queries, qrels, replay, families, kind, tuple(by or ()), save_cases, worst, rerank, not without_votes
    )
    request.check()
    building.check(session)
    if outcomes and not as_json:
        raise InvalidRequestError("--outcomes needs --json.")
    if families:
        if compare is not None or fail_under or outcomes:
            raise InvalidRequestError("--families goes with neither --compare, --fail-under nor --outcomes.")
        _families(session, request, building, as_json=as_json)
        return
    from rca_search.cli.evaluation_json import evaluation_shape

    evaluation = _run(session, request, building, compare, fail_under or [])
    if as_json:
        from rca_search.schemas.evaluation import EvalResponse

        session.screen.show_json(EvalResponse.model_validate(evaluation_shape(evaluation, outcomes=outcomes)))
    else:
        from rca_search.cli.render_evaluation import render_evaluation

        page = session.screen.page()
        render_evaluation(page, evaluation)
        session.screen.show(page)
    _end(session, evaluation)


def _families(session: Session, request: EvaluationRequest, building: Building, *, as_json: bool) -> None:
    """Compare the families of the index with what was judged, and say how far they agree."""
    from rca_search.cli.render_family_scores import families_shape, render_family_scores
    from rca_search.evaluation.families import score_families

    judged = request.load() or []
    with progress(session.screen) as report, opened(session, building, report) as found:
        scores = score_families(found.service.snapshot, judged)
        version = found.service.version
    if as_json:
        from rca_search.schemas.evaluation import EvalFamiliesResponse

        session.screen.show_json(EvalFamiliesResponse.model_validate(families_shape(scores, version)))
        return
    page = session.screen.page()
    render_family_scores(page, scores, version)
    session.screen.show(page)


def _run(
    session: Session,
    request: EvaluationRequest,
    building: Building,
    compare: Path | None,
    fail_under: list[str],
) -> Evaluation:
    """Ask everything; small files are read first, so that a fault in them costs no time."""
    from rca_search.cli.evaluation_json import Evaluation
    from rca_search.evaluation.compare import compare as compared
    from rca_search.evaluation.compare import load_former
    from rca_search.evaluation.gate import check, parse_thresholds
    from rca_search.evaluation.scores import Setup

    thresholds = parse_thresholds(fail_under)
    former = None if compare is None else load_former(compare)
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
        worst=request.worst,
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
