"""The first line of an answer: its verdict in plain English with the odds, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.models import IncidentHit, Judgement, Kind, Likelihood, SearchResult, Verdict

INDENT = 2

_THIN = "Too little to judge by"
_UNCALIBRATED = "No odds are given: not calibrated for this model."
_STYLES: Mapping[Verdict, str] = {
    Verdict.SAME: "bold green",
    Verdict.LIKELY: "bold green",
    Verdict.POSSIBLE: "bold yellow",
    Verdict.NOTHING_SIMILAR: "bold red",
    Verdict.TOO_THIN: "bold red",
}
_RUNBOOK: Mapping[Verdict, str] = {
    Verdict.SAME: "probably the runbook for this",
    Verdict.LIKELY: "probably a runbook for this",
    Verdict.POSSIBLE: "possibly a runbook for this",
}


def render_verdict(page: Page, result: SearchResult) -> None:
    """Open an answer on incidents and runbooks with the better of the two verdicts."""
    headline = _HEADLINES.get(result.foremost, incident_headline)
    _opening(page, result.overall, headline(result))


def render_runbook_verdict(page: Page, result: SearchResult) -> None:
    """Open an answer on runbooks alone."""
    _opening(page, result.runbook_judgement, runbook_headline(result.runbook_judgement))


def incident_headline(result: SearchResult) -> str:
    """Return the verdict over the incidents, which names the best one by its day, else by its title."""
    judgement = result.judgement
    if judgement.verdict is Verdict.TOO_THIN:
        return _THIN
    if not judgement.verdict.found:
        return f"Nothing similar on record{_at_most(judgement)}"
    return f"{_found(judgement.verdict, result.incidents[0])}{_odds(judgement)}"


def runbook_headline(judgement: Judgement) -> str:
    """Return the verdict over the runbooks."""
    if judgement.verdict is Verdict.TOO_THIN:
        return _THIN
    if not judgement.verdict.found:
        return f"No runbook for this on record{_at_most(judgement)}"
    return f"{_capital(_RUNBOOK[judgement.verdict])}{_odds(judgement)}"


def runbook_led_headline(result: SearchResult) -> str:
    """Return the verdict of an answer whose runbooks have more to say, with a word on its incidents."""
    runbooks, incidents = result.runbook_judgement, result.judgement
    if not runbooks.verdict.found or not result.incidents:
        return runbook_headline(runbooks)
    if not incidents.verdict.found:
        return f"No similar incident, but {_RUNBOOK[runbooks.verdict]}{_odds(runbooks)}"
    sure = "possibly" if incidents.verdict is Verdict.POSSIBLE else "probably"
    return f"{runbook_headline(runbooks)} and {sure} a related incident{_odds(incidents)}"


def other_headline(result: SearchResult) -> str:
    """Return the verdict of an answer in which only documents of no known kind speak of the same."""
    sure = "possibly" if result.overall.verdict is Verdict.POSSIBLE else "probably"
    return f"No similar incident, but {sure} a note about the same{_odds(result.overall)}"


_HEADLINES: Mapping[Kind, Callable[[SearchResult], str]] = {
    Kind.RUNBOOK: runbook_led_headline,
    Kind.OTHER: other_headline,
}


def percent(share: float) -> str:
    """Return a probability in per cent: never 0 or 100, since nothing is certain."""
    return f"{min(max(round(100 * share), 1), 99)} %"


def likely(likelihood: Likelihood) -> str:
    """Say how likely a hit is the same or a related one."""
    return percent(likelihood.probability)


def chance_line(likelihood: Likelihood) -> str:
    """Say how likely one hit is the same failure, or at least a related one."""
    return f"{likely(likelihood)} the same or related, {percent(likelihood.same)} the same"


def _opening(page: Page, judgement: Judgement, headline: str) -> None:
    page.line(headline, style=_STYLES[judgement.verdict])
    if judgement.verdict is Verdict.TOO_THIN:
        page.line(f"Add: {'; '.join(judgement.missing)}.", indent=INDENT, hang=5)
    elif not judgement.calibrated:
        page.line(_UNCALIBRATED, style="dim")


def _found(verdict: Verdict, hit: IncidentHit) -> str:
    """Say how the best hit is related; not named where it alone is unlikely and all together are not."""
    sure = "Possibly" if verdict is Verdict.POSSIBLE else "Probably"
    if not hit.verdict.found:
        return f"{sure} something related on record"
    day, title = hit.document.date, safe_line(hit.document.title)
    if verdict is Verdict.SAME:
        return f"{sure} the same failure as on {day}" if day else f'{sure} the same failure as "{title}"'
    what = "planned work" if hit.facts.planned else "failure"
    return f"{sure} related to the {what} of {day}" if day else f'{sure} related to "{title}"'


def _odds(judgement: Judgement) -> str:
    """Return the odds of just what the verdict says: of the same failure where it says the same."""
    likelihood = judgement.likelihood
    share = likelihood.same if judgement.verdict is Verdict.SAME else likelihood.probability
    return f" ({percent(share)})" if judgement.calibrated else ""


def _at_most(judgement: Judgement) -> str:
    share = percent(judgement.likelihood.probability)
    return f" (the nearest is {share} likely)" if judgement.calibrated else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
