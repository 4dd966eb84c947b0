"""Real corpora with the real model: what a plain fusion reaches is the least that is accepted.

Each corpus is indexed once, which takes about a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.scoring.families import score_families
from rca_search.evaluation.dataset import load_dataset, read_objects
from rca_search.evaluation.off_topic import OffTopic
from rca_search.evaluation.run import evaluate
from rca_search.evaluation.verdict import Material, score_verdicts
from rca_search.insight.families.index import FamilyIndex
from rca_search.models import Kind, Verdict
from rca_search.protocols import Encoder
from rca_search.service import SearchService

pytestmark = [pytest.mark.full, pytest.mark.model, pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def corpus_service(
    corpora: Path, model: Encoder, make_service: Callable[..., SearchService]
) -> Callable[[str], SearchService]:
    """Index a corpus the first time it is asked for."""
    made: dict[str, SearchService] = {}

    def service(name: str) -> SearchService:
        if name not in made:
            made[name] = make_service(corpora / "corpora" / name, model)
        return made[name]

    return service


@pytest.mark.parametrize(
    ("corpus", "kind", "documents"), [("incidents", Kind.INCIDENT, 419), ("runbooks", Kind.RUNBOOK, 472)]
)
def test_no_document_is_lost(
    corpus_service: Callable[[str], SearchService], corpus: str, kind: Kind, documents: int
) -> None:
    status = corpus_service(corpus).status()
    assert status.documents == {kind.value: documents}
    assert status.rejected == 0


@pytest.mark.parametrize(
    ("name", "corpus", "kind", "ndcg", "hit"),
    [
        ("recurrence", "incidents", Kind.INCIDENT, 0.72, 0.64),
        ("oncall-incidents", "incidents", Kind.INCIDENT, 0.70, 0.68),
        ("alert2runbook", "runbooks", Kind.RUNBOOK, 0.82, 0.82),
        ("oncall-runbooks", "runbooks", Kind.RUNBOOK, 0.72, 0.60),
    ],
)
def test_answers_are_at_least_those_of_a_plain_fusion(
    corpora: Path,
    corpus_service: Callable[[str], SearchService],
    name: str,
    corpus: str,
    kind: Kind,
    ndcg: float,
    hit: float,
) -> None:
    folder = corpora / "bench" / name
    report = evaluate(
        corpus_service(corpus), load_dataset(folder / "queries.jsonl", folder / "qrels.tsv"), kind=kind
    )
    figures = ", ".join(f"{measure} {value:.3f}" for measure, value in report.means.items())
    assert report.missing == ()
    assert report.means["ndcg@10"] >= ndcg, f"{name}: {figures}"
    assert report.means["hit@1"] >= hit, f"{name}: {figures}"


def test_families_agree_with_what_was_judged(
    corpora: Path, corpus_service: Callable[[str], SearchService]
) -> None:
    snapshot = corpus_service("incidents").snapshot
    bench = corpora / "bench" / "recurrence"
    scores = score_families(snapshot, load_dataset(bench / "queries.jsonl", bench / "qrels.tsv"))
    assert scores.missing == ()
    assert scores.agreement.precision >= 0.85
    assert scores.agreement.recall >= 0.68
    groups = FamilyIndex(snapshot).groups(snapshot.everything)
    ids = [{snapshot.catalogue.ids[one] for one in group} for group in groups]
    assert {"dfds/PM2021-005", "dfds/PM2021-006", "dfds/PM2021-007"} in ids


@pytest.mark.parametrize(
    ("name", "corpus", "kind"),
    [
        ("oncall-incidents", "incidents", Kind.INCIDENT),
        ("alert2runbook", "runbooks", Kind.RUNBOOK),
    ],
)
def test_verdicts_deny_hardly_any_right_answer_and_turn_away_what_nothing_answers(
    corpora: Path,
    corpus_service: Callable[[str], SearchService],
    name: str,
    corpus: str,
    kind: Kind,
) -> None:
    folder = corpora / "bench" / name
    queries = load_dataset(folder / "queries.jsonl", folder / "judged.tsv")
    entries = [entry for _, entry in read_objects(corpora / "bench" / "nothing" / "nothing.jsonl")]
    nothing = [OffTopic(str(entry["kind"]), str(entry["text"])) for entry in entries]
    scores = score_verdicts(corpus_service(corpus), Material(queries, nothing), kind=kind)
    told = {measure: value for measure, value in scores.measures.items() if value is not None}
    assert told["not_denied"] >= 0.95, told
    assert told["same_right"] >= 0.85, told
    assert told["nothing_rejected"] >= 0.75, told
    assert told["off_topic_rejected"] >= 0.95, told
    assert told["auroc"] >= 0.9, told
    called = Counter(answer.verdict for answer in scores.answers["nothing"])
    assert called[Verdict.SAME] + called[Verdict.LIKELY] <= 0.03 * len(nothing), called
