"""What a document says of its own standing: deprecated, stale after a day, generated, vouched for.

The keys are those of the Open Knowledge Format (``status``, ``stale_after``, ``generated``, ``verified``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rca_search.models import Document
from rca_search.sources.keys import plain_key
from rca_search.sources.values import one_text
from rca_search.text.dates import FieldError, find_date, parse_date

_RETIRED = re.compile(
    r"(?:retired|decommission(?:ed)?|deprecated|superseded|sunset|archived|replaced|removed|shut ?down"
    r"|end of life|eol|obsolete|withdrawn)\b",
    re.IGNORECASE,
)
_STALE = frozenset({"stale after", "expires", "valid until", "review by", "review due", "next review"})
_VERIFIED = frozenset({"verified", "verified by", "reviewed by", "approved by", "vouched for by"})
_BY, _ON = ("by", "name", "who"), ("on", "at", "date", "when")
_NO = frozenset({"", "no", "false", "none", "nobody", "never"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a document is retired or generated, after which day it is stale, and who vouches for it."""

    retired: bool = False
    stale_after: dt.date | None = None
    generated: bool = False
    vouched_by: str = ""

    def is_stale(self, today: dt.date) -> bool:
        """Return whether the day has passed until which it was said to hold."""
        return self.stale_after is not None and today > self.stale_after


def standing_of(document: Document) -> Standing:
    """Read the standing of ``document`` from its status and its front matter."""
    stated = {plain_key(key): value for key, value in document.metadata.items()}
    stale = next((day for key in _STALE if (day := _day(stated.get(key))) is not None), None)
    vouched = next((name for key in sorted(_VERIFIED) if (name := _who(stated.get(key)))), "")
    said = stated.get("generated")
    generated = bool(said) if isinstance(said, Mapping) else (one_text(said) or "").casefold() not in _NO
    return Standing(_RETIRED.match(document.status or "") is not None, stale, generated, vouched)


def _day(value: object) -> dt.date | None:
    if isinstance(value, Mapping):
        value = next((value[key] for key in _ON if key in value), None)
    text = one_text(value) if value is not None else None
    if not text:
        return None
    try:
        return parse_date(text)
    except FieldError:
        return find_date(text)


def _who(value: object) -> str:
    """Return the name in a value: itself, or what stands under "by"; a day or a bare "yes" names nobody."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in _BY if key in value), None)
    text = one_text(value) if value is not None else None
    if not text or text.casefold() in _NO | {"yes", "true"} or _day(text) is not None:
        return ""
    return text
