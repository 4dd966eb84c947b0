"""Problems, freshness, search method, days and times as ``--json`` prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rca_search.cli.index_shapes import FreshnessShape, ProblemShape, SearchMethodShape
from rca_search.models import Freshness, Problem
from rca_search.protocols import SearchMethod


def problems(found: Iterable[Problem]) -> list[ProblemShape]:
    """Return problems of files, in the order they come in."""
    return [
        {
            "path": problem.path,
            "line": problem.line,
            "code": problem.code,
            "message": problem.message,
            "remedy": problem.remedy,
            "fatal": problem.fatal,
        }
        for problem in found
    ]


def freshness(found: Freshness) -> FreshnessShape:
    """Return how current the index is."""
    return {
        "published_at": time(found.published_at),
        "checked_at": time(found.checked_at),
        "source_revision": found.source_revision,
        "stale": found.stale,
    }


def search_method(found: SearchMethod) -> SearchMethodShape:
    """Return how vectors are searched."""
    return {"exact": found.exact, "description": found.description, "recall": found.recall}


def day(found: dt.date | None) -> str | None:
    """Return a day as YYYY-MM-DD."""
    return None if found is None else found.isoformat()


def time(moment: dt.datetime | None) -> str | None:
    """Return a moment in UTC, to the second."""
    return None if moment is None else f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
