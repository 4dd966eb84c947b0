"""Which field a key means, in front matter and in headers written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rca_search.text.language import languages

# The fields that a document has; what else language files name are moments and facts.
FIELDS = (
    "title", "date", "severity", "services", "tags", "status", "duration", "authors", "aliases", "id"
)  # fmt: skip


def _all_names(field: str) -> tuple[str, ...]:
    return tuple(name.casefold() for language in languages() for name in language.fields.get(field, ()))


SYNONYMS: Mapping[str, tuple[str, ...]] = {field: _all_names(field) for field in FIELDS}
"""Names that real files use for a field; of several in a file the first named here is taken."""

MAX_KEY_CHARS = 40
_FIELD_OF: dict[str, str] = {}
for _field, _names in SYNONYMS.items():
    for _name in _names:
        _FIELD_OF.setdefault(_name, _field)


def _ranks(field: str) -> dict[str, int]:
    """Return how telling each name of a field is, 0 the most, by its place in its own language."""
    ranks: dict[str, int] = {}
    for language in languages():
        for rank, name in enumerate(language.fields.get(field, ())):
            ranks[name.casefold()] = min(rank, ranks.get(name.casefold(), rank))
    return ranks


_RANK = {name: rank for field in reversed(FIELDS) for name, rank in _ranks(field).items()}
_MOMENTS = {field: _ranks(field) for field in ("start", "end")}
_TOLD = {name: field for field in ("resolution", "impact", "symptom", "cause") for name in _all_names(field)}
# Fields of exports that say nothing of the failure.
_PLAIN_FIELDS = frozenset(
    """
    type incident_type reporter reported_by closed_at closed created_at created updated_at updated roles
    channel slack_channel url link links ticket environment region participants attendees responders
    """.split()  # noqa: SIM905
)
_PARENTHESIS = re.compile(r"\([^()]*\)")
_SEPARATORS = re.compile(r"[\s_\-.]+")


def plain_key(key: str) -> str:
    """Return ``key`` in lower case, words divided by single blanks, remarks in parentheses left out."""
    if len(key) > MAX_KEY_CHARS:
        return ""
    return _SEPARATORS.sub(" ", _PARENTHESIS.sub("", key)).strip(" :?").casefold()


def field_of(key: str) -> str | None:
    """Return the field that ``key`` means, or None where it is none of ours."""
    return _FIELD_OF.get(plain_key(key))


def best_keys(keys: Iterable[str]) -> dict[str, str]:
    """Return for each field the key of ``keys`` that names it best; of equals the first."""
    best: dict[str, str] = {}
    for key in keys:
        field = field_of(key)
        if field is None:
            continue
        if field not in best or _RANK[plain_key(key)] < _RANK[plain_key(best[field])]:
            best[field] = key
    return best


def best_moment(keys: Iterable[str], which: str) -> str | None:
    """Return the key that best names when it started (``which`` is "start") or ended ("end")."""
    ranks = _MOMENTS[which]
    named = [key for key in keys if plain_key(key) in ranks]
    return min(named, key=lambda key: ranks[plain_key(key)], default=None)


def is_moment(key: str) -> bool:
    """Return whether ``key`` names when something started or ended."""
    name = plain_key(key)
    return any(name in ranks for ranks in _MOMENTS.values())


def told_by(key: str) -> str | None:
    """Return which fact the field ``key`` states: cause, resolution, symptom or impact; None for none."""
    return _TOLD.get(plain_key(key))


def is_field(key: str) -> bool:
    """Return whether ``key`` names a field of a header, whatever it is used for."""
    name = plain_key(key)
    return name in _FIELD_OF or is_moment(key) or name.replace(" ", "_") in _PLAIN_FIELDS
