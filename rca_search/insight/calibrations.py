"""Which calibration counts for an answer: the index's own, or that of the package."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from rca_search.errors import IndexCorruptError
from rca_search.models import Kind
from rca_search.ranking.calibration import Calibration, default_calibration

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The calibration that counts, and whether it knows the encoder and the reranker that answered."""

    calibration: Calibration
    fits: bool


class Calibrations:
    """The calibrations that answers from one index can be judged by."""

    def __init__(self, own: bytes | None, encoder: str) -> None:
        """Take the file of the index's own, if it has one, and what its encoder ranks like.

        Raises IndexCorruptError where the file is no calibration. One that another version wrote is left
        aside, and so is one of another encoder, which a build with another model leaves behind.
        """
        self._encoder = encoder
        read = None if own is None else _read(own)
        self._own = read if read is not None and _usable(read, encoder) else None

    def chosen(self, kind: Kind, reranker: str | None) -> Chosen:
        """Return the calibration of ``kind`` for answers that ``reranker``, if any, looked at again.

        Where none was fitted to such answers, the index's own is the next best: it knows the encoder.
        """
        calibrations = (self._own, default_calibration())
        known = [each for each in calibrations if each is not None and kind in each.kinds]
        fitting = next((each for each in known if each.fits(self._encoder, reranker)), None)
        return Chosen(fitting or known[0], fitting is not None)


def _read(content: bytes) -> Calibration | None:
    try:
        own = Calibration.from_bytes(content)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexCorruptError(
            f"The calibration of the index cannot be read ({error}).", remedy="Run: rca-search calibrate"
        ) from error
    if own is None:
        _log.warning(
            "The index's own calibration was made by another version of rca-search; the default is used. "
            "Run: rca-search calibrate"
        )
    return own


def _usable(own: Calibration, encoder: str) -> bool:
    if own.encoder != encoder:
        _log.warning(
            "The index's own calibration was made with another model; the default is used. "
            "Run: rca-search calibrate"
        )
    return own.encoder == encoder
