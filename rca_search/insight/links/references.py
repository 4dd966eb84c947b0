"""What a link means where some documents do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.views import View


def meant(meanings: Iterable[Sequence[str]], ordinals: Mapping[str, int], view: View) -> list[int]:
    """Return the documents that a link means in ``view``: the first of its groups that has a visible one."""
    for group in meanings:
        visible = [ordinals[name] for name in group if view.documents[ordinals[name]]]
        if visible:
            return visible
    return []


def visible_target(snapshot: Snapshot, reference: Reference, view: View) -> int | None:
    """Return the one document that a link means in ``view``, None where it means none or several."""
    found = meant(reference.meanings, snapshot.ordinals, view)
    return found[0] if len(found) == 1 else None
