"""Questions that say too little to judge by, whatever is on record: single words, numbers, blank forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rca_search.lexical.tokens import identifiers, tokenize
from rca_search.sources.keys import SYNONYMS
from rca_search.sources.roles import ROLE_NAMES

LEAST_TERMS = 2
"""Telling terms below which a question without any name made by a machine is too thin."""

_SEPARATORS = re.compile(r"[\W_]+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>\n]{1,60}>", re.DOTALL)
_FORM_WORDS = frozenset(
    tokenize(
        "action actions author authors describe draft due example fill form hh id incident incidents issue "
        "item items mm n/a name none number optional owner participants please placeholder post-mortem here "
        "postmortem problem rca report required ss status tba tbc tbd template text ticket time timeline "
        "title todo unknown utc where yyyy dd got lucky well went wrong references learned lessons root "
        "cause"
    )
)


def _folded(text: str) -> str:
    return _SEPARATORS.sub(" ", text.casefold()).strip()


_FORM_LINES = frozenset(
    _folded(name) for names in (*ROLE_NAMES.values(), *SYNONYMS.values()) for name in names
)


def missing_parts(text: str, *, names_service: bool) -> tuple[str, ...]:
    """Return what to add to ``text`` to make it a question that can be judged; empty where it is one.

    Headings, field names and placeholders of forms say nothing; neither do numbers alone.
    """
    if _can_be_judged(_COMMENT.sub(" ", text)):
        return ()
    parts = ["the exact error line, error code or name of the alert", "what users or the monitoring see"]
    return tuple(parts if names_service else [*parts, "the service or the host"])


def _can_be_judged(text: str) -> bool:
    """Return whether there is a name made by a machine, or enough terms and a word among them.

    Line by line, because the first ones of most questions settle it.
    """
    said: set[str] = set()
    for line in text.split("\n"):
        terms = tokenize(line)
        if _is_form(line, terms):
            continue
        said.update(terms)
        told = len(said) >= LEAST_TERMS and any(any(map(str.isalpha, term)) for term in said)
        if told or identifiers(line):
            return True
    return False


def _is_form(line: str, terms: Sequence[str]) -> bool:
    """Return whether a line, of these terms, is a heading, a field name without a value, or a placeholder."""
    return _folded(line) in _FORM_LINES or all(term in _FORM_WORDS for term in terms)
