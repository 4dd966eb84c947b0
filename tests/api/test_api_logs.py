"""Log lines: one per record, with the request's id, and nothing in them that could forge or betray."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from rca_search import logs

NAMES = (None, "rca_search", "uvicorn", "uvicorn.access", "uvicorn.error")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in NAMES]
    before = [(logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    yield
    for logger, (level, handlers, propagate) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagate


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_hold_what_a_collector_wants() -> None:
    stream = io.StringIO()
    logs.configure_logging("json", "INFO", stream=stream)
    token = logs.request_id.set("abc")
    logging.getLogger("rca_search.x").info("took %d ms", 3, extra=logs.fields(status=200))
    logs.request_id.reset(token)
    logging.getLogger("rca_search.x").debug("not shown")
    (entry,) = lines(stream)
    assert entry.pop("time").endswith("Z")
    assert entry == {
        "level": "INFO",
        "logger": "rca_search.x",
        "message": "took 3 ms",
        "request_id": "abc",
        "status": 200,
    }


def test_text_lines_name_the_request() -> None:
    stream = io.StringIO()
    logs.configure_logging("text", "debug", stream=stream)
    token = logs.request_id.set("abc")
    logging.getLogger("rca_search.x").debug("hello")
    logs.request_id.reset(token)
    assert stream.getvalue().partition("Z ")[2] == "DEBUG rca_search.x [abc] hello\n"


HOSTILE = "a\nERROR forged\r\x1b[31m\x00\u2028\u202e\x85\ud800b"


@pytest.mark.parametrize("form", ["text", "json"])
def test_control_characters_cannot_forge_a_line(form: Any) -> None:
    stream = io.StringIO()
    logs.configure_logging(form, "INFO", stream=stream)
    logging.getLogger("rca_search").info("got %s", HOSTILE)
    written = stream.getvalue()
    assert written.count("\n") == 1
    assert len(written.splitlines()) == 1
    shown = json.loads(written)["message"] if form == "json" else written.rstrip("\n")
    assert shown.endswith(r"got a\nERROR forged\r\x1b[31m\x00\u2028\u202e\x85\ud800b")


def test_a_traceback_cannot_forge_a_line() -> None:
    stream = io.StringIO()
    logs.configure_logging("text", "INFO", stream=stream)
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("rca_search").exception("failed")
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("ERROR rca_search failed")
    assert len(rest) > 3
    assert all(line.startswith("  | ") for line in rest)


def test_a_traceback_is_one_field_of_a_json_line() -> None:
    stream = io.StringIO()
    logs.configure_logging("json", "INFO", stream=stream)
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("rca_search").exception("failed")
    (entry,) = lines(stream)
    assert entry["exception"].startswith("Traceback (most recent call last)")


def test_other_libraries_are_heard_from_warning_on() -> None:
    stream = io.StringIO()
    logs.configure_logging("json", "DEBUG", stream=stream)
    logging.getLogger("elsewhere").info("Load pretrained model")
    logging.getLogger("elsewhere").warning("careful")
    logging.getLogger("uvicorn.access").info("GET /?q=secret")
    assert [entry["message"] for entry in lines(stream)] == ["careful"]


def test_configuring_again_replaces() -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.configure_logging("json", "INFO", stream=first)
    logs.configure_logging("text", "ERROR", stream=second)
    logging.getLogger("rca_search").warning("low")
    logging.getLogger("rca_search").error("high")
    assert first.getvalue() == ""
    assert second.getvalue().endswith("ERROR rca_search high\n")


def test_a_handler_of_the_terminal_is_replaced() -> None:
    terminal, stream = io.StringIO(), io.StringIO()
    logger = logging.getLogger("rca_search")
    logger.addHandler(logging.StreamHandler(terminal))
    logger.propagate = False
    logs.configure_logging("json", "INFO", stream=stream)
    logger.info("once")
    assert terminal.getvalue() == ""
    assert [entry["message"] for entry in lines(stream)] == ["once"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="'LOUD' is not a log level"):
        logs.configure_logging("text", "LOUD")


def test_each_request_has_one_line_without_its_text(opened: Any) -> None:
    stream = io.StringIO()
    with opened() as client:
        logs.configure_logging("json", "INFO", stream=stream)
        headers = {"X-Request-Id": "req-7"}
        client.post("/v1/similar", json={"text": "sesame", "exclude": ["sesame-id"]}, headers=headers)
        client.post("/v1/similar", json={"text": "sesame"}, headers=headers)
        client.post("/v1/similar", json={"text": "sesame", "sesame": 1}, headers=headers)
        client.get("/v1/incidents/sesame?limit=sesame", headers=headers)
        client.get("/sesame", headers=headers)
        client.get("/livez", headers=headers)
    entries = [entry for entry in lines(stream) if entry["logger"] == "rca_search.api.access"]
    assert "sesame" not in stream.getvalue()
    assert [(entry["method"], entry["route"], entry["status"]) for entry in entries] == [
        ("POST", "/v1/similar", 404),
        ("POST", "/v1/similar", 200),
        ("POST", "/v1/similar", 422),
        ("GET", "/v1/incidents/{id}", 404),
        ("GET", "unmatched", 404),
    ]
    assert {entry["request_id"] for entry in entries} == {"req-7"}
    assert all(entry["duration_ms"] >= 0 for entry in entries)


def test_a_thread_that_searches_knows_the_request(opened: Any, fake_encoder: Any, fake_source: Any) -> None:
    class Telling(fake_encoder):  # type: ignore[misc]
        def encode(self, *args: Any, **options: Any) -> Any:
            logging.getLogger("rca_search.test").info("encoding")
            return super().encode(*args, **options)

    stream = io.StringIO()
    with opened(source=fake_source(Telling())) as client:
        logs.configure_logging("json", "INFO", stream=stream)
        client.post("/v1/similar", json={"text": "disk"}, headers={"X-Request-Id": "req-8"})
    told = [entry for entry in lines(stream) if entry["message"] == "encoding"]
    assert [entry["request_id"] for entry in told] == ["req-8"]
