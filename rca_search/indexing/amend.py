"""A version published anew with one more file, or one less: what was learned after it was built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rca_search.errors import IndexCorruptError
from rca_search.indexing.pointer import VERSIONS, Pointer, read_current
from rca_search.indexing.publish import exclusive, publish
from rca_search.indexing.staged import staging
from rca_search.indexing.verify import read_manifest


def amend(index: Path, expected: Pointer, name: str, content: bytes | None) -> Pointer:
    """Publish the current version with ``content`` as its file ``name``, or without that file where None.

    The current version has to be ``expected``, which the content was made from. Nothing is published where
    nothing changes. Raises BuildInProgressError, IndexMissingError, IndexCorruptError, also where another
    version was published meanwhile, or StorageError.
    """
    with exclusive(index):
        pointer = read_current(index)
        if pointer.manifest_sha256 != expected.manifest_sha256:
            raise IndexCorruptError(
                f"Version {pointer.version} was published meanwhile, by a build.", remedy="Run it again."
            )
        manifest = read_manifest(index, pointer)
        kept = {each: digest for each, digest in manifest.artefacts.items() if each != name}
        folder = index / VERSIONS / pointer.version
        with staging(index) as staged:
            staged.put({each: folder / each for each in kept})
            if dict(staged.digests) != kept:
                raise IndexCorruptError(
                    f"A file of version {pointer.version} is not what was published.",
                    remedy="'rca-search verify' names it; build the index again.",
                )
            if content is not None:
                staged.put({name: content})
            return publish(index, staged.folder, replace(manifest, artefacts=staged.digests))
