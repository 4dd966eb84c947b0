"""What an answer opens with: the verdict, how sure it is, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.models import IncidentHit, Judgement, Likelihood, RunbookHit, SearchResult, Verdict

INDENT = 2
EVEN = 0.5
"""Probability from which on "nothing similar" needs a word on what was asked for."""

_INCIDENTS: Mapping[Verdict, str] = {
    Verdict.SAME: "Same failure seen before",
    Verdict.LIKELY: "Probably a related failure on record",
    Verdict.POSSIBLE: "Possibly related to a failure on record",
    Verdict.NOTHING_SIMILAR: "Nothing similar on record",
    Verdict.TOO_THIN: "Too thin to judge",
}
_RUNBOOKS: Mapping[Verdict, str] = {
    **_INCIDENTS,
    Verdict.SAME: "There is a runbook for this",
    Verdict.LIKELY: "Probably a runbook for this",
    Verdict.POSSIBLE: "Possibly a runbook for this",
}
_STYLES: Mapping[Verdict, str] = {
    Verdict.SAME: "bold green",
    Verdict.LIKELY: "bold green",
    Verdict.POSSIBLE: "bold yellow",
    Verdict.NOTHING_SIMILAR: "bold red",
    Verdict.TOO_THIN: "bold red",
}


def render_verdict(page: Page, result: SearchResult) -> None:
    """Add the verdict over the incidents."""
    _verdict(page, result.judgement, _INCIDENTS, result.incidents)


def render_runbook_verdict(page: Page, result: SearchResult) -> None:
    """Add the verdict over the runbooks."""
    _verdict(page, result.runbook_judgement, _RUNBOOKS, result.runbooks)


def likely(likelihood: Likelihood) -> str:
    """Say how likely it is: never 0 or 100 %, since nothing is certain."""
    return f"{min(max(round(100 * likelihood.probability), 1), 99)} %"


def _verdict(
    page: Page, judgement: Judgement, words: Mapping[Verdict, str], hits: Sequence[IncidentHit | RunbookHit]
) -> None:
    verdict, sure = judgement.verdict, likely(judgement.likelihood)
    if verdict is Verdict.TOO_THIN:
        page.line(words[verdict], style=_STYLES[verdict])
        page.line(f"Add: {'; '.join(judgement.missing)}.", indent=INDENT, hang=5)
        return
    if verdict.found:
        page.line(f"{words[verdict]} ({sure} likely the same or related)", style=_STYLES[verdict])
        return
    unsure = (
        f", too little for --precision {judgement.precision:.2g}"
        if judgement.likelihood.probability >= EVEN
        else ""
    )
    page.line(
        Text(f"{words[verdict]} ({sure} likely that one of these is{unsure})", style=_STYLES[verdict]),
        f"; nearest miss: {safe_line(hits[0].document.title)}" if hits else "",
        hang=INDENT,
    )
