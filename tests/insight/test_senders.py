"""Payloads of known senders, JSON in JSON, chats, rules and noise: what is asked with, and what is named.

The shapes are those of the senders' documentation, named in ``senders``; every value is made up.
"""

from __future__ import annotations

import json

import pytest

from rca_search.insight.understanding import understand
from rca_search.models import Form

ALARM = {
    "AlarmName": "orders-5xx-rate",
    "AlarmDescription": "More than 5 % of the orders fail",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 9.2 was greater than 5.0",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-5xx-rate",
    "OKActions": [],
    "Trigger": {"MetricName": "5XXError", "Dimensions": [{"value": "orders-api", "name": "ApiName"}]},
}
SNS = {
    "Type": "Notification",
    "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ops",
    "Subject": "ALARM",
    "Message": json.dumps(ALARM),
    "Signature": "EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQjwu6A4VbeS0QHVCkhRS7fUQvi2egU3N858",
}
PAYLOADS: dict[str, tuple[Form, object, tuple[str, ...], tuple[str, ...]]] = {
    "cloudwatch": (
        Form.CLOUDWATCH,
        ALARM,
        ("More than 5 % of the orders fail", "orders-api"),
        ("123456789012",),
    ),
    "sns": (
        Form.CLOUDWATCH,
        SNS,
        ("More than 5 % of the orders fail",),
        ("Signature", "EXAMPLE", "123456789012"),
    ),
    "lambda": (
        Form.CLOUDWATCH,
        {"Records": [{"EventSource": "aws:sns", "Sns": SNS}]},
        ("More than 5 % of the orders fail",),
        ("aws:sns", "EXAMPLE"),
    ),
    "eventbridge": (
        Form.EVENTBRIDGE,
        {
            "version": "0",
            "account": "123456789012",
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "detail": {
                "alarmName": "QueueDepthHigh",
                "state": {"value": "ALARM", "reason": "The depth is above 5,000 messages"},
                "configuration": {"description": "Messages pile up in the invoice queue"},
            },
        },
        ("Messages pile up in the invoice queue", "The depth is above 5,000 messages"),
        ("123456789012",),
    ),
    "opsgenie": (
        Form.OPSGENIE,
        {
            "action": "Create",
            "integrationId": "37c8f316",
            "alert": {
                "alertId": "052652ac-5d1c",
                "message": "Disk of the ledger full",
                "description": "No space left on device on the primary",
                "tags": ["ledger", "disk"],
                "username": "kim@example.org",
                "details": json.dumps({"mount": "/var/lib/data is at 100 %"}),
            },
        },
        ("Disk of the ledger full", "No space left on device on the primary"),
        ("kim@example.org", "37c8f316"),
    ),
    "datadog": (
        Form.DATADOG,
        {
            "id": "7734",
            "alert_transition": "Triggered",
            "title": "[Triggered] Checkout latency is high",
            "body": "p99 of checkout above 4 s for 10 minutes",
            "org": {"id": "1", "name": "acme"},
        },
        ("Checkout latency is high", "p99 of checkout above 4 s for 10 minutes"),
        ("acme", "7734"),
    ),
    "sentry": (
        Form.SENTRY,
        {
            "action": "triggered",
            "actor": {"name": "Sentry", "type": "application"},
            "data": {
                "event": {
                    "title": "TimeoutError: pool exhausted",
                    "culprit": "orders.db in acquire",
                    "exception": {
                        "values": [{"type": "TimeoutError", "value": "no connection within 30 seconds"}]
                    },
                    "user": {"email": "jo@example.org"},
                }
            },
        },
        ("TimeoutError: pool exhausted", "no connection within 30 seconds"),
        ("jo@example.org", "application"),
    ),
    "azure": (
        Form.AZURE_MONITOR,
        {
            "schemaId": "azureMonitorCommonAlertSchema",
            "data": {
                "essentials": {
                    "alertId": "/subscriptions/1/providers/x",
                    "alertRule": "CpuAbove90",
                    "description": "The processor of the web tier is busy",
                    "configurationItems": ["web-vm-1"],
                    "firedDateTime": "2025-03-05T13:58:24.3713213Z",
                },
                "alertContext": {"condition": {"allOf": [{"metricName": "Percentage CPU"}]}},
            },
        },
        ("The processor of the web tier is busy", "Percentage CPU"),
        ("subscriptions", "2025-03-05"),
    ),
    "google": (
        Form.GOOGLE_MONITORING,
        {
            "version": "1.2",
            "incident": {
                "incident_id": "0.abc",
                "scoping_project_id": "my-project",
                "policy_name": "Backlog of the exporter",
                "summary": "The backlog is above 10,000 for 5 minutes",
                "url": "https://console.example.org/x",
            },
        },
        ("The backlog is above 10,000 for 5 minutes",),
        ("my-project", "console.example.org"),
    ),
    "github": (
        Form.GITHUB_ISSUE,
        {
            "number": 7,
            "html_url": "https://example.org/acme/shop/issues/7",
            "title": "Labels print blank",
            "body": "All printers in hall 3 print blank labels since the update.",
            "user": {"login": "kimv"},
            "labels": [{"name": "incident"}],
        },
        ("Labels print blank", "All printers in hall 3 print blank labels since the update."),
        ("kimv",),
    ),
    "pagerduty v2": (
        Form.PAGERDUTY,
        {
            "messages": [
                {
                    "event": "incident.trigger",
                    "incident": {
                        "id": "PT4KHLK",
                        "title": "Broker has no leader",
                        "service": {"name": "event bus", "id": "PF9KMXH"},
                        "assignments": [{"assignee": {"summary": "Kim Vale"}}],
                    },
                }
            ]
        },
        ("Broker has no leader", "event bus"),
        ("Kim Vale", "PT4KHLK"),
    ),
}


@pytest.mark.parametrize("sender", PAYLOADS)
def test_what_went_wrong_is_asked_and_what_is_the_senders_is_not(sender: str) -> None:
    form, payload, said, unsaid = PAYLOADS[sender]
    read = understand(json.dumps(payload, indent=1))
    assert read.forms == (form,)
    for text in said:
        assert text.casefold() in read.text.casefold()
    for text in unsaid:
        assert text not in read.text
        assert text not in read.names


def test_json_in_json_says_the_same_as_what_it_holds() -> None:
    assert understand(json.dumps(SNS)) == understand(json.dumps(ALARM))


@pytest.mark.parametrize(
    "text", ['{"a": "{not json}"}', '{"a": "[1, 2]"}', '{"message": "{\\"b\\": 1}x broken"}']
)
def test_what_only_looks_like_json_inside_stays(text: str) -> None:
    understand(text)


def test_nested_json_ends() -> None:
    value: object = {"message": "the innermost disk is full"}
    for _ in range(8):
        value = {"message": json.dumps(value)}
    assert "the innermost disk is full" in understand(json.dumps(value)).text


def test_a_slack_export_is_a_chat() -> None:
    messages = [
        {"type": "message", "ts": "1.1", "user": "U1", "text": "orders fail? :fire: <@U2>",
         "user_profile": {"name": "dana"}, "blocks": [{"type": "rich_text"}],
         "reactions": [{"name": "eyes"}]},
        {"type": "message", "subtype": "channel_join", "ts": "1.2", "text": "<@U9> has joined"},
        {"type": "message", "ts": "1.3", "user": "U2",
         "text": "yes, <https://x.example|503s> since the sale"},
    ]  # fmt: skip
    for body in (messages, {"ok": True, "messages": messages}):
        read = understand(json.dumps(body))
        assert (read.forms, read.text) == ((Form.CHAT,), "orders fail?\nyes, 503s since the sale")
        assert read.names == ()


RULES = """\
groups:
- name: ingest
  rules:
  - alert: IngestLagHigh
    expr: sum(rate(lag[5m])) > 10
    for: 10m
    labels: {severity: critical}
    annotations:
      summary: The consumers of {{ $labels.topic }} fall behind
      runbook_url: https://docs.example.org/runbooks/ingest/#ingestlaghigh
"""


@pytest.mark.parametrize("text", [RULES, RULES.split("rules:\n")[1].replace("\n  ", "\n").strip()])
def test_alert_rules(text: str) -> None:
    read = understand(text)
    assert read.forms == (Form.ALERT_RULE,)
    assert read.text.splitlines()[0] == "Ingest Lag High"
    assert "fall behind" in read.text
    assert "rate(" not in read.text
    assert read.named == ("IngestLagHigh", "https://docs.example.org/runbooks/ingest/#ingestlaghigh")


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://x.example/runbooks/ingest.md#lag-high", ("ingest", "lag-high")),
        ("https://x.example/ingest-runbooks/#laghigh", ("ingest-runbooks", "laghigh")),
        ("https://x.example/ingest/", ("ingest",)),
        ("", ()),
    ],
)
def test_the_address_of_a_runbook_loses_nothing(address: str, names: tuple[str, ...]) -> None:
    alert = {"alerts": [{"labels": {"alertname": "LagHigh"}, "annotations": {"runbook_url": address}}]}
    read = understand(json.dumps(alert))
    assert read.names == ("LagHigh", *names)
    assert read.named == ("LagHigh", *filter(None, [address]))
    assert "" not in read.names


def test_colours_addresses_of_people_and_browsers_are_no_part_of_a_question() -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
    read = understand(f"\x1b[31mERROR\x1b[0m login of kim.vale@example.org failed for {agent}")
    assert read.text.split() == ["ERROR", "login", "of", "failed", "for"]


def test_a_draft_is_asked_without_its_prompts() -> None:
    read = understand("# Orders\n\n## Impact\n\n*Who was affected? How many?*\n\nOrders failed with 503.\n")
    assert "affected" not in read.text
    assert "Orders failed with 503." in read.text
