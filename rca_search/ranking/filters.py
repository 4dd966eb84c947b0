"""Which documents a filter lets through."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from rca_search.models import Filter, Kind
from rca_search.views import Mask

_SEPARATORS = re.compile(r"[\W_]+")


class Columns(Protocol):
    """What is known of each document, by ordinal."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """What each document is."""

    @property
    def services(self) -> Sequence[Sequence[str]]:
        """The services of each document."""

    @property
    def severities(self) -> Sequence[str | None]:
        """The severity of each document as its file spells it."""

    @property
    def tags(self) -> Sequence[Sequence[str]]:
        """The tags of each document."""

    @property
    def dates(self) -> Sequence[dt.date | None]:
        """The date of each document."""


def fold(name: str) -> str:
    """Return ``name`` with case and separators evened out, so that ``SEV-1`` equals ``sev1``."""
    return _SEPARATORS.sub("", name.casefold())


_LEVEL = re.compile(
    r"(?:sev(?:erity)?|s|p|prio(?:rity)?|level|tier|class)?[\s:._#-]*(?P<level>[0-5])(?![0-9.])",
    re.IGNORECASE,
)
_CHANGED_TO = re.compile(r"(?:\u2192|->|=>|\bto\b)\s*(?=\S)", re.IGNORECASE)


def severity_key(text: str) -> str:
    """Return what severities are compared by: SEV2, P2, "Severity 2" and 2 are one, words stay what they are.

    Of a severity that changed, "2 -> 1 (escalated)", the last counts.
    """
    last = _CHANGED_TO.split(text)[-1].strip()
    level = _LEVEL.match(last)
    return level["level"] if level else fold(last)


def candidates(columns: Columns, wanted: Filter) -> Mask:
    """Flag the documents that ``wanted`` lets through; services, severities and tags are folded."""
    mask = np.ones(len(columns.kinds), dtype=np.bool_)
    if wanted.kinds:
        mask &= _flags([kind in wanted.kinds for kind in columns.kinds])
    if wanted.services:
        mask &= _any_of(columns.services, wanted.services)
    if wanted.tags:
        mask &= _any_of(columns.tags, wanted.tags)
    if wanted.severities:
        keys = {severity_key(severity) for severity in wanted.severities}
        mask &= _flags([bool(each) and severity_key(each or "") in keys for each in columns.severities])
    if wanted.since is not None or wanted.until is not None:
        since, until = wanted.since or dt.date.min, wanted.until or dt.date.max
        mask &= _flags([date is not None and since <= date <= until for date in columns.dates])
    return mask


def existing_on(columns: Columns, day: dt.date) -> Mask:
    """Flag the documents that existed on ``day``: dated ones up to it, and all without a date."""
    return _flags([date is None or date <= day for date in columns.dates])


def _any_of(values: Sequence[Sequence[str]], wanted: Sequence[str]) -> Mask:
    folded = {fold(name) for name in wanted}
    return _flags([any(fold(value) in folded for value in entry) for entry in values])


def _flags(values: Sequence[bool]) -> Mask:
    return np.fromiter(values, dtype=np.bool_, count=len(values))
