"""``calibrate``: how sure to be, fitted to the index's own history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca_search.cli import options
from rca_search.cli.progress import progress
from rca_search.cli.session import Session
from rca_search.cli.wording import counted
from rca_search.errors import InvalidRequestError, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rca_search.analysis.history_calibration import OwnFit
    from rca_search.cli.page import Page

EXAMPLES = """
  rca-search calibrate
  rca-search calibrate --picture reliability.svg --json > calibration.json
  rca-search calibrate --rerank ms-marco-MiniLM-L6-v2
  rca-search calibrate --reset
"""

_REASONS = {
    "fitted": "Fitted to the index's own history and published.",
    "too_few_cases": "Too little history: the default stays.",
    "no_better": "The default is at least as good on what the own fit had not seen, so it stays.",
    "confirmed": "The default is at least as good here: its numbers were published as the index's own.",
    "reset": "The default calibration counts.",
}
_FIGURES = (
    ("questions", "questions", ""),
    ("auroc", "AUROC", ".3f"),
    ("error", "calibration error, five bins", ".3f"),
    ("floor", "of which chance alone", ".3f"),
    ("debiased_error", "debiased calibration error", ".3f"),
    ("brier", "Brier score", ".3f"),
)


def calibrate(
    session: Session,
    reset: Annotated[
        bool, typer.Option("--reset", help="Take the index's own calibration away; the default counts.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture", metavar="FILE", help="Draw the reliability curve as SVG; needs the extra 'bench'."
        ),
    ] = None,
    rerank: options.Rerank = None,
    as_json: options.Json = False,
) -> None:
    """Refit the probabilities to the index's own history, and publish that as a new version.

    Incidents that the team linked with earlier ones are asked again as of the day before, each with those and
    without them. With too few of them, or where that is no better, the default stays. Votes on whether hits
    were the same failure count from 30 on, where they make probabilities better.

    What is published holds for the model of the index and, with --rerank, for that cross-encoder: answers of
    others say that they are not calibrated. An index has one calibration of its own at a time.
    """
    from rca_search.bootstrap import calibrate_index, reset_calibration

    settings = session.settings(rerank=rerank)
    if reset:
        if picture is not None:
            raise InvalidRequestError("--reset draws no picture.", remedy="Leave out one of the two.")
        _tell(session, None, reset_calibration(settings), as_json=as_json)
        return
    if picture is not None:
        from rca_search.analysis.picture import require_matplotlib

        require_matplotlib()
    with progress(session.screen) as report:
        fit, version = calibrate_index(settings, progress=lambda done, total: report("cases", done, total))
    if picture is not None:
        _draw(session, picture, fit)
    _tell(session, fit, version, as_json=as_json)


def _draw(session: Session, path: Path, fit: OwnFit) -> None:
    if not fit.before:
        session.screen.warn("There is no curve to draw: too little history.")
        return
    from rca_search.analysis.picture import reliability_picture

    try:
        path.write_bytes(reliability_picture({"default": fit.before, "own": fit.after}))
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", remedy="Name another file."
        ) from error


def _tell(session: Session, fit: OwnFit | None, version: str, *, as_json: bool) -> None:
    if as_json:
        from rca_search.schemas.calibration import CalibrateResponse

        session.screen.show_json(CalibrateResponse.from_result(fit, version))
        return
    page = session.screen.page()
    reason = fit.reason if fit is not None else "reset"
    page.line(_REASONS[reason], style="bold")
    if fit is not None:
        page.line(f"{counted(fit.cases, 'case')} of linked incidents, {fit.needed} are needed", indent=2)
        is_unknown = fit.calibration is None and not fit.is_known
        unheard = "left aside" if is_unknown else "too few, or they agree with what was shown"
        told = "counted" if fit.voted else unheard
        page.line(f"{counted(fit.votes, 'vote')} on whether incidents were the same: {told}", indent=2)
        if is_unknown:
            page.line("The default does not know this model or cross-encoder: answers say so.", indent=2)
        if fit.before:
            _table(page, fit.before, fit.after)
    page.line(f"index {version}")
    session.screen.show(page)


def _table(page: Page, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    page.verbatim(f"{'':<30}{'default':>9}{'own':>9}", indent=2)
    for name, label, form in _FIGURES:
        values = [format(found[name], form) if found[name] is not None else "-" for found in (before, after)]
        page.verbatim(f"{label:<30}{values[0]:>9}{values[1]:>9}", indent=2)
