"""What is taken to be so for once, to see what an answer would be then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supposed:
    """Something about the document at ordinal ``document``, everything else being as it is.

    It is scored whether or not a retriever brings it in. Its chunk ``passage`` says ``terms``, none of which
    it says now; ``linked`` supposes of a runbook that the best matched incident links to it.
    """

    document: int
    passage: int = -1
    terms: tuple[str, ...] = ()
    linked: bool = False
