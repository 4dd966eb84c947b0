"""Facts that the front matter states outright: root_cause, resolution, symptom, impact."""

from __future__ import annotations

from collections.abc import Mapping

from rca_search.models import Document, Extract
from rca_search.sources.keys import told_by
from rca_search.sources.values import texts

FACTS = ("cause", "resolution", "symptom", "impact")
LONGEST = 2000
"""Characters of a value that are taken."""


def stated_facts(document: Document) -> Mapping[str, tuple[Extract, ...]]:
    """Return what fields of the front matter say, by fact, each with the line of its key."""
    found: dict[str, tuple[Extract, ...]] = dict.fromkeys(FACTS, ())
    for key, value in document.metadata.items():
        fact = told_by(key)
        said = "; ".join(texts(value) if isinstance(value, list | tuple) else [str(value).strip()])[:LONGEST]
        if fact in found and said and isinstance(value, str | list | tuple):
            line = _line_of(document, key)
            found[fact] = (*found[fact], Extract(line, line, said, "field"))
    return found


def _line_of(document: Document, key: str) -> int:
    """Return the line of a key in the front matter, 1 where it is not to be found."""
    first = document.sections[0].first_line if document.sections else 0
    lines = document.text.split("\n")[: first or None]
    return next((n for n, line in enumerate(lines, 1) if line.lstrip(" \t\"'").startswith(key)), 1)
