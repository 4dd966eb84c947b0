"""Which version of an index is served, and what happens when another is published or this one is damaged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rca_search.errors import IndexCorruptError, IndexUnavailableError
from rca_search.indexing.encoder import EarlyEncoder, FittingEncoder, open_encoder
from rca_search.indexing.manifest import verify_version
from rca_search.indexing.pointer import VERSIONS, Pointer, read_current
from rca_search.indexing.snapshot import Snapshot, open_version
from rca_search.indexing.versions import Damage, Opened, Signature, open_intact, signature
from rca_search.insight.questions import Questions
from rca_search.insight.version_cache import VersionCache
from rca_search.lru_cache import LruCache
from rca_search.models import Query, SearchResult
from rca_search.protocols import Encoder, EncoderSource

Asked = tuple[str, int | None, Query]
"""The key of the view, the document asked about if any, the question."""

BUILD_IT = "Build the index again: rca-search build FOLDER"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """One version, and what was worked out with it; all of that goes with the version.

    ``damage`` tells why it stands in for the version that is current, ``files`` what its files looked like
    when they were opened.
    """

    snapshot: Snapshot
    pointer: Pointer
    encoder: FittingEncoder
    library: VersionCache
    questions: Questions
    answers: LruCache[Asked, SearchResult]
    files: Signature
    damage: Damage | None = None


class Serving:
    """Holds the version that answers; questions go on while another takes its place."""

    def __init__(self, index: Path, encoder: EncoderSource | None, *, workers: int, remembered: int) -> None:
        """Open the current version of ``index`` or, where it is damaged, the newest intact one.

        The encoder is the one that the version carries, unless ``encoder`` gives another of the same vectors.
        Raises IndexMissingError, IndexCorruptError or IndexFormatError.
        """
        self._index = index
        self._source = encoder
        self._workers = workers
        self._remembered = remembered
        self._changing = threading.Lock()
        self._damaged: set[str] = set()
        self.served = self._take(open_intact(index), None)

    def reload(self) -> bool:
        """Serve the current version if it is another than the served one; tell whether it was.

        A version that cannot be opened, or whose encoder cannot be loaded, raises, and the served one
        stays, unless its own files have changed: then the newest intact one takes its place.
        """
        with self._changing:
            pointer = read_current(self._index)
            if pointer == self.served.pointer:
                return self._looked_after()
            if pointer.version in self._damaged:
                _require_intact(self._index, pointer)
            self.served = self._take(Opened(open_version(self._index, pointer), pointer), self.served)
            self._damaged.discard(pointer.version)
            return True

    def leave(self, served: Served, error: IndexCorruptError) -> bool:
        """Serve another version than ``served``, which is damaged; tell whether there is one."""
        with self._changing:
            return self.served is not served or self._stood_in(served, error.message)

    def _looked_after(self) -> bool:
        """See to it that the served version is left where its files were damaged; tell whether it was."""
        served = self.served
        found = signature(self._index, served.pointer.version)
        if found == served.files:
            return False
        faults = verify_version(self._index, served.pointer)
        if not faults:
            self.served = replace(served, files=found)
            return False
        if not self._stood_in(served, faults[0]):
            raise IndexCorruptError(faults[0], remedy=BUILD_IT)
        return True

    def _stood_in(self, served: Served, message: str) -> bool:
        """Serve the newest intact version in place of one that is damaged; tell whether there is one."""
        version = served.pointer.version
        try:
            opened = open_intact(self._index, without={*self._damaged, version})
        except IndexUnavailableError:
            return False
        self._damaged.add(version)
        self.served = self._take(replace(opened, damage=Damage(version, message)), served)
        return True

    def _take(self, opened: Opened, before: Served | None) -> Served:
        """Make a version ready to be served, with the encoder of the one ``before`` where it fits."""
        if opened.damage is not None:
            _log.warning(
                "Version %s is damaged: %s Version %s, published %s, answers in its place. "
                "'rca-search verify' says more; build the index again.",
                opened.damage.version,
                opened.damage.message,
                opened.pointer.version,
                opened.pointer.published_at.date(),
            )
        snapshot, pointer = opened.snapshot, opened.pointer
        in_use = before is not None and before.encoder.loaded
        if before is not None and in_use and before.encoder.fits(snapshot.manifest.encoder):
            return self._serving(opened, before.encoder)
        encoder = FittingEncoder(self._loader(snapshot, pointer), snapshot.manifest.encoder)
        if in_use:
            encoder.get()
        return self._serving(opened, encoder)

    def _serving(self, opened: Opened, encoder: FittingEncoder) -> Served:
        snapshot = opened.snapshot
        return Served(
            snapshot,
            opened.pointer,
            encoder,
            VersionCache(snapshot),
            Questions(encoder, lambda: snapshot.glossary, snapshot.manifest.of_template),
            LruCache(self._remembered),
            signature(self._index, opened.pointer.version),
            opened.damage,
        )

    def _loader(self, snapshot: Snapshot, pointer: Pointer) -> Callable[[], Encoder]:
        """Return what loads the encoder of this very version, whatever is published meanwhile."""
        of_another = isinstance(self._source, EarlyEncoder) and self._source.version != pointer.version
        if self._source is not None and not of_another:
            return self._source.load
        folder = self._index / VERSIONS / pointer.version
        return partial(open_encoder, folder, snapshot.manifest, workers=self._workers)


def _require_intact(index: Path, pointer: Pointer) -> None:
    """Raise IndexCorruptError where a file of a version is not what was published."""
    faults: Sequence[str] = verify_version(index, pointer)
    if faults:
        raise IndexCorruptError(faults[0], remedy=BUILD_IT)
