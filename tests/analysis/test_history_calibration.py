"""A calibration fitted to an index's own history."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rca_search import bootstrap
from rca_search.analysis import history_calibration
from rca_search.analysis.history_calibration import fit_own
from rca_search.analysis.picture import reliability_picture
from rca_search.bootstrap import calibrate_index, open_service, reset_calibration
from rca_search.config import Settings
from rca_search.embedding.hashing import HashingEncoder
from rca_search.embedding.model_files import DEFAULT_DIGEST
from rca_search.evaluation.replay import ENOUGH
from rca_search.models import Aspect, Kind, Query, Vote
from rca_search.protocols import Scores
from rca_search.ranking.calibration import Calibration, default_calibration
from rca_search.service import SearchService
from rca_search.sources import votes

THINGS = (
    "amber", "beacon", "cable", "dynamo", "engine", "filter", "gasket", "hinge", "inverter", "jacket",
    "keel", "lever", "motor", "nozzle", "oven", "piston", "quarry", "rotor", "sensor", "turbine",
)  # fmt: skip


def history(families: int) -> dict[str, str]:
    """Return families of three incidents each, every one linked with the one before it."""
    documents: dict[str, str] = {}
    day = dt.date(2020, 1, 1)
    for number in range(families):
        first, second = THINGS[number % 20], THINGS[(number * 7 + 3) % 20]
        for time in range(3):
            name = f"RCAs/{number:03d}-{time}"
            link = f"\n\n## Related\n\n[[RCAs/{number:03d}-{time - 1}]]\n" if time else ""
            date = day + dt.timedelta(days=100 * time + number)
            documents[f"{name}.md"] = (
                f"---\ndate: {date}\n---\n# The {first} of hall {number} stopped\n\n## Summary\n\n"
                f"The {second} {first} overheated {'again ' * time}and tripped breaker {number}xk.{link}"
            )
    return documents


class Backwards:
    """A cross-encoder that likes long passages, and counts how often it is asked."""

    name = "backwards"
    asked = 0

    def load(self) -> None:
        """There is nothing to load."""

    def score(self, pairs: Sequence[tuple[str, str]], /) -> Scores:
        self.asked += 1
        return np.asarray([len(passage) for _, passage in pairs], dtype=np.float32)


def silent(_done: int, _total: int) -> None:
    return None


@pytest.fixture(scope="module")
def long(make_service: Callable[..., SearchService]) -> SearchService:
    return make_service(history(24), HashingEncoder())


def test_too_little_history_keeps_the_default(make_service: Callable[..., SearchService]) -> None:
    fit = fit_own(make_service(history(4), HashingEncoder()), silent)
    assert (fit.calibration, fit.reason, fit.cases, fit.needed) == (None, "too_few_cases", 8, ENOUGH)
    assert fit.before == fit.after == {}
    assert not fit.is_known


def test_enough_history_is_fitted_and_measured_on_what_came_later(long: SearchService) -> None:
    fit = fit_own(long, silent)
    assert fit.cases == 48
    assert fit.before["questions"] == fit.after["questions"] == 2 * 38
    is_better = fit.after["brier"] < fit.before["brier"]  # type: ignore[operator]
    assert fit.reason == ("fitted" if is_better else "confirmed")


def test_where_the_default_is_no_worse_it_is_confirmed_or_left(
    long: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_calibration, "brier", lambda *_: 0.1)
    confirmed = fit_own(long, silent)
    assert (confirmed.reason, confirmed.is_known) == ("confirmed", False)
    assert confirmed.calibration is not None
    incidents = default_calibration().kinds[Kind.INCIDENT]
    assert confirmed.calibration.kinds == {Kind.INCIDENT: incidents}
    monkeypatch.setattr(history_calibration, "ranks_like", lambda _: DEFAULT_DIGEST)
    left = fit_own(long, silent)
    assert (left.reason, left.is_known, left.calibration) == ("no_better", True, None)


def test_what_is_fitted_belongs_to_the_encoder_and_the_reranker(
    long: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = long.snapshot.manifest.encoder.files
    plain = fit_own(long, silent).calibration
    assert plain is not None
    assert plain.fits(files, None)
    backwards = Backwards()
    monkeypatch.setattr(long, "_reranker", backwards)
    reranked = fit_own(long, silent).calibration
    assert reranked is not None
    assert backwards.asked >= 2 * 48
    assert reranked.fits(files, "backwards")
    assert not reranked.fits(files, None)


def test_the_fit_is_the_same_each_time_and_leaves_runbooks_alone(long: SearchService) -> None:
    first, second = fit_own(long, silent), fit_own(long, silent)
    assert first == second
    assert first.calibration is not None
    assert first.calibration.name == "own"
    assert set(first.calibration.kinds) == {Kind.INCIDENT}
    assert Calibration.from_bytes(first.calibration.to_bytes()) == first.calibration


def test_the_picture_is_the_same_for_the_same_figures(long: SearchService) -> None:
    fit = fit_own(long, silent)
    drawn = reliability_picture({"default": fit.before, "own": fit.after})
    assert drawn == reliability_picture({"default": fit.before, "own": fit.after})
    assert drawn.startswith(b"<?xml")
    assert json.dumps(fit.before)


@pytest.fixture
def old(make_service: Callable[..., SearchService], tmp_path: Path) -> Path:
    """An index with a long history, made with a model that the default calibration does not know."""
    make_service(history(24), HashingEncoder(), index=tmp_path / "index")
    return tmp_path / "index"


@pytest.mark.parametrize("reranker", [None, Backwards()])
def test_an_index_that_was_calibrated_is_calibrated(
    old: Path, monkeypatch: pytest.MonkeyPatch, reranker: Backwards | None
) -> None:
    monkeypatch.setattr(bootstrap, "_reranker", lambda _: reranker)
    settings, question = Settings(index=old), Query("The amber of hall 3 stopped and tripped breaker 3xk")
    assert not open_service(settings).search(question).judgement.calibrated
    fit, version = calibrate_index(settings, progress=silent)
    assert fit.calibration is not None
    service = open_service(settings)
    found = service.search(question)
    assert (service.version, found.judgement.calibration) == (version, "own")
    assert found.judgement.calibrated
    assert not found.runbook_judgement.calibrated  # no history says which runbook was called for
    monkeypatch.setattr(bootstrap, "_reranker", lambda _: None if reranker else Backwards())
    assert not open_service(settings).search(question).judgement.calibrated
    reset_calibration(settings)
    assert open_service(settings).search(question).judgement.calibration == "default"


def test_votes_alone_make_no_calibration_of_a_model_that_the_default_does_not_know(
    make_service: Callable[..., SearchService], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make_service(history(2), HashingEncoder(), index=tmp_path / "index")
    told = [
        Vote(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "q", "v", "RCAs/000-0", Aspect.SAME, n % 3 == 0, 0.8)
        for n in range(200)
    ]
    monkeypatch.setattr(votes, "read_votes", lambda _: SimpleNamespace(counted=lambda: told))
    settings = Settings(index=tmp_path / "index")
    fit, version = calibrate_index(settings, progress=silent)
    assert (fit.calibration, fit.voted, fit.votes, version) == (None, False, 200, service.version)
    monkeypatch.setattr(history_calibration, "ranks_like", lambda _: DEFAULT_DIGEST)
    assert calibrate_index(settings, progress=silent)[0].voted
