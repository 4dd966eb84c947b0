"""Which calibration counts for an answer, and whether it knows what answered."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from rca_search.embedding.model_files import DEFAULT_DIGEST
from rca_search.errors import IndexCorruptError
from rca_search.insight.calibrations import Calibrations
from rca_search.models import Kind
from rca_search.ranking.calibration import OWN, Calibration, default_calibration


def own(encoder: str, reranker: str | None = None) -> bytes:
    kinds = {Kind.INCIDENT: default_calibration().kinds[Kind.INCIDENT]}
    return Calibration(OWN, kinds, encoder, reranker).to_bytes()


def chosen(
    content: bytes | None, encoder: str, reranker: str | None = None, kind: Kind = Kind.INCIDENT
) -> tuple[str, bool]:
    found = Calibrations(content, encoder).chosen(kind, reranker)
    return found.calibration.name, found.fits


def test_the_packaged_one_knows_the_default_model_alone() -> None:
    assert chosen(None, DEFAULT_DIGEST) == ("default", True)
    assert chosen(None, "another") == ("default", False)
    assert chosen(None, DEFAULT_DIGEST, "cross") == ("default", False)


def test_an_own_one_counts_for_what_it_was_fitted_to() -> None:
    assert chosen(own("mine"), "mine") == ("own", True)
    assert chosen(own("mine", "cross"), "mine", "cross") == ("own", True)
    assert chosen(own(DEFAULT_DIGEST), DEFAULT_DIGEST) == ("own", True)


def test_runbooks_are_judged_by_the_default_which_may_not_know_the_model() -> None:
    assert chosen(own("mine"), "mine", kind=Kind.RUNBOOK) == ("default", False)
    assert chosen(own(DEFAULT_DIGEST), DEFAULT_DIGEST, kind=Kind.RUNBOOK) == ("default", True)


def test_what_fits_goes_before_what_is_nearer() -> None:
    assert chosen(own(DEFAULT_DIGEST, "cross"), DEFAULT_DIGEST) == ("default", True)
    assert chosen(own("mine", "cross"), "mine") == ("own", False)
    assert chosen(own("mine"), "mine", "cross") == ("own", False)
    assert chosen(own("mine", "cross"), "mine", "other") == ("own", False)


def test_one_of_another_model_is_left_aside(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert chosen(own("mine"), DEFAULT_DIGEST) == ("default", True)
        assert chosen(own("mine"), "other") == ("default", False)
    assert "with another model" in caplog.messages[0]


@pytest.mark.parametrize("change", [{"version": 1}, {"encoder": None}, {"reranker": ...}, {"features": []}])
def test_one_of_another_version_is_left_aside(
    change: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    body = {**json.loads(own(DEFAULT_DIGEST)), **change}
    body = {name: value for name, value in body.items() if value is not ...}
    with caplog.at_level(logging.WARNING):
        assert chosen(json.dumps(body).encode(), DEFAULT_DIGEST) == ("default", True)
    assert "Run: rca-search calibrate" in caplog.text


def test_one_of_the_first_version_is_left_aside() -> None:
    body = json.loads(default_calibration().to_bytes())
    del body["encoder"], body["reranker"]
    for kind in body["kinds"].values():
        del kind["possible"]
        kind["cuts"] = [{"precision": 0.8, "related": 0.5, "same": 0.6}]
    content = json.dumps({**body, "name": "own", "version": 1}).encode()
    assert chosen(content, DEFAULT_DIGEST) == ("default", True)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b'"own"'])
def test_what_is_no_calibration_is_told(content: bytes) -> None:
    with pytest.raises(IndexCorruptError, match="calibration"):
        Calibrations(content, DEFAULT_DIGEST)


def test_the_packaged_one_is_bound_to_the_packaged_model() -> None:
    default = default_calibration()
    assert default.fits(DEFAULT_DIGEST, None)
    assert set(default.kinds) == {Kind.INCIDENT, Kind.RUNBOOK}
    assert not replace(default, encoder="").fits("", "cross")
