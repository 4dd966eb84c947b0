"""What fitting an index's own calibration came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from rca_search.schemas.base import Answer

if TYPE_CHECKING:
    from rca_search.analysis.history_calibration import OwnFit


class CalibrateResponse(Answer):
    """What counts from now on."""

    index_version: str = Field(description="The version that is current now.")
    calibration: Literal["default", "own"] = Field(description="What counts from now on.")
    reason: str = Field(description="`fitted`, `confirmed`, `too_few_cases`, `no_better` or `reset`.")
    cases: int = Field(description="Incidents that could be asked again.")
    needed: int = Field(description="Cases from which on an own calibration is fitted.")
    votes: int = Field(description="Votes that say whether an incident was the same failure.")
    voted: bool = Field(description="Whether these changed how sure hits are said to be the same failure.")
    before: dict[str, Any] | None = Field(
        description="Figures of the default: questions, auroc, error, brier, bins."
    )
    after: dict[str, Any] | None = Field(
        description="Figures of the own one on the same, none of which it had seen."
    )

    @classmethod
    def from_result(cls, fit: OwnFit | None, version: str) -> Self:
        """Take over a fit, or that the default counts again, published as ``version``."""
        return cls(
            index_version=version,
            calibration="own" if fit is not None and fit.calibration is not None else "default",
            reason=fit.reason if fit is not None else "reset",
            cases=fit.cases if fit is not None else 0,
            needed=fit.needed if fit is not None else 0,
            votes=fit.votes if fit is not None else 0,
            voted=fit.voted if fit is not None else False,
            before=dict(fit.before) if fit is not None and fit.before else None,
            after=dict(fit.after) if fit is not None and fit.after else None,
        )
