"""What a link means where some documents do not exist."""

from __future__ import annotations

from rca_search.indexing.snapshot import Reference, Snapshot
from rca_search.views import View


def visible_target(snapshot: Snapshot, reference: Reference, view: View) -> int | None:
    """Return what a link means in ``view``: the first of its meanings that exists, if it is only one."""
    for group in reference.meanings:
        meant = [snapshot.ordinals[name] for name in group]
        visible = [ordinal for ordinal in meant if view.documents[ordinal]]
        if visible:
            return visible[0] if len(visible) == 1 else None
    return None
