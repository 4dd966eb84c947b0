"""What ``eval questions`` and ``eval replay`` are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rca_search.errors import InvalidRequestError
from rca_search.models import Kind

if TYPE_CHECKING:
    from rca_search.evaluation.dataset import JudgedQuery


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is asked and shown: ``judged`` are the files of questions and judgements, None for a replay."""

    judged: tuple[Path, Path] | None
    kind: Kind | None
    by: tuple[str, ...] = ()
    compare: Path | None = None
    fail_under: tuple[str, ...] = ()
    save_cases: Path | None = None
    worst: int = 0
    outcomes: bool = False
    rerank: str | None = None
    votes: bool = True

    def load(self) -> list[JudgedQuery] | None:
        """Return the judged questions, None for a replay; tells early where its cases cannot be saved."""
        if self.judged is not None:
            from rca_search.evaluation.dataset import load_dataset

            return load_dataset(*self.judged)
        if self.save_cases is not None:
            from rca_search.evaluation.cases import refuse_taken

            refuse_taken(self.save_cases)
        return None


def wanted_kind(*, incidents: bool, runbooks: bool) -> Kind | None:
    """Return the kind that is ranked; raises InvalidRequestError where both are asked for."""
    if incidents and runbooks:
        raise InvalidRequestError(
            "--incidents and --runbooks exclude each other.", remedy="Give one of them."
        )
    return Kind.INCIDENT if incidents else Kind.RUNBOOK if runbooks else None
