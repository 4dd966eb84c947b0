"""What counts for a hit, as numbers that mean the same in a corpus of 20 documents and of 20,000.

Cosines are raw, words and spelling are shares of what the question could reach at most, and the rarity of a
word is a share of that of a word nobody wrote. What is measured in standard deviations of the view is damped.
Nothing here is a probability; ``ranking/calibration.py`` makes one of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.ranking.fusion import Floats
from rca_search.views import Mask

INCREASING, DECREASING, UNCONSTRAINED = 1, -1, 2

MONOTONE_CONSTRAINTS: Mapping[str, int] = {
    "cosine": INCREASING,
    "best_cosine": INCREASING,
    "title_cosine": INCREASING,
    "above_background": INCREASING,
    "outstanding": INCREASING,
    "word_share": INCREASING,
    "passage_word_share": INCREASING,
    "covered": INCREASING,
    "covered_in_passage": INCREASING,
    "covered_of_neighbours": INCREASING,
    "title_covered": INCREASING,
    "title_of_neighbours": INCREASING,
    "passage_covered": INCREASING,
    "phrases": INCREASING,
    "verbatim": INCREASING,
    "spelling": INCREASING,
    "spelling_outstanding": INCREASING,
    "words_outstanding": INCREASING,
    "telling_section": INCREASING,
    "agreement": INCREASING,
    "ahead_of_tenth": INCREASING,
    "question_terms": UNCONSTRAINED,
    "unknown_share": DECREASING,
    "same_service": INCREASING,
    "other_service": DECREASING,
}
"""The features in the order of a row, each with the direction in which it can only speak."""

_WIDEST = 4.0
"""Standard deviations that a distance within the view comes close to at most."""
_SMALLEST_SHARE = 0.01
_VERBATIM = 0.25
"""Share of common phrases from which on it looks as if one text was copied from the other."""


@dataclass(frozen=True, slots=True, eq=False)
class QuestionFacts:
    """What is known of a question in a view, whichever document is looked at.

    ``rarity`` (terms,) is 0 to 1: the inverse document frequency over that of a term that no document holds,
    which has 1 itself and is flagged in ``unknown``.
    """

    rarity: Floats
    unknown: Mask


@dataclass(frozen=True, slots=True, eq=False)
class HitFacts:
    """What was measured of some documents, one place each, best first.

    Cosines are -1 to 1 and shares 0 to 1. ``background`` is the mean cosine over the view. ``dense``,
    ``lexical``, ``spelling_deviation`` are standard scores over the view. ``found`` and
    ``found_in_passage`` (terms, hits) flag the question's terms in the document and in the passage of it
    that has most of them by rarity. ``of_neighbours`` (terms,) and ``titled`` (terms,) flag those that any
    of the best ten, or a title of theirs, holds, ``found_in_title`` (terms, hits) those in the document's
    own title. ``passage_covered`` and ``title_covered`` are shares of the words of that passage, and of the
    title, that the question says; ``phrases`` is that of the question's pairs of words that stand side by
    side in any of the best passages. ``ranks`` (3, hits) are the places, from 1, that meaning, words and
    spelling give a document; ``ahead`` (hits,) is by how much its total exceeds that of the tenth of the
    others: the first few may be its own siblings, and incidents of one failure must not take each other's
    probability away.
    """

    cosine: Floats
    best_cosine: Floats
    title_cosine: Floats
    background: float
    dense: Floats
    lexical: Floats
    spelling_deviation: Floats
    word_share: Floats
    passage_word_share: Floats
    spelling: Floats
    found: NDArray[np.bool_]
    found_in_passage: NDArray[np.bool_]
    found_in_title: NDArray[np.bool_]
    of_neighbours: Mask
    titled: Mask
    title_covered: Floats
    passage_covered: Floats
    phrases: Floats
    telling: Mask
    ranks: NDArray[np.int64]
    ahead: Floats
    same_service: Mask
    other_service: Mask


def feature_rows(question: QuestionFacts, hits: HitFacts) -> Floats:
    """Return the features of each hit, (hits, features), in the order of ``MONOTONE_CONSTRAINTS``."""
    count, terms, rarity = len(hits.cosine), len(question.rarity), question.rarity
    columns = [
        hits.cosine,
        hits.best_cosine,
        hits.title_cosine,
        hits.cosine - hits.background,
        damped(hits.dense),
        compressed(hits.word_share),
        compressed(hits.passage_word_share),
        shares(rarity, hits.found),
        shares(rarity, hits.found_in_passage),
        shares(rarity * hits.of_neighbours, hits.found),
        hits.title_covered,
        shares(rarity * hits.titled, hits.found_in_title),
        hits.passage_covered,
        hits.phrases,
        np.maximum(hits.phrases - _VERBATIM, 0.0),
        hits.spelling,
        damped(hits.spelling_deviation),
        damped(hits.lexical),
        hits.telling,
        np.mean(1.0 / hits.ranks, axis=0),
        damped(hits.ahead),
        np.full(count, np.log1p(terms)),
        np.full(count, question.unknown.mean() if terms else 1.0),
        hits.same_service,
        hits.other_service,
    ]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)


def shares(weights: Floats, found: NDArray[np.bool_]) -> Floats:
    """Return the share of the total of ``weights`` (terms,) that is ``found`` (terms, hits), 0 of nothing."""
    total = float(weights.sum())
    if total <= 0:
        return np.zeros(found.shape[1], dtype=np.float64)
    # Added term by term, so that the last digit does not depend on how many hits there are.
    gathered: Floats = np.add.accumulate(weights[:, None] * found, axis=0)[-1]
    return gathered / total


def compressed(share: Floats) -> Floats:
    """Return the logarithm of shares: from a tenth to a fifth is as much as from a fifth to two."""
    return np.log(np.maximum(share, _SMALLEST_SHARE))


def damped(deviations: Floats) -> Floats:
    """Return distances so that large ones, which only large corpora have, count ever less."""
    return _WIDEST * np.tanh(deviations / _WIDEST)
