"""docs/api.md and docs/metrics.md name everything there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.testclient import TestClient

from rca_search import errors
from rca_search.api.app import openapi_document
from rca_search.metrics import Metrics

DOCS = Path(__file__).resolve().parents[2] / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_route_has_a_heading() -> None:
    routes = {
        f"{method.upper()} {path}"
        for path, operations in openapi_document()["paths"].items()
        for method in operations
    }
    documented = set(re.findall(r"^### `([A-Z]+ /\S+)`", read("api.md"), flags=re.MULTILINE))
    assert documented == routes | {"GET /openapi.json"}


def test_every_request_field_is_documented() -> None:
    text = read("api.md")
    document = openapi_document()
    fields = {
        name
        for model in ("SimilarRequest", "WhyNotRequest", "FilterBody")
        for name in document["components"]["schemas"][model]["properties"]
    }
    assert [name for name in sorted(fields) if f"`{name}`" not in text] == []


def test_every_error_code_is_documented() -> None:
    codes = {
        errors.RcaSearchError.code,
        *("malformed_request", "not_found", "method_not_allowed", "request_too_large"),
        *("unsupported_media_type", "encoder_loading", "foreign_host", "foreign_origin"),
        *("request_timeout", "too_many_connections", "too_much_work"),
    }
    tree: list[type[errors.RcaSearchError]] = [errors.RcaSearchError]
    for kind in tree:
        tree.extend(kind.__subclasses__())
    of_a_build = {
        *(errors.DocumentRejectedError, errors.DocumentsRejectedError, errors.IndexShrinksError),
    }
    codes |= {kind.code for kind in tree if kind not in of_a_build}
    documented = set(re.findall(r"^\| \d{3} \| `([a-z_]+)`", read("api.md"), flags=re.MULTILINE))
    assert documented == codes


def test_every_metric_is_documented() -> None:
    defined = {
        family.name for family in Metrics().registry.collect() if family.name.startswith("rca_search_")
    }
    rows = re.findall(r"^\| `(rca_search_[a-z_]+)` \| (\w+) \|", read("metrics.md"), flags=re.MULTILINE)
    assert {name.removesuffix("_total") for name, _ in rows} == defined
    kinds = {family.name: family.type for family in Metrics().registry.collect()}
    assert {name: kinds[name.removesuffix("_total")] for name, _ in rows} == dict(rows)


def test_every_label_is_documented(client: TestClient) -> None:
    text = read("metrics.md")
    client.post("/v1/similar", json={"text": "disk"})
    shown = client.get("/metrics").text
    labels = {
        label
        for line in shown.splitlines()
        if line.startswith("rca_search_")
        for label in re.findall(r'([a-z]+)="', line)
    }
    assert [label for label in sorted(labels) if f"`{label}`" not in text] == []
