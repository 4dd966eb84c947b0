"""How well facts are read: against labels of resolution, cause, symptom, duration, actions and services."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rca_search.cli.page import Page
from rca_search.cli.safe_text import safe_line
from rca_search.cli.wording import counted
from rca_search.errors import InvalidRequestError
from rca_search.facts import read_facts
from rca_search.facts.services import services_named
from rca_search.models import Document, Extract, IncidentFacts

MAX_LABEL_BYTES = 50_000_000

_RIVALS = re.compile(r"alt_durations:(?P<list>[^.]*(?:\.[0-9][^.]*)*)")
_RIVAL = re.compile(r"(?<![\w.:/-])(?P<minutes>[0-9]{1,6})(?=\s*(?:\(|,|$| or ))")
_NO_WORD = re.compile(r"[^a-z0-9.]+")
_LINES = ("resolution_lines", "cause_lines", "symptom_lines")
_NEEDED = ("doc", *_LINES, "duration_minutes", "action_items", "services", "planned_maintenance")


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader found in one document; ``rivals`` are further durations that are as good.

    ``actions`` is None where the reader did not look for any.
    """

    document: str
    ranges: Mapping[str, tuple[tuple[int, int], ...]]
    minutes: int | None
    tolerance: int
    rivals: tuple[int, ...]
    actions: Mapping[int, str] | None
    services: tuple[str, ...]
    planned: bool

    @property
    def organisation(self) -> str:
        """The first folder of the document's id."""
        return self.document.partition("/")[0] if "/" in self.document else ""


@dataclass(slots=True)
class Tally:
    """Counts of one measure: how many right of how many."""

    right: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The share that is right; 1 where nothing was to be found."""
        return self.right / self.of if self.of else 1.0

    def add(self, right: bool) -> None:
        """Count one case."""
        self.right += right
        self.of += 1


@dataclass(slots=True)
class ExtractionScores:
    """Measures over some documents; action items are counted, not averaged."""

    documents: int = 0
    measures: dict[str, Tally] = field(default_factory=dict)
    found: int = 0
    labelled: int = 0
    matched: int = 0

    @property
    def action_f1(self) -> float:
        """Twice the matched items over found and labelled ones; 1 where there are none at all."""
        both = self.found + self.labelled
        return 2 * self.matched / both if both else 1.0

    def tally(self, name: str) -> Tally:
        """Return the counts of a measure."""
        return self.measures.setdefault(name, Tally())


MEASURES: Mapping[str, str] = {
    "resolution": "resolution: first extract meets a labelled range, none where there is none",
    "cause": "cause: likewise",
    "symptom": "symptom: likewise",
    "duration": "duration within tolerance, a listed rival, or rightly unknown",
    "status": "status of the action items found",
    "service_in": "first-named service among the labelled ones",
    "service_first": "first-named service is the first labelled one",
    "planned": "planned work told from incidents",
}


def load_labels(path: Path) -> list[Label]:
    """Read labels, one JSON object a line; raises InvalidRequestError naming file and line."""
    try:
        if path.stat().st_size > MAX_LABEL_BYTES:
            raise InvalidRequestError(f"{path} is larger than {MAX_LABEL_BYTES:,} bytes.")
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error}.", remedy="Give a file of JSON lines."
        ) from error
    labels = [_label(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not labels:
        raise InvalidRequestError(
            f"{path} has no label.", remedy="docs/evaluation.md says what one looks like."
        )
    return labels


def score_extraction(
    labels: Sequence[Label], fetch: Callable[[str], Document | None]
) -> tuple[ExtractionScores, dict[str, ExtractionScores], list[str]]:
    """Read the facts of every labelled document and compare: in all, by organisation, and ids not found."""
    whole = ExtractionScores()
    groups: dict[str, ExtractionScores] = defaultdict(ExtractionScores)
    missing: list[str] = []
    for label in labels:
        document = fetch(label.document)
        if document is None:
            missing.append(label.document)
            continue
        facts = read_facts(document)
        named = services_named(document)
        for scores in (whole, groups[label.organisation]):
            _compare(scores, label, facts, named)
    return whole, dict(sorted(groups.items())), missing


def _compare(scores: ExtractionScores, label: Label, facts: IncidentFacts, named: Sequence[str]) -> None:
    scores.documents += 1
    for name, found in (
        ("resolution", facts.resolution),
        ("cause", facts.causes),
        ("symptom", facts.symptoms),
    ):
        scores.tally(name).add(_is_hit(found, label.ranges[f"{name}_lines"]))
    scores.tally("duration").add(_is_close(facts.duration.minutes, label))
    if label.actions is not None:
        _compare_actions(scores, label.actions, facts)
    if label.services:
        scores.tally("service_in").add(bool(named) and any(_is_same(named[0], s) for s in label.services))
        scores.tally("service_first").add(bool(named) and _is_same(named[0], label.services[0]))
    scores.tally("planned").add(facts.planned == label.planned)


def _compare_actions(scores: ExtractionScores, labelled: Mapping[int, str], facts: IncidentFacts) -> None:
    actions = {item.line: item.status.value for item in facts.actions}
    shared = actions.keys() & labelled.keys()
    scores.found += len(actions)
    scores.labelled += len(labelled)
    scores.matched += len(shared)
    for line in shared:
        scores.tally("status").add(actions[line] == labelled[line])


def _is_hit(found: Sequence[Extract], ranges: Iterable[tuple[int, int]]) -> bool:
    ranges = tuple(ranges)
    if not ranges or not found:
        return not ranges and not found
    best = found[0]
    return any(best.first_line <= last and first <= best.last_line for first, last in ranges)


def _is_close(minutes: int | None, label: Label) -> bool:
    if minutes is None or minutes in label.rivals:
        return minutes is not None or label.minutes is None
    return label.minutes is not None and abs(minutes - label.minutes) <= label.tolerance


def _is_same(first: str, second: str) -> bool:
    """Return whether one name holds the other, word for word, case and separators aside."""
    one, other = (f" {_NO_WORD.sub(' ', name.casefold()).strip()} " for name in (first, second))
    return one.strip() != "" and other.strip() != "" and (one in other or other in one)


def _label(line: str, place: str) -> Label:
    try:
        entry = json.loads(line)
        lacking = [name for name in _NEEDED if name not in entry]
        if lacking:
            raise InvalidRequestError(
                f"{place} lacks {', '.join(lacking)}.",
                remedy="docs/evaluation.md says what a label looks like.",
            )
        return _read(entry)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidRequestError(
            f"{place} is not a label: {error}.", remedy="docs/evaluation.md says what one looks like."
        ) from error


def _read(entry: Mapping[str, Any]) -> Label:
    note = _RIVALS.search(str(entry.get("note", "")))
    rivals = tuple(int(match["minutes"]) for match in _RIVAL.finditer(note["list"])) if note else ()
    return Label(
        document=str(entry["doc"]),
        ranges={name: tuple((int(first), int(last)) for first, last in entry[name]) for name in _LINES},
        minutes=None if entry["duration_minutes"] is None else int(entry["duration_minutes"]),
        tolerance=int(entry.get("duration_tolerance_minutes") or 0),
        rivals=rivals,
        actions=None
        if entry["action_items"] is None
        else {int(item["line"]): str(item["status"]) for item in entry["action_items"]},
        services=tuple(str(name) for name in entry["services"]),
        planned=bool(entry["planned_maintenance"]),
    )


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


def render_extraction(page: Page, whole: ExtractionScores, groups: Mapping[str, ExtractionScores]) -> None:
    """Add the figures of all labelled documents, and of each organisation."""
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
