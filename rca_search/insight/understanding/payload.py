"""JSON as alert managers send it, or any other: what it says in words, and what it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from rca_search.insight.understanding.reading import URL, Reading, once, owner_of, spelled_out
from rca_search.insight.understanding.senders import kept_of
from rca_search.lexical import shapes
from rca_search.models import Form

_MAX_DEPTH = 40
_ENDING = re.compile(r"\.(?:md|html?|adoc)$")
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_LABEL_LINE = re.compile(r"^[ \t]*+(?:-[ \t]*+)?(?P<key>\w{1,60}) = (?P<value>.*)$", re.MULTILINE)
# Jobs that only measure: they name neither what failed nor where.
_OBSERVERS = re.compile(r"metrics|exporter|kubelet|cadvisor|prometheus|apiserver")
_LETTERS = re.compile(r"[A-Za-z]{3,}")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?%?")

_SAYING = """
    summary description message msg title text error err errormsg errormessage reason details detail
    note notes exception body subject log line cause headline incident stacktrace stack
"""
_TITLING = "alertname monitor rule check name alert eventname condition policy type class"
_LABELLING = """
    service services namespace pod deployment statefulset daemonset job cronjob app application
    component container workload system product tool module subsystem cluster source resource metric
    culprit
"""
_FILING = """
    fingerprint groupkey receiver truncatedalerts version routingkey dedupkey incidentkey eventaction
    severity urgency priority status state startsat endsat updatedat timestamp ts time datetime date
    generatorurl externalurl prometheus alertmanager receivers silencedby inhibitedby mutedby self href
    resourcetype eventtype number traceid spanid requestid thread hash uid gid pid level loglevel caller
    logger
"""
_ADDRESSING = """
    agent assignees assignments assignedto escalationpolicy teams team links images client clienturl
    responders acknowledgers acknowledgements conferencebridge laststatuschangeby subscribers
    pendingactions alertcounts
    priority urgency type
"""
_SAYS = frozenset(_SAYING.split())
_TITLES = frozenset(_TITLING.split())
_LABELS = frozenset(_LABELLING.split())
_NOTHING = frozenset(_FILING.split())
_PEOPLE = frozenset(_ADDRESSING.split())
# Sections that every runbook has: their names tell nothing apart.
_PARTS = frozenset(
    """
    meaning impact diagnosis mitigation overview description summary steps resolution troubleshooting
    """.split()  # noqa: SIM905
)
# "/d/<uid>/<slug>": https://grafana.com/docs/grafana/latest/dashboards/share-dashboards-panels/
_GRAFANA_BOARD = re.compile(r"/d/([\w-]{1,80})(?:/([\w-]{1,200}))?$")
_NAMING = frozenset({"alertname", "alert", "rule", "monitor", "check"})
_CALLED = frozenset({"summary", "name", "title"})
_RUNBOOK = frozenset({"runbookurl", "runbook", "playbook", "playbookurl", "runbooks"})
_DASHBOARD = frozenset(
    {"dashboard", "dashboards", "dashboardurl", "dashboardlink", "panelurl", "grafanaurl", "grafana"}
)
_MACHINES = frozenset({"instance", "node", "host", "hostname", "pod", "endpoint", "device", "ip", "address"})


class Gathered:
    """What the fields of all values of one text say.

    ``labels``, ``names`` and ``named``, which an alert names outright, grow with each value that is read.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.labels: dict[str, None] = {}
        self.names: dict[str, None] = {}
        self.named: dict[str, None] = {}

    def read(self, value: object, form: Form) -> list[str]:
        """Return the lines that the titles and sentences of ``value`` make, the former spelled out."""
        titles: list[str] = []
        sentences: list[str] = []
        for key, leaf in _leaves(value, form):
            for name, text in _expanded(key, leaf):
                self._sort(name, text, form, titles, sentences)
        return [*dict.fromkeys(titles), *dict.fromkeys(sentences)]

    def _sort(self, key: str, text: str, form: Form, titles: list[str], sentences: list[str]) -> None:
        """Put one field where it belongs; most of what a machine adds belongs nowhere."""
        plain = _NOT_KEY.sub("", key.casefold())
        if plain in _RUNBOOK or (plain in _DASHBOARD and "/" in text):
            self._page(text) if plain in _RUNBOOK else self._dashboard(text)
            return
        text = URL.sub(" ", text).strip()
        if plain in _NOTHING or _says_nothing(plain, text):
            return
        if plain in _MACHINES:
            self._machine(plain, text)
        elif plain in _TITLES | _SAYS and " " not in text:
            titles.append(spelled_out(text))
            self.names[text] = None
            if plain in _NAMING:
                self.named[text] = None
        elif plain in _SAYS or text.count(" ") >= 2:
            sentences.append(text)
        elif _NUMBER.fullmatch(text):
            self._label(key, text, told=form is Form.JSON)
        else:
            self._label(key, text, told=form is Form.JSON or plain in _LABELS)

    def _page(self, address: str) -> None:
        """Keep the address of a runbook, and its page and section as names to look for."""
        if not address:
            return
        self.named[address] = None
        path, _, anchor = address.partition("#")
        page = _ENDING.sub("", path.rstrip("/").rpartition("/")[2])
        section = "" if anchor in _PARTS else anchor
        self.names.update(dict.fromkeys(filter(None, (page, section))))

    def _dashboard(self, address: str) -> None:
        """Keep the address of a dashboard, and what it is called there as names to look for."""
        path = address.partition("#")[0].partition("?")[0].rstrip("/")
        self.named[path] = None
        board = _GRAFANA_BOARD.search(path)
        called = board.groups() if board else (path.rpartition("/")[2],)
        self.names.update(dict.fromkeys(filter(None, called)))

    def _label(self, key: str, text: str, *, told: bool) -> None:
        """Keep a label: in words where it is ``told``, else as a name to look for."""
        if told:
            self.labels[f"{spelled_out(key)} {text}".strip()] = None
        elif not _NUMBER.fullmatch(text):
            self.names[text] = None

    def _machine(self, kind: str, text: str) -> None:
        """Keep the name of a machine to look for, and what a pod belongs to."""
        owner = owner_of(text)
        if kind == "pod":
            self.labels[f"pod {owner}"] = None
        elif len(_LETTERS.findall(owner)) > 1:
            self.names[owner] = None
        self.names[text] = None


def _leaves(value: object, form: Form) -> Iterator[tuple[str, str]]:
    """Yield the key and text of every field in order, the last key where they nest; lists share theirs."""
    waiting: list[tuple[str, object, int]] = [("", value, 0)]
    while waiting:
        key, current, depth = waiting.pop()
        if isinstance(current, dict):
            kept = [(name, item) for name, item in current.items() if not _skipped(name, form)]
            inner = [(_key(name, below=key), item, depth + 1) for name, item in kept]
            waiting.extend(reversed(inner if depth < _MAX_DEPTH else []))
        elif isinstance(current, list):
            waiting.extend((key, item, depth + 1) for item in reversed(current if depth < _MAX_DEPTH else []))
        elif isinstance(current, str) and (inner_value := _opened(current)) is not None:
            waiting.append((key, inner_value, depth + 1))
        elif current is not None and not isinstance(current, bool):
            yield key, str(current).strip()


_SHORTEST_JSON = 12


def _opened(text: str) -> object | None:
    """Return what JSON in a text holds, as senders put one payload into a field of another; None for text."""
    text = text.strip()
    if len(text) < _SHORTEST_JSON or text[0] + text[-1] not in {"{}", "[]"}:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _reduced(value) if _has_fields(value) else None


def _reduced(value: object) -> object:
    """Return the telling fields of a known sender's payload, a list of pairs; any other value as it is."""
    kept = kept_of(value)
    return [{name: found} for name, found in kept[1]] if kept else value


def _key(name: str, *, below: str) -> str:
    """Return the key of a field; in ``service: {summary: orders}`` that is service."""
    return below if name in _CALLED and below in _LABELS else name


def _skipped(name: str, form: Form) -> bool:
    """Return whether what is below a key is about people or the sender's own pages, not the failure."""
    return form is not Form.JSON and _NOT_KEY.sub("", name.casefold()) in _PEOPLE


def _expanded(key: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the labels that a text spells out a line each ("alertname = Down"), else the text itself."""
    labels = [(match["key"], match["value"].strip()) for match in _LABEL_LINE.finditer(text)]
    yield from labels if len(labels) > 1 else [(key, text)]


def _says_nothing(key: str, text: str) -> bool:
    """Return whether a value is empty, a moment, one object among millions, or an id without words."""
    if not text or shapes.is_moment(text) or shapes.is_random(text):
        return True
    if key == "job":
        return _OBSERVERS.search(text) is not None
    return key.endswith(("id", "ids", "key")) and len(_LETTERS.findall(text)) < 2


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
    if (chat := slack_messages(found)) is not None:
        return Reading(Form.CHAT, "\n".join(chat))
    form = next((form for value in found if (form := _form(value)) is not Form.JSON), Form.JSON)
    gathered = Gathered()
    told: list[str] = []
    for value, raw in parts:
        if value is None:
            told.extend(raw.splitlines())
        else:
            told.extend(gathered.read(_firing(_reduced(value)), form))
    lines = once([*told, *gathered.labels])
    return Reading(form, "\n".join(lines), tuple(gathered.names), tuple(gathered.named))


_MENTION = re.compile(r"<[@!#][A-Z0-9^][^<>]*>|(?<!\w):[a-z0-9_+-]{2,40}:(?!\w)")
_LINKED = re.compile(r"<(?:https?|mailto):[^|<>\s]*\|?([^<>]*)>")


def slack_messages(found: Sequence[object]) -> list[str] | None:
    """Return the texts of the messages of a Slack export, in order; None for anything else.

    Joins and leaves, blocks, reactions and profiles say nothing. https://slack.com/help/articles/220556107
    """
    messages: list[object] = []
    for value in found:
        listed = value.get("messages") if isinstance(value, dict) else value
        messages += listed if isinstance(listed, list) else []
    spoken = [
        one for one in messages if isinstance(one, dict) and one.get("type") == "message" and "ts" in one
    ]
    if not spoken or len(spoken) < len(messages):
        return None
    told = (one for one in spoken if not str(one.get("subtype", "")).startswith(("channel_", "group_")))
    texts = (_LINKED.sub(r"\1", _MENTION.sub(" ", str(one.get("text", "")))) for one in told)
    return [line for text in texts if (line := " ".join(text.split()))]


def _parts(text: str) -> Iterator[tuple[object, str]]:
    """Cut ``text`` into JSON objects or lists, decoded, and what is not JSON, with None."""
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
    """Return whether a value is an object or a list of some: any other list may be prose in brackets."""
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
    kept = kept_of(value)
    if kept:
        return kept[0]
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
