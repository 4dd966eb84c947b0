"""The encoder that a published index carries: questions are encoded without the model's own framework."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from rca_search.embedding import TEST_MODEL
from rca_search.embedding.exported import (
    DESCRIPTION,
    ENCODER_FILES,
    MODEL,
    TOKENIZER,
    ExportedEncoder,
    ExportedFiles,
)
from rca_search.embedding.hashing import HashingEncoder
from rca_search.errors import IndexCorruptError, IndexMismatchError
from rca_search.indexing.manifest import EncoderIdentity, Manifest
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.indexing.storage import read_verified, verify_file
from rca_search.indexing.verify import read_manifest
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

    def load(self) -> Encoder:
        """Verify the files of the encoder and open them.

        Raises IndexMissingError, IndexCorruptError, IndexFormatError or EncoderUnavailableError.
        """
        pointer = read_current(self._index)
        manifest = read_manifest(self._index, pointer)
        return open_encoder(self._index / VERSIONS / pointer.version, manifest, workers=self._workers)

    def _identity(self) -> EncoderIdentity:
        return read_manifest(self._index, read_current(self._index)).encoder


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
        """Tell whether its vectors are those of ``other``."""
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
    try:
        model = manifest.artefacts[MODEL]
        verify_file(folder / MODEL, model)
        tokenizer = read_verified(folder / TOKENIZER, manifest.artefacts[TOKENIZER])
        description = read_verified(folder / DESCRIPTION, manifest.artefacts[DESCRIPTION])
    except KeyError as error:
        raise IndexCorruptError(f"The version lacks the file {error}.", remedy="Build it again.") from error
    files = ExportedFiles.verified(folder / MODEL, model.sha256, tokenizer, description)
    return ExportedEncoder.open(files, workers=workers)


def _without_files(manifest: Manifest) -> Encoder:
    if manifest.encoder.name != TEST_MODEL:
        raise IndexCorruptError("The version carries no encoder.", remedy="Build the index again.")
    return HashingEncoder()
