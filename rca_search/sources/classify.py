"""Which kind of document a file is, and the reason in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rca_search.errors import InvalidRequestError
from rca_search.models import Kind, Role
from rca_search.sources.values import texts


def parse_override(text: str) -> tuple[Kind, str]:
    """Read one ``KIND=GLOB``; raises InvalidRequestError that names the kinds there are."""
    kind, separator, pattern = text.partition("=")
    try:
        parsed = Kind(kind.strip().casefold())
    except ValueError:
        parsed = None
    if parsed is None or not separator or not pattern.strip():
        raise InvalidRequestError(
            f"{text!r} sets no kind.",
            remedy=f"Write KIND=GLOB, such as incident=postmortems/*; kinds are {', '.join(Kind)}.",
        )
    return parsed, pattern.strip()


Overrides = Sequence[tuple[Kind, str]]
"""Kinds set by hand: each a kind and a pattern over ids; ``RCAs`` also takes all that lies below it."""

_WORDS: Mapping[Kind, str] = {
    Kind.INCIDENT: """
        incident incidents outage outages rca rcas pir pirs postmortem postmortems post-mortem post-mortems
        incident-report incident-reports incident-review incident-reviews incident-log retrospective
        retrospectives root-cause-analysis root-cause-analyses after-action-report after-action-reports
    """,
    Kind.RUNBOOK: """
        runbook runbooks playbook playbooks sop sops troubleshooting-guide troubleshooting-guides
    """,
    Kind.SERVICE: "service services service-note service-notes service-catalog service-doc",
    Kind.OTHER: """
        architecture adr adrs decision decisions team teams people person meeting meetings index moc template
        templates note other
    """,
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_KIND_KEYS = ("kind", "type", "category", "document type", "doc type")
_TEMPLATE_FOLDERS = frozenset({"template", "templates", "archetypes"})
_TEMPLATE_NAME = re.compile(
    r"_?(?:(?:incident|rca|post-?mortem|runbook|playbook|service|report|review|sample)[-_ ]?)*template"
)
_INDEX_NAMES = frozenset(
    {"readme", "index", "_index", "home", "contributing", "changelog", "license", "code_of_conduct"}
)
_TITLE_WORDS = (
    (Kind.INCIDENT, re.compile(r"\b(?:post-?mortem|incident (?:report|review)|root cause analysis|rca)\b")),
    (Kind.RUNBOOK, re.compile(r"\b(?:runbook|playbook)\b")),
)
_SERVICE_HEADINGS = frozenset({"dependencies", "api endpoints", "endpoints"})
_FAILURE_ROLES = frozenset(
    {Role.SUMMARY, Role.SYMPTOM, Role.CAUSE, Role.TIMELINE, Role.IMPACT, Role.RESOLUTION}
)
_BESIDE_TIMELINE = frozenset({Role.CAUSE, Role.RESOLUTION, Role.IMPACT, Role.LESSONS, Role.ACTIONS})


@dataclass(frozen=True, slots=True)
class KindSigns:
    """All that the kind is told from; ``headings`` in lower case, ``has_date`` from header or file name."""

    id: str
    source: str
    path: str
    title: str
    metadata: Mapping[str, object]
    tags: Sequence[str]
    roles: Collection[Role]
    headings: Collection[str]
    has_date: bool


def classify(evidence: KindSigns, overrides: Overrides = ()) -> tuple[Kind, str]:
    """Return the kind and why: set by hand, else front matter, folder names, shape.

    The first override that fits wins. Templates and index pages are ``other`` whatever they carry,
    unless an index page is shaped like an incident or a runbook.
    """
    for kind, pattern in overrides:
        if matches(evidence.id, pattern):
            return kind, f"override: {pattern}"
    for judge in (_by_template, _by_front_matter, _by_index_name, _by_folder, _by_shape):
        found = judge(evidence)
        if found:
            return found
    return Kind.OTHER, "nothing says what it is"


def matches(document_id: str, pattern: str) -> bool:
    """Return whether ``pattern``, a glob or the name of a folder or file, takes in ``document_id``."""
    pattern = pattern.removesuffix("/").removesuffix(".md")
    return fnmatchcase(document_id, pattern) or fnmatchcase(document_id, f"{pattern}/*")


def _by_template(evidence: KindSigns) -> tuple[Kind, str] | None:
    for folder in _folders(evidence):
        if folder.casefold().strip("_") in _TEMPLATE_FOLDERS:
            return Kind.OTHER, f"folder: {folder} holds templates"
    if _TEMPLATE_NAME.fullmatch(_stem(evidence)):
        return Kind.OTHER, "file name: a template"
    return None


def _by_front_matter(evidence: KindSigns) -> tuple[Kind, str] | None:
    keys = {key.casefold().replace("_", " "): key for key in evidence.metadata}
    for name in _KIND_KEYS:
        for value in texts(evidence.metadata[keys[name]]) if name in keys else ():
            if kind := _kind_of(value):
                return kind, f"front matter: {keys[name]} is {value}"
    for tag in evidence.tags:
        for part in tag.split("/"):
            kind = _KIND_OF.get(_word(part), Kind.OTHER)
            if kind is not Kind.OTHER:
                return kind, f"front matter: tags contains {tag}"
    return None


def _by_index_name(evidence: KindSigns) -> tuple[Kind, str] | None:
    if _stem(evidence) not in _INDEX_NAMES:
        return None
    shape = _by_roles(evidence)
    return shape or (Kind.OTHER, "file name: an index page")


def _by_folder(evidence: KindSigns) -> tuple[Kind, str] | None:
    for folder in _folders(evidence):
        if kind := _kind_of(folder):
            return kind, f"folder: {folder}"
    return None


def _by_shape(evidence: KindSigns) -> tuple[Kind, str] | None:
    if shape := _by_roles(evidence):
        return shape
    title = evidence.title.casefold()
    for kind, pattern in _TITLE_WORDS:
        if match := pattern.search(title):
            return kind, f"title says {match.group()}"
    named = sorted(_SERVICE_HEADINGS.intersection(evidence.headings))
    if named:
        return Kind.SERVICE, f"shape: a section {named[0]}"
    told = sorted(_FAILURE_ROLES.intersection(evidence.roles))
    if evidence.has_date and told:
        return Kind.INCIDENT, f"shape: a date and a section that tells the {told[0]}"
    return None


def _by_roles(evidence: KindSigns) -> tuple[Kind, str] | None:
    roles = set(evidence.roles)
    if Role.TIMELINE in roles and roles & _BESIDE_TIMELINE:
        return Kind.INCIDENT, "shape: a timeline beside cause, impact, resolution or follow-ups"
    if {Role.CAUSE, Role.RESOLUTION} <= roles and roles & {Role.LESSONS, Role.ACTIONS}:
        return Kind.INCIDENT, "shape: cause, resolution and follow-ups"
    if {Role.DIAGNOSIS, Role.RESOLUTION} <= roles:
        return Kind.RUNBOOK, "shape: diagnosis and mitigation without a timeline"
    return None


def _kind_of(text: str) -> Kind | None:
    """Return the kind that a name stands for, such as ``Runbooks``, ``01 Incidents`` or ``team-runbooks``."""
    name = _word(text)
    if name in _KIND_OF:
        return _KIND_OF[name]
    # The last word decides, but "user-service" is the name of a service, not of a folder of notes.
    kind = _KIND_OF.get(name.rpartition("-")[2])
    return kind if kind in {Kind.INCIDENT, Kind.RUNBOOK} else None


def _word(text: str) -> str:
    words = re.sub(r"[\s_.]+", "-", text.strip().casefold()).strip("-")
    return re.sub(r"^[0-9]+-+", "", words)


def _folders(evidence: KindSigns) -> Iterator[str]:
    """Yield folder names, nearest to the file first, the source folder's own last."""
    yield from reversed(evidence.path.split("/")[:-1])
    yield evidence.source


def _stem(evidence: KindSigns) -> str:
    return evidence.path.rpartition("/")[2].rpartition(".")[0].casefold()
