"""Why an expected document does not come first, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rca_search.cli import why_not_words as words
from rca_search.cli.page import Page
from rca_search.cli.render_verdict import likely
from rca_search.cli.safe_text import safe_line
from rca_search.models import Change, Contribution, FirstHit, Ground, Kind, Likelihood, Verdict, WhyNot

_INDENT = 2
_NOTICED = 0.05
"""Log odds from which on a ground is worth a line."""


def render_why_not(page: Page, found: WhyNot, *, verbose: bool) -> None:
    """Add where the document stands, what counts for and against it, and what it would have taken."""
    _where(page, found)
    if found.hidden:
        return
    if found.place != 1 and found.first is not None:
        _first(page, found.first, found.kind)
        _grounds(page, found)
    _would_take(page, found)
    if verbose:
        _numbers(page, found.contributions)


def _where(page: Page, found: WhyNot) -> None:
    title = found.document if found.title is None else f"{found.title}  {found.path}"
    page.line(safe_line(title), style="bold", hang=_INDENT)
    for each in found.kept_out_by:
        page.line(safe_line(words.kept_out(each)), indent=_INDENT, hang=_INDENT)
    if found.place is not None:
        standing = f"{words.ordinal(found.place)} of {words.many(found.of, found.kind)}"
        sure = f"{_sure(found.likelihood, found.verdict)}{_alone(found.kind, found.by_text)}"
        page.line(f"{standing}; {sure}", indent=_INDENT, hang=_INDENT)
    elif not found.hidden:
        page.line(_sure(found.likelihood, found.verdict), indent=_INDENT)
    if not found.calibrated and not found.hidden:
        page.line("These odds are not calibrated for this model.", indent=_INDENT, style="yellow")
    if found.question_lacks:
        page.line(
            f"The question is too thin. Add: {'; '.join(found.question_lacks)}.", indent=_INDENT, hang=5
        )


def _first(page: Page, first: FirstHit, kind: Kind) -> None:
    name = f"{safe_line(first.title)}  {safe_line(first.path)}"
    sure = f"{_sure(first.likelihood, first.verdict)}{_alone(kind, first.by_text)}"
    page.line(f"First is {name}; {sure}", indent=_INDENT, hang=_INDENT)


def _grounds(page: Page, found: WhyNot) -> None:
    ordered = sorted(found.contributions, key=_standing_out_last)
    _beside(page, "Against it, beside the first hit", [each for each in ordered if _gap(each) <= -_NOTICED])
    _beside(page, "For it", [each for each in ordered if _gap(each) >= _NOTICED])
    if found.shifts:
        page.gap()
        page.line("Moved by more than its text, in parts of the score", style="bold")
    for each in found.shifts:
        page.line(words.shift(each, found.kind), indent=_INDENT, hang=_INDENT)


def _beside(page: Page, head: str, grounds: Sequence[Contribution]) -> None:
    if not grounds:
        return
    page.gap()
    page.line(head, style="bold")
    for each in grounds:
        told = safe_line(words.beside(each, _gap(each)))
        page.labelled(words.LABELS[each.ground], [told], indent=_INDENT, style="")


def _standing_out_last(found: Contribution) -> tuple[bool, float]:
    """Order by weight, but what follows from all the rest comes after it."""
    return found.ground is Ground.STANDING_OUT, -abs(_gap(found))


def _would_take(page: Page, found: WhyNot) -> None:
    lines = [*_nothing(found)]
    if not found.would_take and not lines:
        return
    page.gap()
    page.line("What it would have taken", style="bold")
    for change in found.would_take:
        page.line(safe_line(words.change(change)), indent=_INDENT, hang=_INDENT)
        page.line(_outcome(change), indent=2 * _INDENT)
    for line in lines:
        page.line(safe_line(line), indent=_INDENT, hang=_INDENT)


def _nothing(found: WhyNot) -> Iterator[str]:
    """Say what no single change reaches, and by how much it is short."""
    if found.all_words is not None:
        said = words.listed(found.all_words.subject)
        outcome = _outcome(found.all_words)
        yield f"Nothing in the words: if its text said all that it lacks ({said}): {outcome}"
    elif found.place not in (None, 1) and not found.lacking_terms:
        yield "Nothing in the words: it has all of the question's words that any document has"
    if found.place is None:
        return
    if found.short_of_possible is not None and not any(each.verdict.found for each in found.would_take):
        yield f"To be possible, its odds would have to be {_times(found.short_of_possible)} as high"
    if found.short_of_first is not None and not any(each.first for each in found.would_take):
        times = _times(found.short_of_first)
        yield f"To be as likely as the first hit, its odds would have to be {times} as high"
    elif found.short_of_first is None and found.place != 1:
        yield "It is as likely as the first hit or likelier: places go by the score of the ranking"


def _outcome(change: Change) -> str:
    place = "" if change.place is None else f"{words.ordinal(change.place)}, "
    beside = ", likelier than the first hit" if change.first and change.place is None else ""
    return f"{place}{_sure(change.likelihood, change.verdict)}{beside}"


def _sure(likelihood: Likelihood | None, verdict: Verdict | None) -> str:
    if likelihood is None or verdict is None:
        return ""
    return f"{likely(likelihood)} likely: {words.VERDICTS[verdict]}"


def _alone(kind: Kind, by_text: Likelihood | None) -> str:
    """Say how likely a runbook is without what leads to it."""
    return f", {likely(by_text)} by its text alone" if kind is Kind.RUNBOOK and by_text else ""


def _times(log_odds: float) -> str:
    times = math.exp(log_odds)
    return f"{times:.1f} times" if times < 10 else f"{times:,.0f} times"


def _gap(found: Contribution) -> float:
    """Return how much the ground counts for the document beside the first hit, in log odds."""
    return found.log_odds - (found.first_log_odds or 0.0)


def _numbers(page: Page, contributions: Sequence[Contribution]) -> None:
    """Add the log odds of every ground and feature, the document's before those of the first hit."""
    page.gap()
    page.line("Log odds by text: its own, the first hit's; feature values in brackets", style="bold")
    for each in contributions:
        page.line(f"{each.ground.value:24}{_pair(each.log_odds, each.first_log_odds)}", indent=_INDENT)
        for part in each.features:
            values = f"[{_pair(part.value, part.first_value)}]"
            page.line(
                f"{part.name:22}{_pair(part.log_odds, part.first_log_odds)}  {values}", indent=2 * _INDENT
            )


def _pair(own: float, first: float | None) -> str:
    return f"{own:8.3f}" + ("" if first is None else f" {first:8.3f}")
