"""Families of incidents as a page: one block each, with the months that they happened in as a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from rich.text import Text

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted, duration, severity_text
from rca_search.models import Families, Family, FamilyMember, Recurrence, Trend

INDENT = 4
WINDOW_DAYS = 90
CHART_MONTHS = 24
"""Months in a chart, the last one that of the newest incident counted or of the end of the period."""

_BARS = "▁▂▃▄▅▆▇█"
_NONE = "·"
_STYLES = {Trend.RISING: "bold red", Trend.FALLING: "green"}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_SERVICES_SHOWN = 3


def render_families(page: Page, found: Families, *, whole: bool) -> None:
    """Add the families of ``found``; ``whole`` ones with their incidents."""
    if not found.families:
        page.line("No failure on record came back.", style="bold")
        page.line(
            f"{counted(found.incidents, 'incident')} compared; filters choose which of them are counted."
        )
        return
    shown = f", {len(found.families):,} shown" if found.found > len(found.families) else ""
    what = "failure that came back" if found.found == 1 else "failures that came back"
    page.line(f"{found.found:,} {what}{shown}, the costliest first", style="bold underline")
    for place, family in enumerate(found.families, start=1):
        page.gap()
        number = f"{place}".rjust(2)
        page.line(Text(f"{number}  "), Text(safe_line(family.name), style="bold cyan"), hang=INDENT)
        page.items(_facts(family), indent=INDENT)
        _chart(page, family, found.until)
        _remedies(page, family, whole=whole)
        if whole:
            for member in family.members:
                page.line(_member(member), indent=INDENT, hang=2)
        else:
            page.line(f"{family.id} · newest {safe_line(_newest(family).id)}", indent=INDENT, style="dim")
    if not whole:
        page.gap()
        page.line(f"Incidents of a family: rca-search families {found.families[0].id}", style="dim")


def recurrence_line(found: Recurrence, today: dt.date) -> str:
    """Say how often a failure is on record, and the how-manieth time in 90 days it would be today."""
    recent = found.within(WINDOW_DAYS, today)
    now = f", would now be the {_ordinal(recent + 1)} in {WINDOW_DAYS} days" if recent else ""
    said = [f"{counted(found.count, 'time')}{now or ' on record'}"]
    if found.last is not None:
        said.append(f"last on {found.last}")
    if found.fixes_differ:
        said.append("last two fixes differ")
    return "; ".join(said)


def lacking_runbook_line(found: Recurrence) -> str:
    """Say that no runbook is on record for a failure that came back, "" where one is."""
    if found.runbooks:
        return ""
    since = f" since {found.first:%Y-%m}" if found.first is not None else ""
    return f"no runbook on record for this family; {counted(found.count, 'incident')}{since}"


def chart(months: Mapping[str, int], until: dt.date) -> tuple[str, str]:
    """Return a bar for each of the last months up to ``until``, and the first of these months."""
    last = until.year * 12 + until.month - 1
    names = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(last - CHART_MONTHS + 1, last + 1)]
    counts = [months.get(name, 0) for name in names]
    top = max(*counts, 1)
    bars = "".join(_BARS[-(-count * len(_BARS) // top) - 1] if count else _NONE for count in counts)
    return bars, names[0]


def _facts(family: Family) -> list[str]:
    of = f" of {family.total:,}" if family.total > family.count else ""
    facts = [f"{family.count:,}{of} times" if of or family.count != 1 else "1 time", _lasted(family)]
    if family.severity:
        facts.append(f"worst {severity_text(family.severity)}")
    if family.last is not None:
        facts.append(f"last {family.last}")
    if family.trend is not Trend.UNKNOWN:
        facts.append(family.trend.value)
    if family.services:
        facts.append(", ".join(family.services[:_SERVICES_SHOWN]))
    return [safe_line(fact) for fact in facts]


def _lasted(family: Family) -> str:
    if not family.timed:
        return "duration not on record"
    if family.timed == family.count:
        return f"{duration(family.minutes)} in all"
    return (
        f"{duration(family.minutes)} in {family.timed} of them, about {duration(family.cost_minutes)} in all"
    )


def _remedies(page: Page, family: Family, *, whole: bool) -> None:
    """Say what is on record against it: runbooks, or that there is none, and whether fixes differ."""
    known = family.recurrence
    if known is None:
        return
    said = ["last two fixes differ"] if known.fixes_differ else []
    if not known.runbooks:
        said.append("no runbook on record")
    elif whole:
        said.append(f"runbooks {', '.join(known.runbooks)}")
    if said:
        page.line(safe_line(" · ".join(said)), indent=INDENT, style="yellow" if not known.runbooks else "")


def _chart(page: Page, family: Family, until: dt.date | None) -> None:
    if until is None or not family.months:
        return
    bars, first = chart(dict(family.months), until)
    if set(bars) == {_NONE}:
        page.line(f"none in the {CHART_MONTHS} months up to {until:%Y-%m}", indent=INDENT, style="dim")
        return
    parts = Text(f"{first} "), Text(bars, style=_STYLES.get(family.trend, "yellow")), Text(f" {until:%Y-%m}")
    page.verbatim(Text.assemble(*parts), indent=INDENT)


def _member(member: FamilyMember) -> str:
    known = [str(member.date or "no date"), severity_text(member.severity or ""), safe_line(member.title)]
    if member.minutes is not None:
        known.append(f"lasted {duration(member.minutes)}")
    return safe_line(" · ".join([*filter(None, known), member.id]))


def _newest(family: Family) -> FamilyMember:
    return max(family.members, key=lambda member: member.date or dt.date.min)


def _ordinal(number: int) -> str:
    teen = number % 100 in range(11, 14)
    return f"{number}{'th' if teen else _ENDINGS.get(number % 10, 'th')}"
