"""The payloads of known senders: by which keys each is told, and where it says what went wrong.

Everything else in such a payload is the sender's own: accounts, signatures, links to its pages. A payload of
no known sender is read by the names of its fields (``payload``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rca_search.models import Form


@dataclass(frozen=True, slots=True)
class Sender:
    """One shape: the paths that it always has, and those that are kept, each with the field it is read as.

    A path gives keys divided by dots; lists on the way are walked through. ``=`` behind it demands a value.
    """

    form: Form
    has: tuple[str, ...]
    kept: Mapping[str, str]


SENDERS: tuple[Sender, ...] = (
    # https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
    Sender(Form.CLOUDWATCH, ("Type=Notification", "TopicArn", "Message"), {"Message": "body"}),
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    Sender(Form.CLOUDWATCH, ("Records.Sns.Message",), {"Records.Sns.Message": "body"}),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    Sender(
        Form.CLOUDWATCH,
        ("AlarmName", "NewStateValue"),
        {
            "AlarmName": "alertname",
            "AlarmDescription": "description",
            "NewStateReason": "reason",
            "Trigger.MetricName": "metric",
            "Trigger.Dimensions.value": "service",
        },
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    Sender(
        Form.EVENTBRIDGE,
        ("detail-type", "source", "detail.alarmName"),
        {
            "detail.alarmName": "alertname",
            "detail.configuration.description": "description",
            "detail.state.reason": "reason",
            "detail.configuration.metrics.metricStat.metric.name": "metric",
            "detail.configuration.metrics.metricStat.metric.dimensions": "service",
        },
    ),
    Sender(
        Form.EVENTBRIDGE,
        ("detail-type", "source", "detail"),
        {"detail-type": "title", "detail": "detail", "source": "source"},
    ),
    # https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/
    Sender(
        Form.OPSGENIE,
        ("action", "alert.alertId", "alert.message"),
        {
            "alert.message": "title",
            "alert.description": "description",
            "alert.entity": "service",
            "alert.tags": "tag",
            "alert.details": "detail",
        },
    ),
    # https://docs.datadoghq.com/integrations/webhooks/
    Sender(
        Form.DATADOG,
        ("event_type", "body", "title"),
        {"title": "title", "body": "message", "text_only_msg": "message", "host": "host", "hostname": "host"},
    ),
    Sender(
        Form.DATADOG,
        ("alert_transition",),
        {
            "alert_title": "title",
            "title": "title",
            "event_title": "title",
            "body": "message",
            "event_msg": "message",
            "alert_status": "message",
            "hostname": "host",
            "metric": "metric",
        },
    ),
    # https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
    Sender(
        Form.SENTRY,
        ("data.event.title",),
        {
            "data.event.title": "title",
            "data.event.culprit": "culprit",
            "data.event.metadata.value": "message",
            "data.event.exception.values.type": "error",
            "data.event.exception.values.value": "message",
            "data.event.logentry.formatted": "message",
            "data.event.environment": "environment",
            "data.triggered_rule": "rule",
        },
    ),
    Sender(
        Form.SENTRY,
        ("data.issue.title",),
        {
            "data.issue.title": "title",
            "data.issue.culprit": "culprit",
            "data.issue.metadata.value": "message",
            "data.issue.project.name": "service",
        },
    ),
    Sender(
        Form.SENTRY,
        ("project", "culprit", "event.title"),
        {
            "event.title": "title",
            "culprit": "culprit",
            "message": "message",
            "project": "service",
            "event.metadata.value": "message",
        },
    ),
    # https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
    Sender(
        Form.AZURE_MONITOR,
        ("schemaId=azureMonitorCommonAlertSchema", "data.essentials"),
        {
            "data.essentials.alertRule": "alertname",
            "data.essentials.description": "description",
            "data.essentials.configurationItems": "service",
            "data.alertContext.condition.allOf.metricName": "metric",
            "data.alertContext.condition.allOf.searchQuery": "query",
            "data.alertContext.properties": "detail",
        },
    ),
    # https://cloud.google.com/monitoring/support/notification-options#webhooks
    Sender(
        Form.GOOGLE_MONITORING,
        ("incident.incident_id", "incident.summary"),
        {
            "incident.summary": "summary",
            "incident.policy_name": "alertname",
            "incident.condition_name": "condition",
            "incident.documentation.content": "description",
            "incident.resource_display_name": "service",
            "incident.metric.displayName": "metric",
        },
    ),
    # https://docs.github.com/rest/issues/issues
    Sender(
        Form.GITHUB_ISSUE,
        ("number", "title", "body", "html_url"),
        {"title": "title", "body": "body", "labels.name": "tag"},
    ),
    Sender(
        Form.GITHUB_ISSUE,
        ("issue.number", "issue.title"),
        {"issue.title": "title", "issue.body": "body", "issue.labels.name": "tag"},
    ),
    # https://developer.pagerduty.com/docs/v2-webhooks-overview
    Sender(
        Form.PAGERDUTY,
        ("messages.event", "messages.incident.title"),
        {
            "messages.incident.title": "title",
            "messages.incident.description": "description",
            "messages.incident.service.name": "service",
            "messages.log_entries.channel.details": "detail",
            "messages.incident.alerts.body.details": "detail",
        },
    ),
    # https://api-docs.incident.io/
    Sender(
        Form.JSON,
        ("event_type", "incident.name", "incident.summary"),
        {"incident.name": "title", "incident.summary": "summary"},
    ),
)


def kept_of(value: object) -> tuple[Form, list[tuple[str, object]]] | None:
    """Return whose payload ``value`` is and the fields that say something; None for no known sender's."""
    if not isinstance(value, dict):
        return None
    for sender in SENDERS:
        if all(_has(value, path) for path in sender.has):
            kept = [(name, found) for path, name in sender.kept.items() for found in _at(value, path)]
            return sender.form, kept
    return None


def _has(value: object, path: str) -> bool:
    path, _, wanted = path.partition("=")
    return any(not wanted or found == wanted for found in _at(value, path))


def _at(value: object, path: str) -> Iterator[object]:
    """Give everything that stands at a path, through all lists on the way."""
    yield from _walk([value], path.split("."))


def _walk(values: Sequence[object], keys: Sequence[str]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from _walk(value, keys)
        elif not keys:
            yield value
        elif isinstance(value, dict) and keys[0] in value:
            yield from _walk([value[keys[0]]], keys[1:])
