"""Kinds set by hand: ``KIND=GLOB`` over document ids."""

from __future__ import annotations

from rca_search.errors import InvalidRequestError
from rca_search.models import Kind


def parse_override(text: str) -> tuple[Kind, str]:
    """Read one ``KIND=GLOB``; raises InvalidRequestError that names the kinds there are."""
    kind, separator, pattern = text.partition("=")
    try:
        parsed = Kind(kind.strip().casefold())
    except ValueError:
        parsed = None
    if parsed is None or not separator or not pattern.strip():
        raise InvalidRequestError(
            f"{text!r} sets no kind.",
            remedy=f"Write KIND=GLOB, such as incident=postmortems/*; kinds are {', '.join(Kind)}.",
        )
    return parsed, pattern.strip()
