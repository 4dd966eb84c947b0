"""What ``eval`` is asked for; contradictions are refused before anything is opened."""

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
    """What was asked for; contradictions are refused before anything is opened."""

    queries: Path | None
    qrels: Path | None
    replay: bool
    families: bool
    kind: Kind | None
    by: tuple[str, ...]
    save_cases: Path | None
    worst: int
    rerank: str | None
    votes: bool = True

    def check(self) -> None:
        """Raise InvalidRequestError where options contradict each other."""
        if self.worst < 0:
            raise InvalidRequestError(f"--worst takes a number from 0, not {self.worst}.")
        if self.save_cases is not None and not self.replay:
            raise InvalidRequestError("--save-cases needs --replay.")
        if self.families and (self.replay or self.kind is not None or self.by or self.worst):
            raise InvalidRequestError(
                "--families asks no questions.", remedy="Give it with --queries and --qrels alone."
            )
        if self.replay:
            self._check_replay()
        elif self.queries is None or self.qrels is None:
            raise InvalidRequestError(
                "Nothing says what to ask.", remedy="Give --queries and --qrels, or --replay."
            )

    def load(self) -> list[JudgedQuery] | None:
        """Return the judged questions, None for a replay; tells early where its cases cannot be saved."""
        if self.queries is not None and self.qrels is not None:
            from rca_search.evaluation.dataset import load_dataset

            return load_dataset(self.queries, self.qrels)
        if self.save_cases is not None:
            from rca_search.evaluation.cases import refuse_taken

            refuse_taken(self.save_cases)
        return None

    def _check_replay(self) -> None:
        if self.queries is not None or self.qrels is not None:
            raise InvalidRequestError(
                "--replay makes its own questions.", remedy="Leave out --queries and --qrels, or --replay."
            )
        if self.kind is not None:
            raise InvalidRequestError(
                "--replay looks for incidents.", remedy="Leave out --incidents/--runbooks."
            )


def wanted_kind(*, incidents: bool, runbooks: bool) -> Kind | None:
    """Return the kind that is ranked; raises InvalidRequestError where both are asked for."""
    if incidents and runbooks:
        raise InvalidRequestError(
            "--incidents and --runbooks exclude each other.", remedy="Give one of them."
        )
    return Kind.INCIDENT if incidents else Kind.RUNBOOK if runbooks else None
