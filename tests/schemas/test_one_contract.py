"""Both edges print the same JSON, the examples are answers of today, and a field is added in one place."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field
from starlette.testclient import TestClient
from typer.testing import CliRunner

from rca_search.api.app import create_app
from rca_search.bootstrap import open_service
from rca_search.cli.app import app
from rca_search.config import Settings
from rca_search.models import Origin, Query
from rca_search.schemas import search
from rca_search.schemas.base import example_answer
from rca_search.schemas.catalogue import ANSWERS
from rca_search.service import SearchService

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "rca_search" / "schemas" / "examples").glob("*.json"))
QUESTIONS = [
    json.loads(line)["text"]
    for line in (ROOT / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.model
@pytest.mark.usefixtures("example_service")
def test_command_line_and_http_answer_alike(example_index: Path) -> None:
    settings = Settings(index=example_index)
    schema = json.loads((ROOT / "docs" / "schema" / "similar.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    runner, asked = CliRunner(), [text for text in QUESTIONS if text.strip()][:50]
    with TestClient(create_app(open_service(settings), settings)) as client:
        for text in asked:
            told = client.post("/v1/similar", json={"text": text, "limit": 3}).json()
            command = ["similar", "-k", "3", "--json", "--index", str(example_index), "--", text]
            printed = json.loads(runner.invoke(app, command).stdout)
            assert printed == told
            assert not list(validator.iter_errors(told))
    assert len(asked) >= 20


def test_both_edges_give_the_same_error(example_index: Path, example_service: SearchService) -> None:
    settings = Settings(index=example_index)
    with TestClient(create_app(example_service, settings)) as client:
        told = client.get("/v1/incidents/RCAs/nothing-like-this").json()
    command = ["show", "RCAs/nothing-like-this", "--json", "--index", str(example_index)]
    printed = json.loads(CliRunner().invoke(app, command).stdout)
    assert told["error"].pop("request_id")
    assert printed["error"].pop("request_id") is None
    assert printed["error"].keys() == told["error"].keys()
    assert printed["error"]["code"] == told["error"]["code"] == "document_not_found"


@pytest.mark.model
def test_a_field_is_added_in_one_place(
    example_service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model of a hit is the only one: a field of it is in both edges' answer and in the schema."""

    class WithMore(search.PassageInfo):
        words: int = Field(default=3, description="Made up.")

    monkeypatch.setattr(search, "PassageInfo", WithMore)
    result = example_service.search(Query("certificate expired", limit=1))
    answer = search.SimilarResponse.from_result(result, Origin())
    assert isinstance(answer.incidents[0].passages[0], WithMore)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_their_schema_says(name: str) -> None:
    example = example_answer(name)
    if name in ANSWERS:
        model = ANSWERS[name][0]
        assert model.model_validate(example).model_dump(mode="json") == example
        schema = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8"))
        assert schema["examples"] == [example]
    else:
        assert name == "server_status"


@pytest.mark.model
def test_examples_are_answers_of_today(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_examples", ROOT / "scripts" / "make_examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.made(tmp_path)
    assert sorted(made) == EXAMPLES
    for name, answer in made.items():
        assert nearly(answer, example_answer(name)), f"{name}: run scripts/make_examples.py"


def nearly(one: Any, other: Any) -> bool:
    """Compare, but for what the last digits of a model on another processor may change."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            name == "answer_id" or nearly(one[name], other[name]) for name in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(nearly, one, other))
    if isinstance(one, float) and isinstance(other, int | float):
        return abs(one - other) <= 0.021
    return bool(one == other)
