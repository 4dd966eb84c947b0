"""What a question was taken to be, and what of it is searched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """A form that questions are pasted in, each with its own noise around what matters."""

    FRONT_MATTER = "front_matter"
    ALERTMANAGER = "alertmanager"
    PAGERDUTY = "pagerduty"
    CLOUDWATCH = "cloudwatch"
    EVENTBRIDGE = "eventbridge"
    OPSGENIE = "opsgenie"
    DATADOG = "datadog"
    SENTRY = "sentry"
    AZURE_MONITOR = "azure_monitor"
    GOOGLE_MONITORING = "google_monitoring"
    GITHUB_ISSUE = "github_issue"
    ALERT_RULE = "alert_rule"
    JSON = "json"
    STACK_TRACE = "stack_trace"
    CHAT = "chat"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is searched.

    ``forms`` are those recognised, outermost first; none for plain text, whose ``text`` is the question
    itself. ``text`` is what is compared by meaning; where that is ``abridged``, the rest is still looked for
    by its words. ``names`` are exact names that were left out of ``text`` or rewritten in it and are looked
    for as they stand. ``named`` are references that an alert makes outright: the address of its runbook, and
    its own name.
    """

    text: str
    forms: tuple[Form, ...] = ()
    names: tuple[str, ...] = ()
    abridged: bool = False
    named: tuple[str, ...] = ()
