"""An encoder by name: identified by its files at once, loaded when it is first needed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from rca_search.embedding import DEFAULT_MODEL, TEST_MODEL, load_encoder
from rca_search.embedding.model_files import find_model
from rca_search.protocols import Encoder


class NamedEncoder:
    """The encoder called ``name``; loading the same one twice gives the same object."""

    def __init__(self, name: str = DEFAULT_MODEL, *, workers: int | None = None) -> None:
        """Take the name; nothing is looked up yet."""
        self._name = name
        self._workers = workers

    @property
    def name(self) -> str:
        """What a person calls the model: for a folder, its last part, so that no path gets around."""
        return Path(self._name).name

    def files_digest(self) -> str:
        """Digest of the model's files, without loading it.

        Raises EncoderUnavailableError where they are missing or damaged.
        """
        return TEST_MODEL if self._name == TEST_MODEL else find_model(self._name).digest

    def load(self) -> Encoder:
        """Load the encoder; raises EncoderUnavailableError where it is missing or damaged."""
        return self._loaded

    @cached_property
    def _loaded(self) -> Encoder:
        return load_encoder(self._name, workers=self._workers)
