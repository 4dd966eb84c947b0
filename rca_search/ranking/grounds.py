"""The features of the model grouped by what a person understands, and the log odds that each adds.

The only place that knows features by name besides the one that measures them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rca_search.models import Ground
from rca_search.ranking.calibration import KindCalibration
from rca_search.ranking.features import MONOTONE_CONSTRAINTS
from rca_search.ranking.fusion import Floats

GROUNDS: Mapping[str, Ground] = {
    "cosine": Ground.MEANING,
    "best_cosine": Ground.MEANING,
    "title_cosine": Ground.MEANING,
    "above_background": Ground.MEANING,
    "outstanding": Ground.MEANING,
    "telling_section": Ground.MEANING,
    "word_share": Ground.WORDS,
    "passage_word_share": Ground.WORDS,
    "covered": Ground.WORDS,
    "covered_in_passage": Ground.WORDS,
    "covered_of_neighbours": Ground.WORDS,
    "passage_covered": Ground.WORDS,
    "words_outstanding": Ground.WORDS,
    "title_covered": Ground.TITLE,
    "title_of_neighbours": Ground.TITLE,
    "phrases": Ground.PHRASES,
    "verbatim": Ground.PHRASES,
    "spelling": Ground.SPELLING,
    "spelling_outstanding": Ground.SPELLING,
    "agreement": Ground.STANDING_OUT,
    "ahead_of_tenth": Ground.STANDING_OUT,
    "same_service": Ground.SERVICE,
    "other_service": Ground.SERVICE,
    "question_terms": Ground.QUESTION,
    "unknown_share": Ground.QUESTION,
}
"""The ground that each feature belongs to."""


def log_odds(models: KindCalibration, row: Floats) -> Floats:
    """Return what each feature of ``row`` adds to the calibrated log odds."""
    added: Floats = models.hit_related.slope * models.related.terms(row[np.newaxis])[0]
    return added


def base_log_odds(models: KindCalibration) -> float:
    """Return the calibrated log odds that a document has before any feature counts."""
    return models.hit_related.slope * models.related.intercept + models.hit_related.offset


def columns(ground: Ground) -> list[int]:
    """Return the places in a row of the features that belong to ``ground``."""
    return [place for place, name in enumerate(MONOTONE_CONSTRAINTS) if GROUNDS[name] is ground]


def as_on(row: Floats, other: Floats, ground: Ground) -> Floats:
    """Return ``row`` with the features of ``ground`` that ``other`` has."""
    changed, taken = row.copy(), columns(ground)
    changed[taken] = other[taken]
    return changed
