"""The verdict that an answer comes with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rca_search.bootstrap import open_service
from rca_search.config import Settings
from rca_search.errors import InvalidRequestError
from rca_search.indexing.artefacts import CALIBRATION
from rca_search.indexing.pointer import read_current
from rca_search.indexing.publish import amend
from rca_search.models import Filter, Kind, Query, Verdict
from rca_search.protocols import Encoder
from rca_search.ranking.calibration import JUDGED, default_calibration
from rca_search.service import SearchService

COPY = "Nobody could pay. HikariPool-1 timed out waiting for a connection. Checkout pool exhausted"


def test_a_copy_of_a_report_is_the_same(service: SearchService) -> None:
    found = service.search(Query(COPY))
    assert found.incidents[0].document.id == "RCAs/2024-02-01-pool"
    assert found.judgement.verdict is found.overall.verdict is found.incidents[0].verdict is Verdict.SAME
    assert found.judgement.nearest is None
    assert found.judgement.precision == 0.8
    assert found.judgement.calibration == "default"
    assert 0.5 < found.judgement.likelihood.same <= found.judgement.likelihood.probability < 1


@pytest.mark.parametrize(
    "text", ["Fry the leeks in butter until tender", "qwsxz plmok rfvtg", "The moon hums to the willow"]
)
def test_what_is_off_topic_has_near_misses_only(service: SearchService, text: str) -> None:
    found = service.search(Query(text))
    assert found.judgement.verdict is found.runbook_judgement.verdict is Verdict.NOTHING_SIMILAR
    assert found.judgement.nearest == found.incidents[0].document.id
    assert found.runbook_judgement.nearest == found.runbooks[0].document.id
    assert {hit.verdict for hit in found.incidents} == {Verdict.NOTHING_SIMILAR}
    assert found.judgement.missing == ()


@pytest.mark.parametrize("text", ["pool", "503", "Title:\nSeverity:\nRoot cause: TBD"])
def test_a_thin_question_is_told_what_to_add(service: SearchService, text: str) -> None:
    found = service.search(Query(text))
    assert found.overall.verdict is Verdict.TOO_THIN
    assert found.judgement.missing[0].startswith("the exact error line")
    assert found.judgement.nearest is None
    assert len(found.incidents) == 5


def test_a_thin_question_that_names_a_service_need_not_name_one(service: SearchService) -> None:
    named = service.search(Query("payments"))
    assert named.judgement.verdict is Verdict.TOO_THIN
    assert len(named.judgement.missing) == 2


def test_a_stricter_promise_never_finds_more(service: SearchService) -> None:
    order = [Verdict.NOTHING_SIMILAR, Verdict.POSSIBLE, Verdict.LIKELY, Verdict.SAME]
    for text in (COPY, "connections held by a query", "certificate refused", "disk of search is full"):
        verdicts = [
            order.index(service.search(Query(text, precision=precision)).judgement.verdict)
            for precision in (0.5, 0.7, 0.8, 0.9, 0.95)
        ]
        assert verdicts == sorted(verdicts, reverse=True)


@pytest.mark.parametrize("precision", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_a_promise_lies_between_nothing_and_certainty(service: SearchService, precision: float) -> None:
    with pytest.raises(InvalidRequestError, match="precision"):
        service.search(Query("disk full", precision=precision))


def test_the_verdict_does_not_depend_on_how_many_hits_are_shown(service: SearchService) -> None:
    few, many = (service.search(Query("pool held by a query", limit=limit)) for limit in (1, 20))
    assert few.judgement == many.judgement
    assert few.incidents[0].likelihood == many.incidents[0].likelihood


def test_without_incidents_the_verdict_is_that_over_the_runbooks(service: SearchService) -> None:
    found = service.search(Query(COPY, filter=Filter(services=("nobody",))))
    assert found.incidents == ()
    assert found.judgement.likelihood.probability == 0
    assert found.judgement.verdict is Verdict.NOTHING_SIMILAR
    assert found.overall == found.runbook_judgement


SAME, LIKELY, POSSIBLE, NOTHING, THIN = Verdict


@pytest.mark.parametrize(
    ("incidents", "runbooks", "foremost"),
    [
        (SAME, SAME, Kind.INCIDENT),
        (SAME, LIKELY, Kind.INCIDENT),
        (LIKELY, SAME, Kind.RUNBOOK),
        (POSSIBLE, LIKELY, Kind.RUNBOOK),
        (NOTHING, POSSIBLE, Kind.RUNBOOK),
        (POSSIBLE, NOTHING, Kind.INCIDENT),
        (NOTHING, NOTHING, Kind.INCIDENT),
        (THIN, THIN, Kind.INCIDENT),
    ],
)
def test_the_better_verdict_is_that_of_the_answer(
    service: SearchService, incidents: Verdict, runbooks: Verdict, foremost: Kind
) -> None:
    found = service.search(Query(COPY))
    found = replace(
        found,
        judgement=replace(found.judgement, verdict=incidents),
        runbook_judgement=replace(found.runbook_judgement, verdict=runbooks),
    )
    assert found.foremost is foremost
    assert found.overall is (found.judgement if foremost is Kind.INCIDENT else found.runbook_judgement)
    assert replace(found, incidents=()).foremost is Kind.RUNBOOK
    assert replace(found, runbooks=()).foremost is Kind.INCIDENT
    assert replace(found, incidents=(), runbooks=()).foremost is Kind.INCIDENT


def test_an_own_calibration_counts(
    documents: dict[str, str], make_service: Callable[..., SearchService], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(documents, _encoder())
    own = replace(default_calibration(), name="own", encoder=service.snapshot.manifest.encoder.files)
    monkeypatch.setattr(service.snapshot, "calibration", own.to_bytes())
    found = service.search(Query(COPY))
    assert (found.judgement.calibration, found.judgement.calibrated) == ("own", True)


def test_the_default_does_not_know_another_model(service: SearchService) -> None:
    found = service.search(Query(COPY))
    assert not found.judgement.calibrated
    assert not found.runbook_judgement.calibrated


@pytest.mark.model
def test_the_default_knows_the_default_model_in_either_precision(
    documents: dict[str, str], make_service: Callable[..., SearchService], model: Encoder, small: Encoder
) -> None:
    for encoder in (model, small):
        found = make_service(documents, encoder).search(Query(COPY))
        assert found.judgement.calibrated
        assert found.runbook_judgement.calibrated


@pytest.mark.model
def test_a_reranker_that_the_fit_has_not_seen_makes_probabilities_unproven(
    documents: dict[str, str],
    make_service: Callable[..., SearchService],
    model: Encoder,
    tmp_path: Path,
    cross_encoder: Path,
) -> None:
    plain = make_service(documents, model, index=tmp_path / "index")
    reranked = open_service(Settings(index=tmp_path / "index", rerank=str(cross_encoder)))
    assert not reranked.search(Query(COPY)).judgement.calibrated
    own = replace(default_calibration(), name="own", reranker="tiny-cross-encoder").to_bytes()
    amend(tmp_path / "index", read_current(tmp_path / "index"), CALIBRATION, own)
    for service in (plain, reranked):
        service.reload()
    found = reranked.search(Query(COPY)).judgement
    assert (found.calibration, found.calibrated) == ("own", True)
    found = plain.search(Query(COPY)).judgement
    assert (found.calibration, found.calibrated) == ("default", True)


def test_features_name_the_hits_in_the_order_of_their_scores_alone(service: SearchService) -> None:
    query = Query(COPY, limit=JUDGED)
    found = service.features(query, Kind.INCIDENT, depth=JUDGED)
    hits = service.search(query).incidents
    by_score = sorted(hits, key=lambda hit: hit.score.learned - hit.score.total)
    assert [name for name, _ in found] == [hit.document.id for hit in by_score]
    books = service.features(query, Kind.RUNBOOK, depth=JUDGED)
    assert [name for name, _ in books] == [hit.document.id for hit in service.search(query).runbooks]


def _encoder() -> object:
    from rca_search.embedding.hashing import HashingEncoder

    return HashingEncoder()
