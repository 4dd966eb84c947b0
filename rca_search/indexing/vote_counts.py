"""The votes for and against each document, as a version keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rca_search.errors import IndexCorruptError
from rca_search.indexing.artefacts import FEEDBACK
from rca_search.models import Standing


def dump_standings(standings: Mapping[str, Standing]) -> bytes:
    """Return the content of the file, the same for equal standings."""
    body = {name: [found.up, found.down] for name, found in standings.items()}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_standings(content: bytes | None) -> Mapping[str, Standing]:
    """Return what ``dump_standings`` wrote; a version without the file has no votes.

    Raises IndexCorruptError on anything else.
    """
    if content is None:
        return {}
    try:
        return {name: Standing(int(up), int(down)) for name, (up, down) in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise IndexCorruptError(
            f"{FEEDBACK} is not a list of votes.", remedy="Build the index again."
        ) from error
