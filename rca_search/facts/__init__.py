"""What a write-up says of its incident: pure functions from a document to facts with their lines."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.facts.actions import find_actions
from rca_search.facts.attempts import apart, find_attempts, find_deeds
from rca_search.facts.cause import find_causes
from rca_search.facts.duration import find_duration
from rca_search.facts.maintenance import is_planned
from rca_search.facts.resolution import find_resolution, find_resolvers
from rca_search.facts.stated import stated_facts
from rca_search.facts.statements import Statements
from rca_search.facts.symptom import find_symptoms
from rca_search.facts.timeline import timeline
from rca_search.models import Document, Extract, IncidentFacts

__all__ = ["read_facts"]


def read_facts(document: Document) -> IncidentFacts:
    """Read what ``document`` says: what fixed it, what did not, why, how long, and what is left to do.

    A function of the document alone, linear in its text. Nothing is made up: what the write-up does not
    say is left empty.
    """
    statements = Statements(document)
    events = timeline(statements)
    planned = is_planned(statements, events)
    resolution, attempts = apart(
        find_resolution(statements, events, planned=planned), find_attempts(statements, events)
    )
    stated = stated_facts(document)
    resolution = (*stated["resolution"], *resolution)
    causes = (*stated["cause"], *find_causes(statements, planned=planned))
    symptoms = (*stated["symptom"], *stated["impact"], *find_symptoms(statements, planned=planned))
    actions = find_actions(statements, planned=planned)
    resolvers = find_resolvers(document)
    return IncidentFacts(
        resolution=resolution,
        attempts=attempts,
        causes=causes,
        symptoms=symptoms,
        duration=find_duration(statements, events, planned=planned),
        actions=actions,
        services=document.services
        or _named(statements, symptoms, causes, [*resolvers, *(item.owner or "" for item in actions)]),
        resolved_by=resolvers,
        planned=planned,
        deeds=find_deeds(resolution),
    )


def _named(
    statements: Statements, symptoms: Sequence[Extract], causes: Sequence[Extract], people: Sequence[str]
) -> tuple[str, ...]:
    # Most files list their services: only the others wait for these patterns.
    from rca_search.facts.services import find_services

    return find_services(statements, symptoms, causes, people)
