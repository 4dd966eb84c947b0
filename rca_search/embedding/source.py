"""An encoder by name: identified by its files at once, exported when it is first needed."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path

from rca_search.embedding import DEFAULT_MODEL, TEST_MODEL, Precision, check_precision, load_encoder
from rca_search.embedding.lineage import export_digest
from rca_search.embedding.model_files import find_model
from rca_search.errors import IndexUnavailableError
from rca_search.protocols import Encoder, EncoderSource

_log = logging.getLogger(__name__)


class NamedEncoder:
    """The encoder called ``name``; loading the same one twice gives the same object."""

    def __init__(
        self,
        name: str = DEFAULT_MODEL,
        *,
        precision: Precision = "fp32",
        workers: int | None = None,
        published: EncoderSource | None = None,
    ) -> None:
        """Take the name, and an encoder that may have been exported from the same files already.

        Raises InvalidRequestError where the model cannot have that precision.
        """
        check_precision(name, precision)
        self._name = name
        self._precision: Precision = precision
        self._workers = workers
        self._published = published

    @property
    def name(self) -> str:
        """What a person calls the model: for a folder, its last part, so that no path gets around."""
        return Path(self._name).name

    def files_digest(self) -> str:
        """Digest of the model's files, their precision and the way they are exported; nothing is loaded.

        Raises EncoderUnavailableError where they are missing or damaged.
        """
        return self._digest

    @cached_property
    def _digest(self) -> str:
        if self._name == TEST_MODEL:
            return TEST_MODEL
        return export_digest(find_model(self._name).digest, self._precision)

    def load(self) -> Encoder:
        """Take the published export of the same files, or export them.

        Raises EncoderUnavailableError where the model is missing, damaged or cannot be exported.
        """
        return self._loaded

    @cached_property
    def _loaded(self) -> Encoder:
        if self._name != TEST_MODEL and (published := self._published) is not None:
            try:
                if published.files_digest() == self.files_digest() and published.name == self.name:
                    return published.load()
            except IndexUnavailableError as error:
                _log.info("The published encoder cannot be used again: %s", error)
        return load_encoder(self._name, workers=self._workers, precision=self._precision)
