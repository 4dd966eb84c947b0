"""What a calibration would have said of each question had its organisation been unknown to all of it.

``fit.held_out`` leaves an organisation out of the weights alone; lines and cuts are then fitted to what was
said of all. Here it is left out of all three: nested cross-validation (Varma and Simon, "Bias in error
estimation when using cross-validation for model selection", BMC Bioinformatics 7:91, 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_search.analysis.examples import Example
from rca_search.analysis.fit import fit_kind, is_judged
from rca_search.ranking.calibration import DEFAULT, Calibration
from rca_search.ranking.fusion import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Strict:
    """Examples with a hit, how likely each was said to be related, and whether it was called that."""

    examples: Sequence[Example]
    probabilities: Floats
    called: NDArray[np.bool_]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Flag the judged questions over the whole corpus."""
        return np.asarray([is_judged(example) for example in self.examples], dtype=np.bool_)

    def of_sort(self, sort: str) -> NDArray[np.bool_]:
        """Flag the questions that were asked in one way."""
        return np.asarray([example.sort == sort for example in self.examples], dtype=np.bool_)


def judge_strictly(examples: Sequence[Example], promise: float) -> Strict:
    """Judge each group of ``examples``, all of one kind, by a calibration that was fitted to the others."""
    order = [example for example in examples if len(example.rows)]
    probabilities = np.zeros(len(order))
    called = np.zeros(len(order), dtype=np.bool_)
    for group in sorted({example.group for example in order}):
        fitted, _, _ = fit_kind([example for example in order if example.group != group])
        calibration, cut = Calibration(DEFAULT, {order[0].kind: fitted}), fitted.cut(promise)
        for place, example in enumerate(order):
            if example.group == group:
                answer = calibration.likelihoods(example.kind, example.rows).answer
                probabilities[place] = answer.probability
                called[place] = answer.probability >= cut.likely or answer.same >= cut.same
    return Strict(order, probabilities, called)
