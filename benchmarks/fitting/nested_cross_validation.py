"""What a calibration would have said of each question had its organisation been unknown to all of it.

``models.held_out`` leaves an organisation out of the models alone; scalings and cuts are then fitted to what
was said of all. Here it is left out of all three: nested cross-validation (Varma and Simon, "Bias in error
estimation when using cross-validation for model selection", BMC Bioinformatics 7:91, 2006).
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.fitting.figures import Said
from benchmarks.fitting.models import fit_kind, folds
from rca_search.analysis.examples import Example

_INNER = 4
"""Folds within those that are left: each of them is fitted once for each outer one."""


def judge_strictly(examples: Sequence[Example], beside: Sequence[Example] = ()) -> list[Said]:
    """Judge each fold of ``examples``, all of one kind, by a calibration that was fitted to the others."""
    order = [example for example in examples if len(example.rows)]
    found: list[Said] = []
    for fold in folds(order):
        fitted = fit_kind(
            [example for example in order if example.group not in fold],
            [example for example in beside if example.group not in fold],
            _INNER,
        )
        found += [Said.of(example, fitted) for example in order if example.group in fold]
    return found
