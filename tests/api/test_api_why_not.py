"""``POST /v1/why-not``: the same as the command line says, and the same refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from rca_search.cli.app import app

CERTIFICATE, LAG = "RCAs/2025-11-02-checkout-certificate", "RCAs/2025-03-14-payments-lag"
QUESTION = "certificate expired, consumer group rebalances"


def post(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/why-not", json=body)


@pytest.mark.parametrize(
    ("command", "document", "more"),
    [
        ("similar", CERTIFICATE, {}),
        ("similar", LAG, {}),
        ("similar", LAG, {"filter": {"services": ["checkout-api"]}}),
        ("similar", LAG, {"as_of": "2025-01-01"}),
        ("similar", LAG, {"about": ["ingress"]}),
        ("runbooks", "Runbooks/kafka-lag", {}),
    ],
)
def test_it_says_what_the_command_line_says(
    client: TestClient, shared_index: Path, command: str, document: str, more: dict[str, Any]
) -> None:
    options = [f"--service={name}" for name in more.get("filter", {}).get("services", [])]
    options += [f"--about={name}" for name in more.get("about", [])]
    options += [f"--as-of={more['as_of']}"] if "as_of" in more else []
    arguments = [command, QUESTION, "--why-not", document, *options, "--json", "--index", str(shared_index)]
    printed = json.loads(CliRunner().invoke(app, arguments).stdout)
    answered = post(client, text=QUESTION, document=document, **more)
    assert answered.status_code == 200, answered.text
    body = answered.json()
    # Their clocks differ, and so does what nobody asked for: how many hits, which this answer does not show.
    for told in (printed, body):
        told.pop("freshness")
        told["query"].pop("limit")
    assert printed == body


def test_it_agrees_with_the_answer(client: TestClient) -> None:
    hits = client.post("/v1/similar", json={"text": QUESTION}).json()["incidents"]
    for place, hit in enumerate(hits, start=1):
        body = post(client, text=QUESTION, document=hit["id"]).json()
        assert (body["place"], body["likelihood"]) == (place, hit["likelihood"])


def test_an_incident_can_be_asked_with(client: TestClient) -> None:
    hits = client.get(f"/v1/incidents/{LAG}/similar").json()["incidents"]
    body = post(client, incident=LAG, document=hits[0]["id"]).json()
    assert (body["place"], body["likelihood"]) == (1, hits[0]["likelihood"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x", "document": "nobody"}, 404, "document_not_found"),
        ({"text": "x", "document": "outage"}, 409, "ambiguous_id"),
        ({"text": "x", "document": "Services/checkout-api"}, 422, "invalid_request"),
        ({"incident": LAG, "document": LAG}, 422, "invalid_request"),
        ({"incident": LAG, "text": "x", "document": CERTIFICATE}, 422, "invalid_request"),
        ({"document": CERTIFICATE}, 422, "invalid_request"),
        ({"text": "x"}, 422, "invalid_request"),
        ({"text": "x", "document": ""}, 422, "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    refused = post(client, **body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
