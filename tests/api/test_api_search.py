"""POST /v1/similar and GET /v1/incidents/{id}/similar: what comes back, and what narrows it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rca_search.api.app import create_app
from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings

CERTIFICATE = "RCAs/2025-11-02-checkout-certificate"
LAG = "RCAs/2025-03-14-payments-lag"


def ask(client: TestClient, text: str = "x509 certificate expired", **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/similar", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def ids(body: dict[str, Any], part: str = "incidents") -> list[str]:
    return [hit["id"] for hit in body[part]]


def test_the_best_incident_comes_with_all_that_is_known_of_it(client: TestClient) -> None:
    body = ask(client)
    hit = body["incidents"][0]
    aside = {"score", "passages", "resolution", "facts", "superseded", "evidence", "likelihood"}
    assert {name: hit[name] for name in hit if name not in aside} == {
        "rank": 1,
        "id": CERTIFICATE,
        "url": f"/v1/incidents/{CERTIFICATE}",
        "kind": "incident",
        "source": "notes",
        "title": "Checkout refused by browsers",
        "date": "2025-11-02",
        "severity": "SEV-1",
        "services": ["checkout-api", "ingress"],
        "tags": ["tls"],
        "status": None,
        "duration_minutes": 42,
        "authors": ["Ada"],
        "path": f"{CERTIFICATE}.md",
        "matched_terms": hit["matched_terms"],
        "ties": [],
        "recurrence": None,
    }
    assert {"x509", "certificate"} <= set(hit["matched_terms"])
    passage = hit["passages"][0]
    assert passage["role"] == "summary"
    assert passage["headings"][-1] == "Summary"
    assert "Every call to checkout-api failed with x509 certificate expired." in passage["text"]
    assert 12 <= passage["first_line"] <= passage["last_line"] <= 17
    assert passage["chunk_id"].startswith(f"{CERTIFICATE}#")
    assert hit["resolution"]["role"] == "resolution"
    assert "Issued the certificate by hand" in hit["resolution"]["text"]


def test_evidence_points_at_characters_of_the_text_and_of_the_file(client: TestClient) -> None:
    question = "checkout is down\nx509 certificate expired"
    hit = client.post("/v1/similar", json={"text": question}).json()["incidents"][0]
    assert hit["id"] == CERTIFICATE
    told_lines = client.get(hit["url"]).json()["text"].split("\n")
    pair = hit["evidence"]["pairs"][0]
    for quote, lines in ((pair["asked"], question.split("\n")), (pair["told"], told_lines)):
        line = lines[quote["line"] - 1]
        assert line[quote["start"] : quote["end"]] == quote["text"]
        marked = [lines[mark["line"] - 1][mark["start"] : mark["end"]] for mark in quote["highlights"]]
        assert {"x509", "certificate", "expired"} <= set(marked)
    assert (pair["asked"]["path"], pair["told"]["path"]) == (None, hit["path"])
    assert [one["name"] for one in hit["evidence"]["identifiers"]] == ["x509"]
    assert hit["evidence"]["reasons"][0] == {"kind": "identifier", "subject": "x509", "detail": "name"}


def test_the_answer_says_from_which_index_it_is(client: TestClient) -> None:
    body = ask(client)
    assert body["index_version"] == client.get("/v1/status").json()["index_version"]
    assert body["index_version"].startswith("0000000001-")
    assert body["windows"] == 1
    freshness = body["freshness"]
    assert freshness["stale"] is False
    assert dt.datetime.fromisoformat(freshness["checked_at"]).utcoffset() == dt.timedelta(0)
    assert freshness["checked_at"] >= freshness["published_at"]


def test_judgements_say_whether_their_calibration_knows_the_model(client: TestClient) -> None:
    body = ask(client)  # the test model is not the default one
    for name in ("incident_judgement", "runbook_judgement"):
        assert (body[name]["calibration"], body[name]["calibrated"]) == ("default", False)


def test_a_stale_index_says_so(opened: Any) -> None:
    with opened(stale_after=dt.timedelta(microseconds=1)) as client:
        assert ask(client)["freshness"]["stale"] is True
        assert "rca_search_index_stale 1.0" in client.get("/metrics").text


def test_runbooks_say_why_they_are_named(client: TestClient) -> None:
    book = ask(client)["runbooks"][0]
    assert book["id"] == "Runbooks/certificates"
    assert book["url"] == "/v1/runbooks/Runbooks/certificates"
    (linked,) = [reason for reason in book["reasons"] if reason["source"] == "linked"]
    assert (linked["subject"], linked["path"]) == (CERTIFICATE, [])
    assert 0.0 < linked["probability"] < book["likelihood"]["probability"]
    assert book["probability_by_text"] < book["likelihood"]["probability"]
    assert book["age"]["incidents_since"] == 1


def test_a_long_question_is_split_and_not_cut(client: TestClient) -> None:
    body = ask(client, "blue green yellow violet. " * 200 + "x509 certificate expired", limit=1)
    assert body["windows"] > 1
    assert ids(body) == [CERTIFICATE]


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        ({"services": ["payments_api"]}, {LAG}),
        ({"severities": ["sev1", "sev-2"]}, {LAG, CERTIFICATE}),
        ({"tags": ["TLS"]}, {CERTIFICATE}),
        ({"since": "2025-03-14"}, {LAG, CERTIFICATE}),
        ({"until": "2025-03-13"}, {"RCAs/disk"}),
        ({"since": "2025-03-14", "until": "2025-03-14"}, {LAG}),
        ({"services": ["checkout-api"], "tags": ["kafka"]}, set()),
    ],
)
def test_filters_narrow_alike_in_body_and_parameters(
    client: TestClient, narrow: dict[str, Any], expected: set[str]
) -> None:
    assert set(ids(ask(client, "the summary of it", filter=narrow, limit=50))) == expected
    answer = client.get("/v1/incidents/RCAs/north/outage/similar", params={**narrow, "limit": 50})
    assert set(ids(answer.json())) == expected


def test_as_of_a_day_later_documents_do_not_exist(client: TestClient) -> None:
    found = set(ids(ask(client, as_of="2025-11-01", limit=50)))
    assert LAG in found
    assert CERTIFICATE not in found


def test_excluded_documents_do_not_exist(client: TestClient) -> None:
    assert ids(ask(client, limit=1)) == [CERTIFICATE]
    assert CERTIFICATE not in ids(ask(client, limit=50, exclude=[CERTIFICATE]))


def test_limit_bounds_incidents_and_runbooks(client: TestClient) -> None:
    body = ask(client, limit=1)
    assert (len(body["incidents"]), len(body["runbooks"])) == (1, 1)


def test_an_incident_is_never_like_itself(client: TestClient) -> None:
    body = client.get(f"/v1/incidents/{CERTIFICATE}/similar", params={"limit": 100}).json()
    assert CERTIFICATE not in ids(body)
    assert len(ids(body)) == 7


def test_an_alias_asks_the_same(client: TestClient) -> None:
    by_id = client.get("/v1/incidents/RCAs/disk/similar").json()
    assert client.get("/v1/incidents/INC-7/similar").json() == by_id
    assert by_id["incidents"][0]["id"] == "RCAs/disk/similar"
    assert by_id["incidents"][0]["url"] == "/v1/incidents/RCAs/disk%2Fsimilar"


def test_equal_questions_get_equal_answers_to_the_byte(client: TestClient) -> None:
    question = {"text": "disk of search"}
    assert (
        client.post("/v1/similar", json=question).content == client.post("/v1/similar", json=question).content
    )


def test_every_hit_can_be_fetched_at_its_url(client: TestClient) -> None:
    body = ask(client, "the region lost power", limit=100)
    hits = body["incidents"] + body["runbooks"]
    assert len(hits) == 10
    for hit in hits:
        document = client.get(hit["url"])
        assert document.status_code == 200, hit["url"]
        assert document.json()["id"] == hit["id"]
        for passage in hit["passages"]:
            lines = document.json()["text"].split("\n")[passage["first_line"] - 1 : passage["last_line"]]
            assert "\n".join(lines) == passage["text"]


@pytest.mark.model
def test_the_real_model_finds_what_shares_no_word(tmp_path: Path, notes: Path) -> None:
    settings = Settings(index=tmp_path / "index")
    build_index(settings, [notes], progress=lambda *_: None)
    with TestClient(create_app(open_service(settings), settings)) as client:
        text = "browsers call our shop insecure, its TLS credentials are past their validity date"
        body = ask(client, text, limit=1)
        assert ids(body) == [CERTIFICATE]
        assert ids(body, "runbooks") == ["Runbooks/certificates"]
        assert client.get("/v1/status").json()["encoder"] == "all-MiniLM-L6-v2"


def test_what_was_understood_is_told(client: TestClient) -> None:
    chat = "@ada 10:02 hi, x509 certificate expired :fire:\n@bo 10:05 in the browser too"
    body = client.post("/v1/similar", json={"text": chat}).json()
    assert body["understood"] == {
        "forms": ["chat"],
        "text": "x509 certificate expired\nin the browser too",
        "names": [],
        "named": [],
        "abridged": False,
    }
    assert body["incidents"][0]["id"] == CERTIFICATE


def test_a_service_in_trouble_weighs_and_leaves_nothing_out(client: TestClient) -> None:
    plain = client.post("/v1/similar", json={"text": "every call failed", "limit": 20}).json()
    body = client.post(
        "/v1/similar", json={"text": "every call failed", "limit": 20, "about": ["Ingress"]}
    ).json()
    assert {hit["id"] for hit in body["incidents"]} == {hit["id"] for hit in plain["incidents"]}
    hit = next(hit for hit in body["incidents"] if hit["id"] == CERTIFICATE)
    assert hit["ties"] == [
        {"service": "checkout-api", "relation": "neighbour", "about": "Ingress"},
        {"service": "ingress", "relation": "same", "about": "Ingress"},
    ]
    before = next(hit for hit in plain["incidents"] if hit["id"] == CERTIFICATE)
    assert hit["score"]["service"] == 0.2
    assert hit["score"]["total"] == pytest.approx(before["score"]["total"] + 0.2, abs=2e-6)
    like = client.get(f"/v1/incidents/{CERTIFICATE}/similar", params={"about": "payments"})
    assert like.status_code == 200
    assert client.post("/v1/similar", json={"text": "x", "about": "ingress"}).status_code == 422
