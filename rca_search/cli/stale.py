"""What is said of an index whose sources were not compared with it for too long."""

from __future__ import annotations

import datetime as dt

from rca_search.cli.wording import elapsed
from rca_search.models import Freshness


def stale_message(freshness: Freshness) -> str:
    """Say since when the index is stale, and what to do."""
    ago = "at an unknown time"
    if freshness.checked_at is not None:
        ago = elapsed(freshness.checked_at, dt.datetime.now(dt.UTC))
    return f"The index is stale: last checked {ago}. Bring it up to date with: rca-search build FOLDER"
