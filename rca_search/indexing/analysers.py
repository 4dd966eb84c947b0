"""What is learned from a staged version, and how a manifest names it.

Facts of incidents are learned by a stage of every build; what lies above this layer, families for example, is
handed to a build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rca_search.indexing.fingerprint import code_fingerprint
from rca_search.indexing.snapshot import Snapshot

Analyser = Callable[[Snapshot, Snapshot | None], Mapping[str, bytes]]
"""Learns something from the staged version and returns it as further files of that version.

The second argument is the published version where it was read and learned from by the same rules, so that
what was learned of a document that has not changed can be taken over. One that also goes by something else
than these has an attribute ``fingerprint``, a digest of it.
"""


ANALYSERS = "analysers"


def without_analysers(settings: Mapping[str, object]) -> dict[str, object]:
    """Return the settings that documents are read and cut by."""
    return {name: value for name, value in settings.items() if name != ANALYSERS}


def label(part: object) -> str:
    """Return what a manifest calls a part of a build: its name, the digest of its code, and its own one."""
    named = part if hasattr(part, "__qualname__") else type(part)
    name = f"{named.__module__}.{getattr(named, '__qualname__', '')}"
    fingerprint = getattr(part, "fingerprint", None)
    digest = code_fingerprint(named.__module__)[:16]
    return " ".join([name, digest] if fingerprint is None else [name, digest, fingerprint])
