"""The names that sections go by in real post-mortems and runbooks.

Collected by counting the headings of public post-mortem and runbook repositories and of the widely
copied templates; all in lower case, divided by commas.
"""

from __future__ import annotations

from collections.abc import Mapping

from rca_search.models import Role


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
