"""JSON as alert managers send it, or any other: what it says in words, and what it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from rca_search.insight.understanding import fields
from rca_search.insight.understanding.reading import Reading, once
from rca_search.models import Form

_OPENING = re.compile(r"(?:\{\s*[\"}]|\[\s*[\[{\"])")
_ATTEMPTS = 8
"""Openings that lead to no JSON before a text is taken for something else: each may cost a look at it all."""


def read_payload(text: str) -> Reading | None:
    """Return what JSON in ``text`` says, or None where less than half of it is JSON.

    Text between and around is kept. Alertmanager's webhook (version 4) and list of alerts, PagerDuty's event
    (version 2) and webhook (version 3) are known by their keys:
    https://prometheus.io/docs/alerting/latest/configuration/#webhook_config,
    https://developer.pagerduty.com/docs/send-alert-event and https://developer.pagerduty.com/docs/webhooks-overview
    """
    parts = list(_parts(text))
    found = [value for value, _ in parts if value is not None]
    inside = sum(len(raw) for value, raw in parts if value is not None)
    if not found or 2 * inside < len(text.strip()):
        return None
    form = next((form for value in found if (form := _form(value)) is not Form.JSON), Form.JSON)
    gathered = fields.Gathered()
    told: list[str] = []
    for value, raw in parts:
        if value is None:
            told.extend(raw.splitlines())
        else:
            told.extend(gathered.read(_firing(value), form))
    return Reading(form, "\n".join(once([*told, *gathered.labels])), tuple(gathered.names))


def _parts(text: str) -> Iterator[tuple[object, str]]:
    """Cut ``text`` into JSON objects or lists, decoded, and what is no JSON, with None."""
    decoder = json.JSONDecoder()
    start = at = failed = 0
    while failed < _ATTEMPTS and (opening := _OPENING.search(text, at)):
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            value, end = None, opening.end()
        if not _has_fields(value):
            failed += 1
            at = end
            continue
        yield None, text[start : opening.start()]
        yield value, text[opening.start() : end]
        start = at = end
    yield None, text[start:]


def _has_fields(value: object) -> bool:
    """Tell whether a value is an object or a list of some: any other list may be prose in brackets."""
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _form(value: object) -> Form:
    """Tell whose payload it is by the keys that only that sender uses together."""
    if isinstance(value, list):
        return _form(value[0]) if value else Form.JSON
    if not isinstance(value, dict):
        return Form.JSON
    if _has_alerts(value) or ("labels" in value and ("annotations" in value or "generatorURL" in value)):
        return Form.ALERTMANAGER
    event, payload = value.get("event"), value.get("payload")
    if isinstance(event, dict) and ("event_type" in event or "resource_type" in event):
        return Form.PAGERDUTY
    if (
        isinstance(payload, dict)
        and "summary" in payload
        and ("routing_key" in value or "event_action" in value)
    ):
        return Form.PAGERDUTY
    return Form.JSON


def _has_alerts(value: Mapping[str, object]) -> bool:
    alerts = value.get("alerts")
    return isinstance(alerts, list) and any(isinstance(alert, dict) and "labels" in alert for alert in alerts)


def _firing(value: object) -> object:
    """Return an Alertmanager group without its resolved alerts, where others still fire."""
    alerts = value.get("alerts") if isinstance(value, dict) and _has_alerts(value) else None
    if not (isinstance(value, dict) and isinstance(alerts, list)):
        return value
    firing = [one for one in alerts if not (isinstance(one, dict) and one.get("status") == "resolved")]
    return {**value, "alerts": firing or alerts}
