"""Which kind of document a file is, and the reason in words."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from rca_search.errors import InvalidRequestError
from rca_search.models import Kind, Role
from rca_search.sources.values import texts
from rca_search.text.language import languages


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

_KIND_KEYS = ("kind", "type", "category", "document", "document type", "doc type")
_TEMPLATE_FOLDERS = frozenset({"template", "templates", "archetypes"})
_TEMPLATE_NAME = re.compile(
    r"_?(?:(?:incident|rca|post-?mortem|runbook|playbook|service|report|review|sample)[-_ ]?)*template"
)
_INDEX_NAMES = frozenset(
    {"readme", "index", "_index", "home", "contributing", "changelog", "license", "code_of_conduct"}
)


@cache
def _kind_words() -> Mapping[str, Kind]:
    """Return the kind that each word stands for, joined by hyphens, in any language."""
    found: dict[str, Kind] = {}
    for language in languages():
        for kind, names in language.kinds.items():
            for name in names:
                found.setdefault(_word(name), Kind(kind))
    return {**found, **dict.fromkeys(("template", "templates"), Kind.TEMPLATE)}


_SERVICE_HEADINGS = frozenset({"dependencies", "api endpoints", "endpoints"})
_ALERT_NAME = re.compile(r"(?:[A-Z][a-z0-9]+|[A-Z]{2,}[0-9]*(?=[A-Z][a-z])){2,}[A-Z]*")
_HOW_TO = re.compile(r"\b(?:how to|guide|troubleshoot\w*|debugging|responding to|checklist|procedure)\b")
_MONTH_ONLY = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}[-_.](?:0[1-9]|1[0-2])(?![0-9])")
_CLOCK = re.compile(r"(?<![0-9:])(?:[01]?[0-9]|2[0-3])[:h][0-5][0-9](?![0-9])")
_PAST = re.compile(r"\b(?:was|were|had|did|went|began|became|took|came|saw|found|[a-z]{3,}ed)\b")
_ORDER = re.compile(
    r"^[ \t]*(?:[-*+]|[0-9]{1,3}[.)])[ \t]+[^\w\n]{0,8}(?:check|run|verify|restart|look|open|make sure"
    r"|ensure|if|use|find|go to|log in|confirm|see|try|scale|delete|increase|add|set|get|identify|inspect"
    r"|review|contact|escalate)\b"
    r"|\b(?:you (?:can|should|may|need|will|must)|your|please|should be|can be|must be|make sure)\b",
    re.IGNORECASE | re.MULTILINE,
)
_COMMANDS = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
READ_CHARS = 20_000
"""Characters of a text whose tense is looked at."""


@dataclass(frozen=True, slots=True)
class KindSigns:
    """All that the kind is told from.

    ``headings`` are in lower case, ``written_headings`` as they stand; ``dated`` tells where a day is given:
    ``name`` (file name or title), ``field`` or "". ``moments`` tells whether fields say when it started or
    ended, ``fields`` which fields are given; ``text`` is the body.
    """

    id: str
    source: str
    path: str
    title: str
    metadata: Mapping[str, object]
    tags: Sequence[str]
    roles: Collection[Role]
    headings: Collection[str]
    written_headings: Sequence[str]
    dated: str
    moments: bool
    fields: Collection[str]
    text: str


@dataclass(frozen=True, slots=True)
class KindFound:
    """The kind of a document, how likely it is that one, 0 to 1, and the reason in words."""

    kind: Kind
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that counts for a kind by so many nats of log odds."""

    kind: Kind
    weight: float
    reason: str


# Before any sign is seen a file is rather something else: most folders hold more notes than write-ups.
_PRIORS = {Kind.OTHER: 1.5, Kind.INCIDENT: 0.0, Kind.RUNBOOK: 0.0, Kind.SERVICE: -0.5}


NO_SIGN = "nothing says what it is"
"""The reason given for a document that no sign tells anything of."""

ENOUGH_ALONE = 3.0
"""Weight of a sign beside which no other needs to be named."""


def classify(signs: KindSigns, overrides: Overrides = ()) -> KindFound:
    """Return the kind: set by hand, a template, stated in front matter, else all signs weighed together.

    The first override that fits wins. Each sign adds its weight to the log odds of its kind, and the most
    likely kind is taken (a naive Bayes classifier whose weights are set by hand, so that no organisation's
    habits are learned).
    """
    for kind, pattern in overrides:
        if matches(signs.id, pattern):
            return KindFound(kind, 1.0, f"override: {pattern}")
    stated = _template(signs) or _stated(signs)
    return stated or _weighed(list(_signs(signs)))


def matches(document_id: str, pattern: str) -> bool:
    """Return whether ``pattern``, a glob or the name of a folder or file, takes in ``document_id``."""
    pattern = pattern.removesuffix("/").removesuffix(".md")
    return fnmatchcase(document_id, pattern) or fnmatchcase(document_id, f"{pattern}/*")


def _weighed(signs: Sequence[_Sign]) -> KindFound:
    odds = dict(_PRIORS)
    for sign in signs:
        odds[sign.kind] += sign.weight
    total = sum(map(math.exp, odds.values()))
    best = max(odds, key=lambda kind: odds[kind])
    telling = sorted((sign for sign in signs if sign.kind is best), key=lambda sign: -sign.weight)
    told = telling[: 1 if telling and telling[0].weight >= ENOUGH_ALONE else 2]
    reason = ", ".join(dict.fromkeys(sign.reason for sign in told)) or NO_SIGN
    return KindFound(best, round(math.exp(odds[best]) / total, 4), reason)


def _template(signs: KindSigns) -> KindFound | None:
    for folder in _folders(signs):
        if folder.casefold().strip("_") in _TEMPLATE_FOLDERS:
            return KindFound(Kind.TEMPLATE, 1.0, f"folder: {folder} holds templates")
    if _TEMPLATE_NAME.fullmatch(_stem(signs)):
        return KindFound(Kind.TEMPLATE, 1.0, "file name: a template")
    return None


def _stated(signs: KindSigns) -> KindFound | None:
    keys = {key.casefold().replace("_", " "): key for key in signs.metadata}
    for name in _KIND_KEYS:
        for value in texts(signs.metadata[keys[name]]) if name in keys else ():
            if kind := _kind_of(value):
                return KindFound(kind, 1.0, f"front matter: {keys[name]} is {value}")
    for tag in signs.tags:
        for part in tag.split("/"):
            kind = _kind_words().get(_word(part), Kind.OTHER)
            if kind is not Kind.OTHER:
                return KindFound(kind, 1.0, f"front matter: tags contains {tag}")
    return None


def _signs(signs: KindSigns) -> Iterator[_Sign]:
    yield from _by_names(signs)
    yield from _by_title(signs)
    yield from _by_days(signs)
    yield from _by_parts(signs)
    yield from _by_wording(signs)


def _by_names(signs: KindSigns) -> Iterator[_Sign]:
    for folder in _folders(signs):
        if kind := _kind_of(folder):
            yield _Sign(kind, 4.5, f"folder: {folder}")
            break
    stem = _stem(signs)
    if stem in _INDEX_NAMES:
        yield _Sign(Kind.OTHER, 3.0, "file name: an index page")
        alerts = sum(_ALERT_NAME.fullmatch(heading) is not None for heading in signs.written_headings)
        if alerts > 1:
            yield _Sign(Kind.RUNBOOK, 2.5, "shape: a section for each alert")
    for kind, word in _kind_in(stem):
        yield _Sign(kind, 1.5 if kind is Kind.OTHER else 2.5, f"file name says {word}")


def _by_title(signs: KindSigns) -> Iterator[_Sign]:
    title = signs.title.casefold()
    for kind, word in _kind_in(title):
        yield _Sign(kind, 1.5 if kind is Kind.OTHER else 3.5, f"title says {word}")
    failure = next((word for word in _failures() if _said(word, title)), None)
    if failure:
        yield _Sign(Kind.INCIDENT, 1.2, f"title says {failure}")
    if _HOW_TO.search(title):
        yield _Sign(Kind.RUNBOOK, 1.5, "title of a guide")
    if _ALERT_NAME.fullmatch(signs.title.strip()):
        yield _Sign(Kind.RUNBOOK, 1.8, "title is the name of an alert")


def _by_days(signs: KindSigns) -> Iterator[_Sign]:
    if signs.dated == "name":
        yield _Sign(Kind.INCIDENT, 1.3, "a day in its name or title")
    elif signs.dated:
        yield _Sign(Kind.INCIDENT, 1.2, "a date")
    elif _MONTH_ONLY.search(f"{_stem(signs)} {signs.title}"):
        yield _Sign(Kind.INCIDENT, 1.0, "a month in its name")
    if signs.moments:
        yield _Sign(Kind.INCIDENT, 2.0, "fields say when it began or ended")
    if "severity" in signs.fields:
        yield _Sign(Kind.INCIDENT, 1.0, "a severity")
    if "duration_minutes" in signs.fields:
        yield _Sign(Kind.INCIDENT, 1.5, "a duration")
    if len(_CLOCK.findall(signs.text[:READ_CHARS])) > 2:
        yield _Sign(Kind.INCIDENT, 1.0, "times of the day")


_PART_WEIGHTS = {
    Role.TIMELINE: 1.5,
    Role.IMPACT: 1.0,
    Role.CAUSE: 0.7,
    Role.LESSONS: 1.2,
    Role.DETECTION: 0.8,
}


def _by_parts(signs: KindSigns) -> Iterator[_Sign]:
    roles = set(signs.roles)
    for role, weight in _PART_WEIGHTS.items():
        if role in roles:
            yield _Sign(Kind.INCIDENT, weight, f"a part on {_PART_NAMES.get(role, role.value)}")
    if roles & {Role.RESOLUTION, Role.ACTIONS, Role.SYMPTOM, Role.SUMMARY}:
        yield _Sign(Kind.INCIDENT, 0.6, "parts of a write-up")
        yield _Sign(Kind.RUNBOOK, 0.6, "parts of a runbook")
    if Role.DIAGNOSIS in roles and Role.TIMELINE not in roles:
        yield _Sign(Kind.RUNBOOK, 1.6 if Role.RESOLUTION in roles else 1.0, "parts on diagnosis")
    if "meaning" in signs.headings:
        yield _Sign(Kind.RUNBOOK, 2.0, "a part on the meaning of an alert")
    named = sorted(_SERVICE_HEADINGS.intersection(signs.headings))
    if named:
        yield _Sign(Kind.SERVICE, 2.5, f"a part on {named[0]}")


_PART_NAMES = {Role.CAUSE: "the cause", Role.LESSONS: "lessons", Role.TIMELINE: "the timeline"}


def _by_wording(signs: KindSigns) -> Iterator[_Sign]:
    """Weigh what the text tells of the past against what it tells to do."""
    text = signs.text[:READ_CHARS]
    past, orders = len(_PAST.findall(text)), len(_ORDER.findall(text))
    balance = math.log((past + 2) / (3 * orders + 2))
    if past + orders >= 3 and abs(balance) > 0.5:
        kind = Kind.INCIDENT if balance > 0 else Kind.RUNBOOK
        reason = "tells what happened" if balance > 0 else "tells what to do"
        yield _Sign(kind, min(abs(balance), 2.0) * 0.9, reason)
    if len(_COMMANDS.findall(text)) > 1 and past <= orders:
        yield _Sign(Kind.RUNBOOK, 0.8, "commands")


@cache
def _failures() -> tuple[str, ...]:
    return tuple(word.casefold() for language in languages() for word in language.failure)


def _said(word: str, text: str) -> bool:
    """Return whether ``text`` says ``word``: between other words, or anywhere where a script has no gaps."""
    if not word.isascii() and not any(map(_has_case, word)):
        return word in text
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        at = text.find(word, at + 1)
    return False


def _has_case(character: str) -> bool:
    return character.lower() != character.upper()


def _kind_in(text: str) -> Iterator[tuple[Kind, str]]:
    """Give the kind that words of ``text`` name, and the longest such name; write-ups before other notes."""
    text = text.replace("_", " ").replace("-", " ")
    words = _kind_words().items()
    named = ((word.replace("-", " "), kind) for word, kind in words if kind in _TITLED and word not in _VAGUE)
    found = [
        (kind is not Kind.OTHER, len(word), word, kind)
        for word, kind in named
        if _said(word, text) and (kind is not Kind.OTHER or text.startswith(word) or text.endswith(word))
    ]
    if found:
        *_, word, kind = max(found)
        yield kind, word


# What says what a folder holds, and says nothing in a title.
_VAGUE = frozenset({"note", "other", "index", "team", "teams", "people", "person", "moc"})
_TITLED = frozenset({Kind.INCIDENT, Kind.RUNBOOK, Kind.OTHER})


def _kind_of(text: str) -> Kind | None:
    """Return the kind that a name stands for, such as ``Runbooks``, ``01 Incidents`` or ``team-runbooks``."""
    name = _word(text)
    words = _kind_words()
    if name in words:
        return words[name]
    # The last word decides, but "user-service" is the name of a service, not of a folder of notes.
    kind = words.get(name.rpartition("-")[2])
    return kind if kind in {Kind.INCIDENT, Kind.RUNBOOK} else None


def _word(text: str) -> str:
    words = re.sub(r"[\s_.]+", "-", text.strip().casefold()).strip("-")
    return re.sub(r"^[0-9]+-+", "", words)


def _folders(signs: KindSigns) -> Iterator[str]:
    """Yield folder names, nearest to the file first, the source folder's own last."""
    yield from reversed(signs.path.split("/")[:-1])
    yield signs.source


def _stem(signs: KindSigns) -> str:
    return signs.path.rpartition("/")[2].rpartition(".")[0].casefold()
