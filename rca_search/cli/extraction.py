"""``eval --extraction``: how well facts are read, against labels made by reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_search.cli.evaluation_index import Building
from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.session import Session
from rca_search.cli.wording import counted
from rca_search.errors import DocumentRejectedError, InvalidRequestError, RcaSearchError

if TYPE_CHECKING:
    from rca_search.evaluation.extraction import ExtractionScores, Label
    from rca_search.models import Document

_COLUMNS = {
    "resolution": "fix",
    "cause": "cause",
    "symptom": "sympt",
    "duration": "dur",
    "f1": "act F1",
    "status": "status",
    "service_in": "serv",
    "planned": "plan",
}
_NAME, _WIDTH = 14, 8


def evaluate_extraction(session: Session, path: Path, building: Building, *, as_json: bool) -> None:
    """Score the facts of the labelled documents of ``--docs``, else of the index, and show the figures."""
    from rca_search.evaluation.extraction import load_labels, score_extraction

    building.check(session)
    labels = load_labels(path)
    fetch = _from_folders(building, labels) if building.docs else _from_index(session)
    whole, groups, missing = score_extraction(labels, fetch)
    if missing:
        session.screen.warn(f"{counted(len(missing), 'labelled document')} not there, such as {missing[0]}.")
    if not whole.documents:
        raise InvalidRequestError(
            "No labelled document is there.",
            remedy="Name their folder with --docs, or their index with --index.",
        )
    if as_json:
        from rca_search.schemas.evaluation import ExtractionResponse

        session.screen.show_json(ExtractionResponse.model_validate(_shape(whole, groups, missing)))
        return
    page = session.screen.page()
    _render(page, whole, groups)
    session.screen.show(page)


def _from_index(session: Session) -> Callable[[str], Document | None]:
    service = session.service()

    def fetch(name: str) -> Document | None:
        return service.get(name) if service.find(name) == name else None

    return fetch


def _from_folders(building: Building, labels: list[Label]) -> Callable[[str], Document | None]:
    """Read the labelled documents below the folders of ``--docs``; no model is needed for that."""
    wanted = {label.document for label in labels}
    return dict(_read(building, wanted)).get


def _read(building: Building, wanted: set[str]) -> Iterator[tuple[str, Document]]:
    from rca_search.models import SourceFile
    from rca_search.sources.documents import parse_document
    from rca_search.sources.files import walk

    for file in walk(list(building.docs)):
        if isinstance(file, SourceFile) and file.id in wanted:
            try:
                yield file.id, parse_document(file)[0]
            except DocumentRejectedError as error:
                raise RcaSearchError(f"{file.path} cannot be used: {error.message}") from error


def _render(page: Page, whole: ExtractionScores, groups: Mapping[str, ExtractionScores]) -> None:
    from rca_search.evaluation.extraction import MEASURES

    page.line(f"Facts read from {counted(whole.documents, 'labelled document')}", style="bold underline")
    page.gap()
    for name, meaning in MEASURES.items():
        tally = whole.tally(name)
        page.line(f"{tally.share:6.3f}  {tally.right:>4} of {tally.of:<4}  {meaning}")
    found = f"{whole.matched} of {whole.labelled} labelled, {whole.found} found"
    page.line(f"{whole.action_f1:6.3f}  action items, F1 ({found})")
    page.gap()
    page.line(
        "".join(["organisation".ljust(_NAME), "n".rjust(4), *(t.rjust(_WIDTH) for t in _COLUMNS.values())])
    )
    for name, scores in {**groups, "all": whole}.items():
        cells = [f"{scores.action_f1 if key == 'f1' else scores.tally(key).share:.2f}" for key in _COLUMNS]
        row = [safe_line(name or "-")[: _NAME - 1].ljust(_NAME), str(scores.documents).rjust(4)]
        page.line("".join([*row, *(cell.rjust(_WIDTH) for cell in cells)]))


def _shape(
    whole: ExtractionScores, groups: Mapping[str, ExtractionScores], missing: list[str]
) -> dict[str, Any]:
    return {
        "extraction": _scores(whole),
        "organisations": {name: _scores(scores) for name, scores in groups.items()},
        "missing": missing,
    }


def _scores(scores: ExtractionScores) -> dict[str, Any]:
    measures: dict[str, dict[str, Any]] = {
        name: {"share": round(tally.share, 6), "right": tally.right, "of": tally.of}
        for name, tally in sorted(scores.measures.items())
    }
    return {
        "documents": scores.documents,
        "measures": measures,
        "action_items": {
            "f1": round(scores.action_f1, 6),
            "found": scores.found,
            "labelled": scores.labelled,
            "matched": scores.matched,
        },
    }
