"""Versions of random small corpora, made by a real build and kept to be published over and over.

What publishes them imports no numpy, so that a process can be forked in half a millisecond.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rca_search.indexing.manifest import FILE_NAME, Manifest
from rca_search.indexing.pointer import Check, Pointer, write_check
from rca_search.indexing.publish import exclusive, publish
from rca_search.indexing.staged import staging
from rca_search.indexing.storage import FileDigest, storage_errors

IN_PARTS, BY_SCRATCH = "chunks.jsonl", "vectors.npy"
"""Files that take the other two ways into a version: written in parts, and moved from the scratch folder."""


@dataclass(frozen=True)
class Prepared:
    """The files of a version and what its manifest says besides their digests."""

    manifest: Manifest
    files: Mapping[str, bytes]

    @classmethod
    def load(cls, folder: Path) -> Prepared:
        """Read what ``save`` wrote."""
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != FILE_NAME}
        return cls(Manifest.from_bytes((folder / FILE_NAME).read_bytes()), files)

    def save(self, folder: Path) -> None:
        """Write the files and the manifest."""
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        (folder / FILE_NAME).write_bytes(self.manifest.to_bytes())

    @classmethod
    def of(cls, manifest: Manifest, files: Mapping[str, bytes]) -> Prepared:
        """Let the manifest name the digests of ``files``."""
        digests = {name: FileDigest.of(content) for name, content in files.items()}
        return cls(replace(manifest, artefacts=digests), files)

    @property
    def digest(self) -> str:
        """The sha256 that identifies the version."""
        return FileDigest.of(self.manifest.to_bytes()).sha256

    def publish(
        self, index: Path, acknowledged: Callable[[Pointer], None] = lambda _pointer: None
    ) -> Pointer:
        """Do what a build does with files: lock, stage, publish, record the check.

        ``acknowledged`` is called when publishing has been said to be done.
        """
        with exclusive(index):
            with staging(index) as staged:
                scratch = staged.scratch / BY_SCRATCH
                with storage_errors("Writing the index"):
                    scratch.write_bytes(self.files[BY_SCRATCH])
                special = {IN_PARTS, BY_SCRATCH}
                staged.put({name: self.files[name] for name in self.files if name not in special})
                staged.put({BY_SCRATCH: scratch})
                with staged.writing(IN_PARTS) as file:
                    for line in self.files[IN_PARTS].splitlines(keepends=True):
                        file.write(line)
                manifest = replace(self.manifest, artefacts=staged.digests)
                pointer = publish(index, staged.folder, manifest)
                acknowledged(pointer)
            write_check(index, Check(dt.datetime.now(dt.UTC), None, pointer.version))
        return pointer
