"""A question as ``--json`` prints it."""

from __future__ import annotations

from rca_search.cli.index_json import day
from rca_search.cli.question import Asked
from rca_search.cli.question_shapes import FilterShape, QueryShape, UnderstoodShape
from rca_search.models import Filter, Query, SearchResult, Understood


def query(result: SearchResult, asked: Asked) -> QueryShape:
    """Return what was asked and how it was narrowed."""
    return asked_for(result.query, asked)


def asked_for(asking: Query, asked: Asked) -> QueryShape:
    """Return a question as it was put and narrowed."""
    return {
        "source": asked.source,
        "text": asking.text,
        "incident": asked.incident,
        "limit": asking.limit,
        "as_of": day(asking.as_of),
        "exclude": list(asking.exclude),
        "elapsed_minutes": asking.elapsed_minutes,
        "about": list(asking.about),
        "precision": asking.precision,
        "filter": filter_shape(asking.filter),
    }


def understood(found: Understood) -> UnderstoodShape:
    """Return what was made of the text."""
    return {
        "forms": [form.value for form in found.forms],
        "text": found.text,
        "names": list(found.names),
        "abridged": found.abridged,
    }


def filter_shape(wanted: Filter) -> FilterShape:
    """Return what narrowed the answer."""
    return {
        "services": list(wanted.services),
        "severities": list(wanted.severities),
        "tags": list(wanted.tags),
        "since": day(wanted.since),
        "until": day(wanted.until),
    }
