"""The fields of a JSON payload: which say something in words, which name something, which say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rca_search.insight.understanding.reading import URL, owner_of, spelled_out
from rca_search.lexical import shapes
from rca_search.models import Form

_MAX_DEPTH = 40
_ENDING = re.compile(r"\.(?:md|html?|adoc)$")
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_LABEL_LINE = re.compile(r"^[ \t]*-?[ \t]*(?P<key>\w{1,60}) = (?P<value>.*)$", re.MULTILINE)
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
    component container workload system product tool module subsystem cluster source resource
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
_CALLED = frozenset({"summary", "name", "title"})
_RUNBOOK = frozenset({"runbookurl", "runbook", "playbook", "playbookurl", "runbooks"})
_MACHINES = frozenset({"instance", "node", "host", "hostname", "pod", "endpoint", "device", "ip", "address"})


class Gathered:
    """What the fields of all values of one text say; ``labels`` and ``names`` grow with each that is read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.labels: dict[str, None] = {}
        self.names: dict[str, None] = {}

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
        if plain in _RUNBOOK:
            page = text.rstrip("/").rpartition("/")[2].partition("#")[0]
            self.names[_ENDING.sub("", page)] = None
            return
        text = URL.sub(" ", text).strip()
        if plain in _NOTHING or _says_nothing(plain, text):
            return
        if plain in _MACHINES:
            self._machine(plain, text)
        elif plain in _TITLES | _SAYS and " " not in text:
            titles.append(spelled_out(text))
            self.names[text] = None
        elif plain in _SAYS or text.count(" ") >= 2:
            sentences.append(text)
        elif _NUMBER.fullmatch(text):
            self._label(key, text, told=form is Form.JSON)
        else:
            self._label(key, text, told=form is Form.JSON or plain in _LABELS)

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
        elif current is not None and not isinstance(current, bool):
            yield key, str(current).strip()


def _key(name: str, *, below: str) -> str:
    """Return the key of a field; in ``service: {summary: orders}`` that is service."""
    return below if name in _CALLED and below in _LABELS else name


def _skipped(name: str, form: Form) -> bool:
    """Tell whether what is below a key is about people or the sender's own pages, not the failure."""
    return form is not Form.JSON and _NOT_KEY.sub("", name.casefold()) in _PEOPLE


def _expanded(key: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the labels that a text spells out a line each ("alertname = Down"), else the text itself."""
    labels = [(match["key"], match["value"].strip()) for match in _LABEL_LINE.finditer(text)]
    yield from labels if len(labels) > 1 else [(key, text)]


def _says_nothing(key: str, text: str) -> bool:
    """Tell whether a value is empty, a moment, one object among millions, or an id without words."""
    if not text or shapes.is_moment(text) or shapes.is_random(text):
        return True
    if key == "job":
        return _OBSERVERS.search(text) is not None
    return key.endswith(("id", "ids", "key")) and len(_LETTERS.findall(text)) < 2
