"""The description of the API: held by a golden file, and its examples are true.

After a change that is meant, write the file anew and read the difference::

    python -m rca_search.api.openapi > tests/golden/openapi.json
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from rca_search.api import openapi, requests, resources
from rca_search.api.app import openapi_document
from rca_search.schemas import documents, families, graph, search, why_not
from rca_search.schemas.errors import ErrorResponse

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "openapi.json"


def test_the_description_is_the_one_on_record() -> None:
    assert openapi.text() == GOLDEN.read_text(encoding="utf-8"), (
        "the API changed; if it was meant to: python -m rca_search.api.openapi > tests/golden/openapi.json"
    )


def test_the_documented_command_writes_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rca_search.api.openapi"], cwd=ROOT, capture_output=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, GOLDEN.read_bytes()), done.stderr.decode()


def test_it_is_served(client: TestClient) -> None:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.json()) == (200, openapi_document())


def properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, value in (node.get("properties") or {}).items():
            yield f"{path}.{name}", value
        for key, value in node.items():
            yield from properties(value, f"{path}.{key}")


def test_every_field_and_parameter_is_described() -> None:
    document = openapi_document()
    constants = {"kind", "status"}
    bare = [
        path
        for path, value in properties(document["components"]["schemas"])
        if "description" not in value and "$ref" not in value and path.rpartition(".")[2] not in constants
        if not path.startswith((".HTTPValidationError", ".ValidationError"))
    ]
    assert bare == []
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert all(parameter["description"] for parameter in operation.get("parameters", [])), path


def test_every_error_status_is_the_envelope() -> None:
    for path, operations in openapi_document()["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, (path, status)


@pytest.mark.parametrize(
    "model",
    [
        requests.SimilarRequest,
        requests.WhyNotRequest,
        search.SimilarResponse,
        why_not.WhyNotResponse,
        documents.DocumentResponse,
        resources.StatusResponse,
        graph.GapsResponse,
        graph.GraphResponse,
        families.FamiliesResponse,
        ErrorResponse,
    ],
)
def test_examples_are_what_their_model_takes(model: type[BaseModel]) -> None:
    examples = model.model_json_schema()["examples"]
    assert examples
    for example in examples:
        parsed = model.model_validate(example, strict=False)
        assert parsed.model_dump(mode="json", exclude_unset=True) == example
        if not issubclass(model, requests.SimilarRequest):
            assert parsed.model_dump(mode="json") == example  # nothing is left out


def test_example_questions_are_answered(client: TestClient) -> None:
    first, second = requests.SimilarRequest.model_json_schema()["examples"]
    assert client.post("/v1/similar", json=first).status_code == 200
    assert client.post("/v1/similar", json={**second, "exclude": []}).status_code == 200
