"""The services that a write-up is about, spelled as in its text, the one that failed first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca_search.facts.cause import find_causes
from rca_search.facts.maintenance import is_planned
from rca_search.facts.statements import Statements
from rca_search.facts.symptom import find_symptoms
from rca_search.facts.timeline import timeline
from rca_search.models import Document, Extract, Role

MAX_SERVICES = 6
MAX_CHARS = 3000

_NOUNS = (
    "clusters?|nodes?|hubs?|prox(?:y|ies)|databases?|db|controllers?|api(?: server)?|gateways?|services?"
    "|servers?|agents?|queues?|brokers?|caches?|ingress(?:es)?"
    "|pods?|load balancers?|instances?|pipelines?|workers?|website|provisioner|dashboard|frontend|backend"
    "|redirector|operator|scheduler|autoscaler|registry|dns|flags"
)
_HOST = re.compile(
    r"(?<![\w.@-])(?<![\w.)/]/)(?:[a-z0-9-]{1,40}\.){1,4}(?:io|com|org|net|gov|uk|cloud|dev|edu|example"
    r"|internal|local)\b(?![/\w@-])",
    re.I,
)
_CODE = re.compile(r"`(?P<name>[A-Za-z][\w.-]{2,50})`")
_HYPHENATED = re.compile(
    r"(?<![\w./:@#`-])(?!(?:re|pre|self|non|multi|cross|post|un|in|on|long|short|well|so|follow"
    r"|end)-)[A-Za-z][a-z0-9]{1,20}(?:-[a-z0-9]{2,20}){1,4}(?![\w/:@-])"
)
_PHRASE = re.compile(
    rf"(?<![\w.-])(?P<name>(?:[A-Z][\w.-]{{1,25}} ){{0,3}}(?:[\w.-]{{2,25}} )?(?P<noun>{_NOUNS}))(?![\w-])"
)
_PROPER = re.compile(r"(?<![\w.`/#@-])(?:[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|[A-Z]{3,}[a-z0-9]*)(?![\w/-])")
_CAPITALISED = re.compile(r"(?<![\w.`/#@-])[A-Z][a-z]{3,}(?![\w/-])")

# Words of these kinds are capitalised or hyphenated in write-ups without naming a service.
_NO_NAME = frozenset(
    """
    the this that these those when while after before during from with some several many most all our
    users user incident incidents summary timeline upon however monday tuesday wednesday thursday friday
    saturday sunday january february march april june july august september october november december
    utc cet pst gmt issue issues report reports investigation problem error errors http https failed
    status draft closed duration impact owner review process time title resolved started team engineer
    engineers community students customers multiple service services outage retrospective post-mortem
    postmortem slack github google-docs we-ve in-place follow-up up-to-date long-term short-term
    re-deployed pre-production post-mortems real-time on-call end-users read-only user-facing
    self-healed due there they then what which where every each since until because between within
    without another first second third last high low new old number following description overview
    background context identified resolution cause also only into over under about large small more been
    being have will would should could bug bugs bugzilla todo fixme none update updates message initial
    final open api url json yaml html ram cpu oom tls ssl dns ssh vpn pdf csv sql ceo cto sre faq
    internal external severity priority may jan feb mar apr jun jul aug sep oct nov dec everything
    everybody ami utc am pm owner google center platform cloud please project all-services
    changes custom planned unplanned failure failures caused cannot unable not-ready down slow broken
    sev1 sev2 sev3 http-error edit note
    pdt edt est mst mdt cst cdt bst cest eet eest msk ist jst aest aedt acst nzst nzdt hkt sgt wib
    yes additionally therefore luckily often finally meanwhile unfortunately furthermore afterwards later
    eventually suddenly false true unknown none various people person customer end-user readme markdown faqs
    """.split()  # noqa: SIM905
)
_LEADING = re.compile(
    r"^(?:(?:the|a|an|our|all|some|any|one|two|of|in|on|to|for|and|with|that|this|these|new|old|many"
    r"|several|most|each|every|more|user|users?|their|its|other|running|was|were|is|are|when|as|by|from|at"
    r"|or|single|which|bad|main|both|due|own|same|no|affected|failed|failing|broken|wrong) )+",
    re.I,
)
_KNOWN = re.compile(
    r"(?<![\w.-])(?:kubernetes|postgres(?:ql)?|redis|kafka|rabbitmq|elasticsearch|opensearch|nginx|traefik"
    r"|prometheus|grafana|jenkins|concourse|vault|consul|cert-manager|external-dns"
    r"|kiam|coredns|istio|envoy|haproxy|mysql|mongodb|cassandra|dask(?:-gateway| scheduler)?|jupyterhub"
    r"|rds|eks|aks|gke|ec2|s3|azure|aws|gcp|cloudflare|fastly|pagerduty|okta|ldap"
    r"|jira|artifactory|circleci|dockerhub|docker hub|npm|auth0|sentry|datadog|fluentd?|fluent-bit|kibana"
    r"|repo2docker|fluxcd?|argocd|terraform|docker|memcached|etcd|vpc|sqs|sns|lambda|dynamodb)(?![\w-])",
    re.I,
)
_PROVIDER = frozenset(
    """
    aws azure gcp terraform docker pagerduty helm kubernetes github jenkins google s3 ec2
    """.split()  # noqa: SIM905
)
# Where people talk and raise alerts: named in many write-ups, seldom what failed.
_TALKING = frozenset(
    """
    slack freshdesk piazza gitter matrix pagerduty zendesk statuspage opsgenie zoom teams e-mail email
    bugzilla stackdriver stackoverflow discord irc pingdom
    """.split()  # noqa: SIM905
)
_GENERIC = frozenset(
    """
    node nodes pod pods cluster clusters server servers hub hubs instance instances worker workers agent
    agents service services api db
    """.split()  # noqa: SIM905
)
_NAMED = re.compile(r"(?<![\w.`/#@-])[A-Z][A-Za-z0-9]+(?: [A-Z][A-Za-z0-9]+){1,3}(?![\w/-])")
_SERVICE_ENDING = re.compile(
    r"-(?:api|service|server|web|worker|workers|manager|provisioner|controller|agent|proxy|gateway|redirect"
    r"|redirector|client|operator|test|job|prod|db|cache|queue|ingress|scheduler|exporter)$|[0-9]"
)
_WEIGHTS = (
    (_KNOWN, 1.6),
    (_HOST, 1.5),
    (_CODE, 1.2),
    (_NAMED, 1.0),
    (_HYPHENATED, 1.0),
    (_PHRASE, 0.9),
    (_PROPER, 0.8),
    (_CAPITALISED, 0.5),
)


@dataclass(slots=True)
class _Score:
    name: str
    total: float = 0.0
    first: int = 0


def services_named(document: Document) -> tuple[str, ...]:
    """Return what ``find_services`` finds in a document of which nothing has been read yet."""
    statements = Statements(document)
    planned = is_planned(statements, timeline(statements))
    symptoms = find_symptoms(statements, planned=planned)
    return find_services(statements, symptoms, find_causes(statements, planned=planned))


def find_services(
    statements: Statements,
    symptoms: Sequence[Extract],
    causes: Sequence[Extract],
    people: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the names of services in the title, the symptoms and the causes, weighed by place and form.

    Names of ``people`` are none, and nothing is better than a wrong word. Services of the front matter come
    first where the text names them, for they were chosen by hand.
    """
    document = statements.document
    found: dict[str, _Score] = {}
    body = document.text[:200_000].casefold()
    for text, weight in _places(document, statements, symptoms, causes):
        for name, form in _names(text[:MAX_CHARS]):
            score = found.setdefault(name.casefold(), _Score(name, first=len(found)))
            score.total += weight * form
    for place, name in enumerate(document.services):
        if _named_in_body(name, document, body):
            score = found.setdefault(name.casefold(), _Score(name, first=len(found)))
            score.total += (
                4.0 if name.casefold() in document.title.casefold() else 3.0 if "." in name else 1.0
            ) / (1 + 0.1 * place)
    for name in (*document.authors, *people):
        found.pop(name.casefold(), None)
    ranked = sorted(found.values(), key=lambda score: (-score.total, score.first))
    return tuple(score.name for score in _unnested(ranked))[:MAX_SERVICES]


def _places(
    document: Document, statements: Statements, symptoms: Sequence[Extract], causes: Sequence[Extract]
) -> Iterator[tuple[str, float]]:
    yield document.title, 2.5
    for extracts, weight in ((symptoms, 1.5), (causes, 1.0)):
        for extract in extracts[:2]:
            yield extract.text, weight
    for statement in statements.with_role(Role.SUMMARY)[:3]:
        yield statement.text, 1.2
    for statement in statements.with_role(Role.TIMELINE, Role.RESOLUTION)[:16]:
        yield statement.text, 0.25


def _names(text: str) -> Iterator[tuple[str, float]]:
    """Give each name once with the weight of its most telling form."""
    seen: dict[str, tuple[str, float]] = defaultdict(lambda: ("", 0.0))
    for pattern, weight in _WEIGHTS:
        for match in pattern.finditer(text):
            name = (match.groupdict().get("name") or match[0]).strip(" .`-")
            name = _LEADING.sub("", name)
            key = name.casefold()
            shouted = " " in name and name.isupper()
            if len(name) < 3 or shouted or key in _NO_NAME or _is_plain(key, pattern is _PHRASE):
                continue
            if pattern in _NEEDS_USE and not _used_as_name(text, match, pattern is _NAMED):
                continue
            own = _weight(key, weight)
            if own > seen[key][1]:
                seen[key] = (seen[key][0] or name, own)
    yield from seen.values()


_NEEDS_USE = frozenset({_CAPITALISED, _NAMED})
"""Forms that any word takes at the beginning of a sentence, and people's names anywhere."""

_OPENS = re.compile(r"(?:^|[.!?:;|>)\]\n\u2022\u00b7]|(?:^|\n)\s*(?:[-*+#]+|[0-9]{1,3}[.)]))[\s*_\"'(\[]*$")
_NOUN = re.compile(
    rf"(?:{_NOUNS}|hub|cloud|mail|store|server|api|platform|bot|site|engine|manager|db|sql)$", re.I
)


def _used_as_name(text: str, match: re.Match[str], several: bool) -> bool:
    """Return whether a capitalised word stands where only a name is capitalised, and is no person's.

    Of several words one at least must be that of a product, or the last a kind of service.
    """
    before = text[max(0, match.start() - 40) : match.start()]
    if _OPENS.search(before):
        return False
    words = match[0].split()
    if not several and _opens_with_a_person(before) and not _KNOWN.fullmatch(words[0]):
        return False
    return not several or _NOUN.search(words[-1]) is not None or any(map(_KNOWN.fullmatch, words))


_FIRST_NAME = re.compile(
    r"(?<!\w)(?!(?:The|An|Our|Their|This|That|These|Those|All|Some|Both|Each|Every|No|When|While|After|Before|Since"
    r"|As|If|In|On|At|By|For|From|With|Then|Only|Because|But|And|Or|Also|Any|Another|Most|Many|Several) $)"
    r"[A-Z][a-z]{1,15} $"
)


def _opens_with_a_person(before: str) -> bool:
    """Return whether a sentence begins with one more capitalised word: "Ana Lind" is more often a person."""
    name = _FIRST_NAME.search(before)
    return name is not None and _OPENS.search(before[: name.start()]) is not None


def _weight(key: str, weight: float) -> float:
    if key in _GENERIC:
        return 0.4
    if key in _TALKING:
        return 0.2
    if key in _PROVIDER:
        return 0.8
    return weight + 0.4 * bool(_SERVICE_ENDING.search(key) and "-" in key)


def _is_plain(key: str, phrase: bool) -> bool:
    """Return whether a phrase is a bare common noun, which names a kind of thing and no service."""
    return phrase and (
        key.split()[0] in _NO_NAME
        or (" " not in key and key in {"service", "services", "instance", "instances", "pod", "pods"})
    )


def _named_in_body(name: str, document: Document, body: str) -> bool:
    """Return whether the text, front matter aside, has ``name``."""
    start = document.sections[0].first_line - 1 if document.sections else 0
    offset = sum(len(line) + 1 for line in document.text.split("\n")[:start]) if start else 0
    return body.find(name.casefold(), offset) >= 0


def _unnested(ranked: Sequence[_Score]) -> Iterator[_Score]:
    """Give names that hold no better one: "Kubernetes" before it leaves out "Kubernetes nodes" behind it."""
    kept: list[str] = []
    for score in ranked:
        key = score.name.casefold()
        if not any(key in other or other in key for other in kept):
            kept.append(key)
            yield score
