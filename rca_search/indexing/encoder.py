"""The encoder that a published index carries: questions are encoded without the model's own framework."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from rca_search.embedding import TEST_MODEL
from rca_search.embedding.files import DESCRIPTION, ENCODER_FILES, MODEL, TOKENIZER, WEIGHTS, ExportedFiles
from rca_search.errors import IndexCorruptError, IndexMismatchError
from rca_search.indexing.blobs import verify_shared
from rca_search.indexing.manifest import EncoderIdentity, Manifest, read_manifest
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.indexing.storage import read_verified, verify_file

if TYPE_CHECKING:
    from rca_search.protocols import Encoder


class PublishedEncoder:
    """The encoder of the version that is current when it is loaded."""

    def __init__(self, index: Path, *, workers: int = 1) -> None:
        """Take the folder of the index; nothing is read yet."""
        self._index = index
        self._workers = workers

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._identity().name

    def files_digest(self) -> str:
        """Digest of the files that the model was exported from."""
        return self._identity().files

    def precision(self) -> str:
        """Return what the weights are, fp32 where there are none."""
        pointer = read_current(self._index)
        manifest = read_manifest(self._index, pointer)
        if DESCRIPTION not in manifest.artefacts:
            return "fp32"
        path = self._index / VERSIONS / pointer.version / DESCRIPTION
        return str(json.loads(read_verified(path, manifest.artefacts[DESCRIPTION]))["precision"])

    def load(self) -> Encoder:
        """Verify the files of the encoder and open them.

        Raises IndexMissingError, IndexCorruptError, IndexFormatError or EncoderUnavailableError.
        """
        pointer = read_current(self._index)
        manifest = read_manifest(self._index, pointer)
        return open_encoder(self._index / VERSIONS / pointer.version, manifest, workers=self._workers)

    def _identity(self) -> EncoderIdentity:
        return read_manifest(self._index, read_current(self._index)).encoder


class EarlyEncoder:
    """The encoder of the version that is current now, verified and opened by a thread of its own.

    A single question waits for its imports and for this side by side.
    """

    def __init__(self, index: Path, *, workers: int = 1) -> None:
        """Begin; raises IndexMissingError, IndexCorruptError or IndexFormatError."""
        self._pointer = read_current(index)
        self._manifest = read_manifest(index, self._pointer)
        self._folder = index / VERSIONS / self._pointer.version
        self._workers = workers
        self._opened: Future[Encoder] = Future()
        threading.Thread(target=self._open).start()

    @property
    def version(self) -> str:
        """The version whose encoder it is."""
        return self._pointer.version

    @property
    def name(self) -> str:
        """What a person calls the model."""
        return self._manifest.encoder.name

    def files_digest(self) -> str:
        """Digest of the files that the model was exported from."""
        return self._manifest.encoder.files

    def load(self) -> Encoder:
        """Wait for it; raises IndexCorruptError or EncoderUnavailableError."""
        return self._opened.result()

    def _open(self) -> None:
        try:
            encoder = open_encoder(self._folder, self._manifest, workers=self._workers)
        except Exception as error:  # noqa: BLE001 - raised where the encoder is asked for
            self._opened.set_exception(error)
        else:
            self._opened.set_result(encoder)


class FittingEncoder:
    """The encoder of one version, loaded when it is first needed, by one thread."""

    def __init__(self, load: Callable[[], Encoder], made_with: EncoderIdentity) -> None:
        """Take what loads the encoder, and what it has to be."""
        self._load = load
        self._made_with = made_with
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def loaded(self) -> bool:
        """Whether it has been needed."""
        return self._encoder is not None

    def get(self) -> Encoder:
        """Return the encoder; raises IndexMismatchError where the one at hand gives other vectors."""
        encoder = self._encoder
        if encoder is None:
            with self._lock:
                encoder = self._encoder
                if encoder is None:
                    encoder = self._encoder = self._checked(self._load())
        return encoder

    def fits(self, other: EncoderIdentity) -> bool:
        """Return whether its vectors are those of ``other``."""
        return other.fingerprint == self._made_with.fingerprint

    def _checked(self, encoder: Encoder) -> Encoder:
        if encoder.fingerprint != self._made_with.fingerprint:
            raise IndexMismatchError(
                f"The index was made with model {self._made_with.name!r}, and {encoder.name!r} as it is "
                "at hand gives other vectors.",
                remedy="Build the index again.",
            )
        return encoder


def verify_encoder(folder: Path, manifest: Manifest) -> None:
    """Check the encoder's files of the version in ``folder``; raises IndexCorruptError where one differs."""
    for name in sorted(ENCODER_FILES & manifest.artefacts.keys()):
        verify_file(folder / name, manifest.artefacts[name])


def open_encoder(folder: Path, manifest: Manifest, *, workers: int = 1) -> Encoder:
    """Open the encoder of the version in ``folder``, its files verified first."""
    if MODEL not in manifest.artefacts:
        return _without_files(manifest)
    files = _verified(folder, manifest)
    # Verifying needs none of what these import.
    from rca_search.embedding.exported import ExportedEncoder

    return ExportedEncoder.open(files, workers=workers)


def _verified(folder: Path, manifest: Manifest) -> ExportedFiles:
    artefacts = manifest.artefacts
    large = {name: folder / name for name in (MODEL, WEIGHTS) if name in artefacts}
    for name, path in large.items():
        verify_shared(path, artefacts[name])
    try:
        small = {name: read_verified(folder / name, artefacts[name]) for name in (TOKENIZER, DESCRIPTION)}
    except KeyError as error:
        raise IndexCorruptError(f"The version lacks the file {error}.", remedy="Build it again.") from error
    return ExportedFiles.verified(large, small, {name: artefacts[name].sha256 for name in {*large, *small}})


def _without_files(manifest: Manifest) -> Encoder:
    if manifest.encoder.name != TEST_MODEL:
        raise IndexCorruptError("The version carries no encoder.", remedy="Build the index again.")
    from rca_search.embedding.hashing import HashingEncoder

    return HashingEncoder()
