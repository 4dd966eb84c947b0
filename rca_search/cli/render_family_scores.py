"""How families agree with judgements, as a page and as JSON."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.evaluation.families import Agreement, FamilyScores

_MISSING_SHOWN = 3


def render_family_scores(page: Page, scores: FamilyScores, version: str) -> None:
    """Add B-cubed precision and recall, and what no families at all would reach."""
    page.line(
        f"{counted(scores.agreement.items, 'judged incident')} with "
        f"{counted(scores.failures, 'failure')} that came back; {scores.families:,} "
        f"{'family' if scores.families == 1 else 'families'} in the index",
        style="bold",
    )
    page.verbatim(Text(f"{'B-cubed':<24}precision  recall      F", style="dim"), indent=2)
    for name, found in (("families", scores.agreement), ("each incident alone", scores.alone)):
        page.verbatim(
            f"{name:<24}{found.precision:>9.3f}{found.recall:>8.3f}{found.f_measure:>7.3f}", indent=2
        )
    if scores.missing:
        named = ", ".join(map(safe_line, scores.missing[:_MISSING_SHOWN]))
        page.line(
            f"{len(scores.missing):,} are not among the incidents that count, such as {named}", indent=2
        )
    page.gap()
    page.line(f"index {version}")


def families_shape(scores: FamilyScores, version: str) -> dict[str, Any]:
    """Return what ``eval --families --json`` prints."""
    return {
        "index_version": version,
        "judged": scores.agreement.items,
        "failures": scores.failures,
        "families": scores.families,
        "agreement": _agreement(scores.agreement),
        "alone": _agreement(scores.alone),
        "missing": list(scores.missing),
    }


def _agreement(found: Agreement) -> dict[str, Any]:
    return {"precision": found.precision, "recall": found.recall, "f_measure": found.f_measure}
