"""Judge aligned lines against pairs chosen by a reader: ``python -m benchmarks.alignment``.

``examples/alignment.jsonl`` has questions, an incident of ``examples/vault`` for each, and the pairs (line of
the question, words of the incident) of which any is a good first pair. Prints how often the first pair is one
of them, for what the product does and for two other ways that encode every sentence of the incident, and what
evidence adds to the time of an answer.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np

from rca_search.embedding.source import NamedEncoder
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.insight.answer import Answering
from rca_search.insight.sentences import Sentence, sentences
from rca_search.models import Document, Evidence, Query
from rca_search.protocols import Encoder
from rca_search.service import SearchService
from rca_search.text.lines import line_kinds

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CASES = EXAMPLES / "alignment.jsonl"
VAULT = EXAMPLES / "vault"

Pair = tuple[int, int, int, int]
"""Line of the question, line of the incident, first character in that and the one after the last."""


@dataclass(frozen=True)
class Case:
    """A question, an incident, and the pairs that a reader found good."""

    question: str
    document: str
    pairs: tuple[tuple[int, str], ...]

    def places(self, text: str) -> list[Pair]:
        """Return where the words of the incident stand in its ``text``."""
        places: list[Pair] = []
        for line, words in self.pairs:
            start = text.index(words)
            column = start - (text.rfind("\n", 0, start) + 1)
            places.append((line, text.count("\n", 0, start) + 1, column, column + len(words)))
        return places


@dataclass(frozen=True)
class Judged:
    """Questions, how many got a pair at all, and for how many the first, or one of two, was good."""

    cases: int
    shown: int
    right: int
    among_two: int


def cases() -> list[Case]:
    """Return what was judged."""
    entries = map(json.loads, CASES.read_text("utf-8").splitlines())
    return [
        Case(entry["question"], entry["document"], tuple(map(tuple, entry["pairs"]))) for entry in entries
    ]


def judged(service: SearchService, vault: Path = VAULT) -> Judged:
    """Judge the pairs that ``service`` answers with."""

    def first(case: Case) -> list[Pair]:
        hits = service.search(Query(case.question, limit=100)).incidents
        found = next(hit.evidence for hit in hits if hit.document.id == case.document)
        return [(pair.asked.line, pair.told.line, pair.told.start, pair.told.end) for pair in found.pairs]

    return _judged(first, vault)


def judged_by_vectors(
    service: SearchService, encoder: Encoder, vault: Path = VAULT, *, words: float
) -> Judged:
    """Judge the pairs of the closest sentence vectors; ``words`` weighs shared words beside the cosine."""

    def first(case: Case) -> list[Pair]:
        asked = _sentences(case.question.split("\n"))
        told = list(_telling(service.get(case.document)))
        vectors = [encoder.encode([one.text for one in side], kind="query").vectors for side in (asked, told)]
        scores = np.asarray(vectors[0] @ vectors[1].T, dtype=np.float64)
        if words:
            snapshot = service.snapshot
            view = snapshot.everything
            for row, one in enumerate(asked):
                for column, other in enumerate(told):
                    rarity = snapshot.lexical.inverse_document_frequency
                    shared = sum(rarity(term, view=view) for term in sorted(one.terms & other.terms))
                    scores[row, column] += words * shared / (1 + 0.03 * len(other.terms))
        best = np.argsort(-scores, axis=None, kind="stable")[:2]
        places = [np.unravel_index(place, scores.shape) for place in best]
        return [
            (asked[int(row)].line, told[int(column)].line, told[int(column)].start, told[int(column)].end)
            for row, column in places
        ]

    return _judged(first, vault)


def added_milliseconds(service: SearchService, *, rounds: int = 8) -> tuple[float, float]:
    """Return the median time of an answer without and with evidence, taken in turns, in milliseconds.

    It is processor time; the question has been encoded before.
    """
    questions = list(dict.fromkeys(case.question for case in cases()))
    times: dict[bool, dict[str, float]] = {False: {}, True: {}}
    nothing = mock.Mock(of_incident=lambda _: Evidence(), of_runbook=lambda _: Evidence())
    for _ in range(rounds):
        for with_evidence, measured in times.items():
            for question in questions:
                if with_evidence:
                    taken = _timed(service, question)
                else:
                    with mock.patch.object(Answering, "_finder", nothing):
                        taken = _timed(service, question)
                measured[question] = min(taken, measured.get(question, taken))
    without, with_it = (statistics.median(times[key].values()) * 1000 for key in (False, True))
    return without, with_it


def main() -> None:
    """Build an index of the vault, judge and print."""
    with tempfile.TemporaryDirectory() as place:
        source = NamedEncoder()
        build(BuildRequest((VAULT,)), Path(place), Tools(encoder=source))
        service = SearchService(Path(place))
        rows = [
            ("shared words, as answered", judged(service)),
            ("sentence vectors", judged_by_vectors(service, source.load(), words=0)),
            ("sentence vectors and shared words", judged_by_vectors(service, source.load(), words=0.1)),
        ]
        print("| first pair by | questions | pair shown | right | right among two |\n|---|---|---|---|---|")
        for name, found in rows:
            print(f"| {name} | {found.cases} | {found.shown} | {found.right} | {found.among_two} |")
        without, with_it = added_milliseconds(service)
        print(f"\nAn answer takes {without:.1f} ms without evidence and {with_it:.1f} ms with it:")
        print("processor time, median over the questions, the encoding of the question left out.")


def _judged(first: Callable[[Case], Sequence[Pair]], vault: Path) -> Judged:
    shown = right = among_two = 0
    judged_cases = cases()
    for case in judged_cases:
        wanted = case.places((vault / f"{case.document}.md").read_text("utf-8"))
        good = [any(_meets(pair, place) for place in wanted) for pair in first(case)[:2]]
        shown += bool(good)
        right += bool(good) and good[0]
        among_two += any(good)
    return Judged(len(judged_cases), shown, right, among_two)


def _meets(pair: Pair, wanted: Pair) -> bool:
    """Return whether both lines agree and the quotations overlap."""
    return pair[:2] == wanted[:2] and pair[2] < wanted[3] and wanted[2] < pair[3]


def _sentences(lines: Sequence[str]) -> list[Sentence]:
    return sentences(lines, range(1, len(lines) + 1), line_kinds(lines))


def _telling(document: Document) -> Iterator[Sentence]:
    body = max((section.first_line for section in document.sections[:1]), default=1)
    yield from (one for one in _sentences(document.text.split("\n")) if one.line >= body)


def _timed(service: SearchService, question: str) -> float:
    service.search(Query(question))  # encodes the question
    started = time.thread_time()
    service.search(Query(question))
    return time.thread_time() - started


if __name__ == "__main__":
    main()
