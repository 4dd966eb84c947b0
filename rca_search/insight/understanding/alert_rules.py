"""Alerting rules in YAML, as Prometheus, Loki and Mimir load them: what they are called and what they say."""

from __future__ import annotations

import re

from rca_search.insight.understanding.payload import Gathered
from rca_search.insight.understanding.reading import Reading, once
from rca_search.models import Form

_RULE = re.compile(r"^[ \t]*+(?:-[ \t]*+)?alert:[ \t]*+\S", re.MULTILINE)
_EXPRESSION = re.compile(r"^[ \t]*(?:-[ \t]*)?expr:", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
MAX_RULES = 50


def read_rules(text: str) -> Reading | None:
    """Return what the rules in ``text`` say, or None where it holds none.

    Expressions and templates say nothing of what is seen; annotations and names do.
    https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    """
    if not (_RULE.search(text) and _EXPRESSION.search(text)):
        return None
    # Only a text with rules must wait for what reads YAML.
    from rca_search.sources.front_matter import YamlTextError, read_yaml

    try:
        value, _ = read_yaml(_TEMPLATE.sub(" ", text))
    except YamlTextError:
        return None
    rules = [rule for rule in _rules(value) if isinstance(rule, dict) and "alert" in rule][:MAX_RULES]
    if not rules:
        return None
    gathered = Gathered()
    told: list[str] = []
    for rule in rules:
        annotations = rule.get("annotations")
        said = {"alertname": rule["alert"], **(annotations if isinstance(annotations, dict) else {})}
        told += gathered.read(said, Form.ALERT_RULE)
    lines = once([*told, *gathered.labels])
    return Reading(Form.ALERT_RULE, "\n".join(lines), tuple(gathered.names), tuple(gathered.named))


def _rules(value: object) -> list[object]:
    """Return the rules of a file of groups, of one group, of a list, or the one rule itself."""
    if isinstance(value, list):
        return [rule for one in value for rule in _rules(one)]
    if not isinstance(value, dict):
        return []
    for key in ("spec", "groups", "rules"):
        if key in value:
            return _rules(value[key])
    return [value]
