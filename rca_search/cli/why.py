"""Why a hit came back, in words: what it and the question have in common."""

from __future__ import annotations

from collections.abc import Sequence

from rca_search.cli import matches
from rca_search.cli.safe_text import safe_line
from rca_search.models import IdentifierKind, IncidentHit, Reason, ReasonKind

_MOST_WORDS = 5
_BY_MEANING = "close in meaning, though no telling word is the same"
_HARDLY = "no telling word is the same"

_IDENTIFIERS = {IdentifierKind.ERROR.value: "same error", IdentifierKind.ALERT.value: "same alert"}
_BEGINNINGS = {
    ReasonKind.WORDS: "both say",
    ReasonKind.SERVICE: "same service",
    ReasonKind.NEIGHBOUR: "happened to",
    ReasonKind.TAG: "tagged",
}
_SHARED = {ReasonKind.IDENTIFIER, ReasonKind.WORDS}


def why_line(hit: IncidentHit) -> str:
    """Say what ``hit`` has in common with the question: names, words, services and tags."""
    told = because(hit.evidence.reasons)
    if _SHARED.isdisjoint(reason.kind for reason in hit.evidence.reasons):
        told = "; ".join(filter(None, (words_line(hit.matched_terms), told)))
    return safe_line(told) or (_BY_MEANING if hit.verdict.found else _HARDLY)


def words_line(matched: Sequence[str]) -> str:
    """Say which telling words of ``matched`` both have; "" where there is none."""
    words = matches.telling(matches.whole_words(matched))[:_MOST_WORDS]
    return safe_line(f"both say {listed(words)}") if words else ""


def because(reasons: Sequence[Reason]) -> str:
    """Return the reasons in one sentence, without its full stop; "" where there is none.

    In which part of a write-up something matched is no reason to read it.
    """
    said: dict[str, list[str]] = {}
    for reason in reasons:
        if reason.kind is not ReasonKind.ROLE:
            said.setdefault(_beginning(reason), []).append(_subject(reason))
    return "; ".join(f"{beginning} {listed(subjects)}" for beginning, subjects in said.items())


def listed(names: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def _beginning(reason: Reason) -> str:
    if reason.kind is ReasonKind.IDENTIFIER:
        return _IDENTIFIERS.get(reason.detail, "both name")
    return _BEGINNINGS[reason.kind]


def _subject(reason: Reason) -> str:
    neighbour = reason.kind is ReasonKind.NEIGHBOUR
    return f"{reason.subject}, next to {reason.detail}" if neighbour else reason.subject
