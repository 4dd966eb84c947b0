"""Heading text -> what its section tells, from the many names that real write-ups use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rca_search.models import Role
from rca_search.sources.keys import field_of


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(","))


ROLE_NAMES: Mapping[Role, tuple[str, ...]] = {
    Role.SUMMARY: _names(
        """
        summary, executive summary, incident summary, issue summary, overview, incident overview, tl;dr,
        tldr, tl dr, abstract, synopsis, description, incident description, introduction, intro,
        background, context, meaning, purpose, about, about this alert, alert description, what
        happened, what happened here, in short, at a glance, the incident, incident, the story, what
        does this alert mean, what this alert means, incident details, details, high level summary,
        leadup, lead up, goal, objective
        """
    ),
    Role.SYMPTOM: _names(
        """
        symptom, symptoms, signs, observations, observed behavior, observed behaviour, observed
        symptoms, what we saw, what users saw, what customers saw, what you see, what you will see,
        problem, the problem, problem description, problem statement, problem summary, issue, the issue,
        issue description, error, errors, error message, error messages, alert, alerts, alarm, fault,
        failure, identified, initial message, initial report, initial, open issue, opening, open,
        opening incident, report, when to use, when to use this runbook, when does this happen
        """
    ),
    Role.IMPACT: _names(
        """
        impact, impacts, incident impact, customer impact, user impact, business impact, service impact,
        impact summary,
        impact analysis, impact assessment, impact on users, impact on customers, user facing impact,
        affected, affected services, affected service, affected systems, affected users, affected
        customers, affected components, affected states, services affected, systems affected, who was
        affected, what was affected, who is affected, effects, effect, consequences, ramifications,
        fallout, blast radius, damage, scope, scope of impact, severity, extent, data loss, data
        integrity, financial impact, technical impact, external impact, internal impact
        """
    ),
    Role.DETECTION: _names(
        """
        detection, how was it detected, how was this detected, how was the incident detected, how
        detected, how we found out, how did we find out, how we noticed, how did we notice, how we
        detected it, discovery, alerting, detection and alerting, incident detection, time to detection,
        time to detect
        """
    ),
    Role.TIMELINE: _names(
        """
        timeline, time line, incident timeline, timeline of events, timeline of the incident, event
        timeline, detailed timeline, full timeline, chronology, chronicle, chronology of events,
        sequence of events, order of events, events, key events, event log, incident log, history,
        course of events, running notes, log of events, update, updates, updated, status updates,
        progress
        """
    ),
    Role.CAUSE: _names(
        """
        root cause, root causes, cause, causes, the cause, the causes, root cause analysis, rca, root
        cause analysis rca, analysis, incident analysis, technical analysis, failure analysis,
        contributing factor, contributing factors, contributing causes, contributing conditions,
        contributing cause, proximate cause, direct cause, underlying cause, underlying causes,
        underlying issue, the underlying issue, immediate cause, probable cause, probable causes,
        possible cause, possible causes, potential cause, potential causes, likely cause, likely causes,
        common causes, typical causes, trigger, triggers, what went wrong, what broke, what failed, what
        caused it, what caused this, what caused the incident, why, why did it happen, why it happened,
        why did this happen, why this happened, why it failed, why did it fail, why it could happen, how
        did it happen, how did this happen, how could this happen, 5 whys, five whys, the 5 whys, the
        five whys, 5 why analysis, reason, reasons, explanation, findings, technical details, technical
        explanation, technical problem, the technical problem, the bug, bug, fault analysis, failure
        mode, failure modes, cause of the incident, cause of incident, cause of the problem, primary
        issue, secondary issue, faults, defects
        """
    ),
    Role.RESOLUTION: _names(
        """
        resolution, resolutions, incident resolution, resolution steps, steps to resolve, how to
        resolve, how to fix, how to fix it, how we fixed it, how did we fix it, how it was fixed, how
        was it fixed, how was it resolved, how we resolved it, how did we resolve it, how we solved it,
        what fixed it, what helped, what solved it, way out, the way out,
        the fix, fix, fixes, fixing, quick fix, immediate fix, short term fix, temporary
        fix, permanent fix, solution, solutions, the solution, mitigation, mitigations, mitigating,
        mitigation steps, how to mitigate, remediation, remediations, remediation steps, remedy, repair,
        recovery, recovery steps, recovery procedure, restoration, service restoration, rollback,
        workaround, workarounds, steps, steps to take, procedure, procedures, instructions, recommended
        action, recommended actions, suggested actions, immediate action, immediate actions, actions
        taken, action taken, steps taken, measures taken, what we did, what did we do, what was done,
        response, our response, incident response, response actions, response and recovery, what should
        you do, what to do, how to respond, disaster and recovery, disaster recovery, final message,
        final, final update, close, close issue, closed, closing, closing message, closing incident,
        closing maintenance, outcome, result, resolved, resolution summary, mitigation actions,
        immediate response, emergency procedure, containment
        """
    ),
    Role.DIAGNOSIS: _names(
        """
        diagnosis, diagnose, diagnosing, diagnostics, diagnostic steps, how to diagnose, investigation,
        initial investigation, how to investigate, investigating, investigation steps, troubleshooting,
        troubleshoot, troubleshooting steps, how to troubleshoot, debugging, debug, how to debug,
        triage, initial triage, checks, check, what to check, things to check, initial checks, first
        checks, cli checks, verify, how to verify, how to confirm, confirm, analysis steps, promql
        queries, queries, root cause identification
        """
    ),
    Role.LESSONS: _names(
        """
        lessons, lesson, lessons learned, lessons learnt, lesson learned, lessons learned and
        improvements, learnings, learning, key learnings, key takeaways, takeaways, what we learned,
        what did we learn, what have we learned, what went well, what worked, what worked well, things
        that went well, what went poorly, what went badly, what didn't go well, what didn't go so well,
        what did not go well, what didn't work, what could have gone better, what could be improved,
        what could be better, what can be improved, what can we improve, things that went wrong, things
        that went poorly, where we got lucky, where did we get lucky, where were we lucky, how we got
        lucky, luck, reflections, reflection, retrospective, insights, conclusion, conclusions,
        discussion, after action report, post incident review, review, evaluation, positives, negatives,
        the good, the bad, good, bad
        """
    ),
    Role.ACTIONS: _names(
        """
        action items, action item, actions, action, action plan, follow up, follow ups, followup,
        followups, follow up actions, follow up items, follow up tasks, follow up improvements, next
        steps, next actions, next step, todo, todos, to do, to dos, tasks, task list, tickets, work
        items, remaining work, future work, review actions, actions following review, agreed actions,
        improvements, improvement, planned improvements, recommendations, recommendation, prevention,
        preventive measures, preventative measures, preventive actions, preventative actions, preventing
        recurrence, prevention of recurrence, corrective actions, corrective action, corrective
        measures, corrective and preventive actions, corrective and preventative measures, corrective
        and preventive measures, planned actions, long term fix, long term fixes, long term solution,
        long term solutions, technical improvements, process improvements, documentation improvements,
        moving forward, going forward, what happens next, what's next, how do we prevent this, how will
        we prevent this, how do we prevent it from happening again, how are we preventing it from
        happening again, what are we doing to prevent this, what are we doing about it, what we are
        doing about it, countermeasures, remediation items, remediation plan, questions for follow up
        """
    ),
    Role.RELATED: _names(
        """
        related, related incidents, related incident, related documents, related docs, related issues,
        related issues / prs, related issues/prs, related alerts, related runbooks, related links,
        related articles, similar incidents, previous incidents, past incidents, see also, references,
        reference, links, useful links, further reading, further information, more information,
        additional resources, additional information, resources, supporting documents, supporting
        information, bibliography, recurrence, backlog check
        """
    ),
}

# Names of parts that tell nothing about the failure itself: they end the role of the part before.
OTHER_NAMES = _names(
    """
    attendees, atendees, participants, people, people involved, responders, thanks, acknowledgements,
    acknowledgments, credits, stats, statistics, metrics, contacts, contact, owner, owners, authors,
    glossary, definitions, appendix, changelog, revision history, structure, architecture,
    configuration, dependencies, api endpoints, endpoints, deployment, metadata, tags, communication,
    communications, sign off, approvals, hub information, escalation, support
    """
)

# Phrases that tell a role inside a longer heading; the leftmost one decides, of two there the longer.
PHRASES: Mapping[Role, tuple[str, ...]] = {
    Role.CAUSE: (
        r"root causes?",
        r"contributing (?:factor|cause)s?",
        r"why (?:did|was|were|it|this|we|the)",
        r"what caused",
        r"five whys",
        r"5 whys",
        r"(?:what|things?) (?:went|was|were) wrong",
        r"(?:possible|potential|probable|likely|common|underlying) (?:root )?causes?",
        r"causes? of",
        r"cause analysis",
    ),
    Role.RESOLUTION: (
        r"how (?:it|we|was it|was this|this was|did we) (?:fix|resolve|solve|mitigate)\w*",
        r"resolution",
        r"workarounds?",
        r"mitigations?",
        r"remediation",
        r"how to (?:fix|resolve|mitigate|recover|solve)",
        r"restor\w+ service",
        r"recovery",
        r"corrective steps",
        r"fix (?:for|applied|deployed)",
        r"make changes to solve",
    ),
    Role.TIMELINE: (
        r"timeline",
        r"chronology",
        r"sequence of events",
        r"initial message at",
        r"update at",
    ),
    Role.ACTIONS: (
        r"action (?:items?|plan)",
        r"follow ups?",
        r"next steps",
        r"planned actions",
        r"to ?dos?",
        r"prevent\w*",
        r"(?:short|medium|long|mid) term (?:improvements?|actions?)",
        r"(?:process|policy|technical|documentation|monitoring) (?:improvements?|actions?)",
        r"improvements?",
        r"code and configuration changes",
        r"capacity planning",
    ),
    Role.LESSONS: (
        r"lessons? (?:learn\w*)",
        r"(?:went|go|gone|worked) (?:so |really |very )?(?:well|poorly|badly|better)",
        r"got lucky",
        r"takeaways?",
        r"post incident review",
        r"after action",
    ),
    Role.IMPACT: (
        r"(?:user|customer|business|service|client) impact",
        r"impact (?:on|of|to|for)",
        r"who (?:was|is) affected",
        r"affected (?:services?|systems?|users?|customers?|components?)",
    ),
    Role.SYMPTOM: (
        r"symptoms?",
        r"error messages?",
        r"what (?:users|customers|we) (?:saw|see|experienced)",
    ),
    Role.DIAGNOSIS: (
        r"troubleshoot\w*",
        r"diagnos\w+",
        r"investigat\w+",
        r"debugging",
        r"triage",
        r"queries used to",
    ),
    Role.DETECTION: (
        r"how (?:did we|we|was it|was this|was the \w+) (?:detect|notice|discover)\w*",
        r"how (?:did we find|we found) out",
    ),
    Role.SUMMARY: (
        r"executive summary",
        r"incident summary",
        r"summary of",
        r"what happened",
    ),
    Role.RELATED: (
        r"related (?:incidents?|documents?|alerts?|issues?|runbooks?)",
        r"see also",
        r"additional resources",
        r"further reading",
    ),
}


MAX_LABEL_CHARS = 60
# A style that anybody may use by chance counts when a section shows this many different parts in it.
_ENOUGH = {"bold": 1, "bracket": 1, "colon": 1, "bullet": 2, "lead": 2, "plain": 3}
# Where real headings already say what a section is, only a line of its own in bold divides it further.
_OPEN_ROLES = frozenset({Role.TITLE, Role.SUMMARY, Role.OTHER})

# Words that status updates put on a line of their own: only marked ones are labels.
_STATE = re.compile(
    r"investigating|identified|resolved|closed?|open|opening|update[sd]?|final|initial|result|outcome"
    r"|errors?|alerts?|issue|check",
    re.I,
)

_TEXT = rf"[^*_\n]{{2,{MAX_LABEL_CHARS}}}?"
_BOLD = rf"(?:\*\*(?P<star>{_TEXT})\*\*|__(?P<bar>{_TEXT})__)"
_STYLES = (
    ("bold", re.compile(rf" {{0,3}}{_BOLD}\s*:?\s*$")),
    ("bullet", re.compile(rf" ?[-*+] {{1,3}}{_BOLD}\s*(?::|$)|[-*+] {{1,3}}\*\*(?P<inner>{_TEXT}):\s*\*\*")),
    ("lead", re.compile(rf"{_BOLD}\s*:|\*\*(?P<inner>{_TEXT}):\s*\*\*(?=\s)")),
    ("bracket", re.compile(rf"\[(?P<star>[^\[\]\n]{{2,{MAX_LABEL_CHARS}}})\]\s*$")),
    ("colon", re.compile(r"(?P<star>[A-Z][A-Za-z' /-]{2,40})\s*:\s*$")),
    ("plain", re.compile(r"(?P<star>[A-Z][A-Za-z' /-]{2,40}\??)\s*$")),
)


@dataclass(frozen=True, slots=True)
class PartLabel:
    """A line that opens a part of a section; the part ends at the next label or heading."""

    text: str
    line: int
    role: Role


@dataclass(frozen=True, slots=True)
class _Found:
    style: str
    text: str
    line: int
    role: Role
    is_field: bool


def find_part_labels(lines: Sequence[str], numbers: Iterable[int], role: Role) -> tuple[PartLabel, ...]:
    """Return the labels among the lines with the given ``numbers``, all of one section with ``role``.

    ``lines`` is the whole file; ``numbers`` leaves out code and HTML. The whole label must be
    a known name of a part (or a date and time in bold): anything else is emphasis.
    """
    found = [item for number in numbers if (item := _label_at(lines, number)) is not None]
    is_open = role in _OPEN_ROLES
    kinds: dict[str, set[str]] = {}
    for item in found:
        if not item.is_field:
            kinds.setdefault(item.style, set()).add(item.text.casefold())
    styles = {style for style, texts in kinds.items() if len(texts) >= _ENOUGH[style]}
    accepted = styles if is_open else styles & {"bold"}
    return tuple(PartLabel(item.text, item.line, item.role) for item in found if item.style in accepted)


def _label_at(lines: Sequence[str], number: int) -> _Found | None:
    line = lines[number - 1]
    if not line or len(line) > 100_000:
        return None
    for style, pattern in _STYLES:
        match = pattern.match(line)
        if match:
            text = next(group for group in match.groupdict().values() if group).strip(" :")
            return _judge(style, text, number, lines)
    return None


def _judge(style: str, text: str, number: int, lines: Sequence[str]) -> _Found | None:
    if style in {"colon", "lead"} and number > 1 and lines[number - 2].strip():
        return None
    if style == "plain" and _STATE.fullmatch(text):
        return None
    role = exact_role(text)
    if role is None and style == "bold" and is_time(text):
        role = Role.TIMELINE
    is_field = style in {"bullet", "lead"} and field_of(text) is not None
    if role is None and not is_field:
        return None
    return _Found(style, text, number, role or Role.OTHER, is_field)


# A heading with more words is a sentence or a title, not the name of a part.
MAX_PART_WORDS = 9

# Which of several roles joined by "and" or "/" the section is kept for.
_PRECEDENCE = (
    Role.RESOLUTION,
    Role.CAUSE,
    Role.SYMPTOM,
    Role.IMPACT,
    Role.DIAGNOSIS,
    Role.ACTIONS,
    Role.LESSONS,
    Role.TIMELINE,
    Role.DETECTION,
    Role.SUMMARY,
    Role.RELATED,
)
# Headings below these stay what their parent is: "Detection" among action items is an action.
_CONTAINERS = frozenset({Role.ACTIONS, Role.LESSONS, Role.RELATED})

_PHRASES = tuple((re.compile(rf"\b(?:{'|'.join(patterns)})\b"), role) for role, patterns in PHRASES.items())
_BRACKETS = re.compile(r"\([^()]*\)|\{[^{}]*\}|[\[\]<>]")
_NUMBER = re.compile(
    r"^(?:(?:step|part|section|phase)\s+[0-9]+\s*[.):\u2013-]*|[0-9]+(?:\.[0-9]+)*\s*[.):\u2013-]"
    r"|[0-9]+\.[0-9]+|[ivx]{1,4}[.)])\s+"
)
_NO_WORD = re.compile(r"[^\w'/&+]+")
_JOINT = re.compile(r"\s*(?:/|&|\+|\band\b)\s*")
_TIME = re.compile(r"(?<![0-9])(?:[0-9]{1,2}|[0-9?x]{2}):[0-9?x]{2}(?![0-9])|\b[0-9]{1,2}\s*[ap]m\b")
_DAY = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?"
    r"|[0-9]{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})"
    r"(?=t?[0-9]{2}:|[\s,:\u2013-]|$)"
)
_AFTER_DAY = re.compile(r"[\s,0-9:\u2013/apmzutc+-]*(?:[a-z]{2,4})?\s*")


def normalised(heading: str) -> str:
    """Return ``heading`` in lower case, without number, remarks in brackets, marks and emoji."""
    text = _BRACKETS.sub(" ", heading.casefold().replace("’", "'"))  # noqa: RUF001
    text = _NUMBER.sub("", text.strip())
    return " ".join(_NO_WORD.sub(" ", text.replace("_", " ")).split())


_EXACT: Mapping[str, Role] = {
    **{normalised(name): role for role, names in ROLE_NAMES.items() for name in names},
    **{normalised(name): Role.OTHER for name in OTHER_NAMES},
}


def exact_role(heading: str) -> Role | None:
    """Return the role that ``heading`` names by itself, None where it is no known name.

    Role.OTHER means a known name of a part that has no role of its own, such as "Attendees".
    """
    text = normalised(heading)
    if text in _EXACT:
        return _EXACT[text]
    parts = [part for part in _JOINT.split(text) if part]
    if len(parts) < 2 or any(part not in _EXACT for part in parts):
        return None
    found = {_EXACT[part] for part in parts}
    return next((role for role in _PRECEDENCE if role in found), Role.OTHER)


def role_of(heading: str) -> Role | None:
    """Return the role of ``heading``: a known name, a point in time, or a telling phrase in a short one."""
    role = exact_role(heading)
    if role is not None:
        return role
    if is_time(heading):
        return Role.TIMELINE
    text = normalised(heading)
    if len(text.split()) > MAX_PART_WORDS:
        return None
    matches = ((pattern.search(text), role) for pattern, role in _PHRASES)
    hits = [(match.start(), -len(match.group()), role) for match, role in matches if match]
    return min(hits)[2] if hits else None


def inherited_role(heading: str, parent: Role | None) -> Role:
    """Return the role of a section below one with the role ``parent`` (None at the top)."""
    if parent in _CONTAINERS:
        return Role.ACTIONS if parent is Role.LESSONS and role_of(heading) is Role.ACTIONS else parent
    role = role_of(heading)
    if role is not None:
        return role
    return parent if parent not in {None, Role.TITLE} else Role.OTHER


def is_time(heading: str) -> bool:
    """Return whether ``heading`` is a point in time: ``14:05``, ``2025-03-05 10:00 UTC``, ``May 12``."""
    text = heading.casefold().strip(" []*")
    if len(text.split()) > 7:
        return False
    day = _DAY.match(text)
    if day:
        return bool(_AFTER_DAY.fullmatch(text, day.end())) or bool(_TIME.search(text))
    return bool(_TIME.match(text))
