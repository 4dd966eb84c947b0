"""The four development sets, and rankings measured by them, whoever ranked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.material import Indexed, indexed_corpus
from benchmarks.setting import CannotMeasureError, Setting
from rca_search.bootstrap import open_service
from rca_search.config import Settings
from rca_search.evaluation.dataset import JudgedQuery, load_dataset, resolved
from rca_search.evaluation.run import DEPTH, MEASURES
from rca_search.models import Kind, Query
from rca_search.service import SearchService

SETS: Mapping[str, tuple[str, Kind]] = {
    "alert2runbook": ("runbooks", Kind.RUNBOOK),
    "recurrence": ("incidents", Kind.INCIDENT),
    "oncall-incidents": ("incidents", Kind.INCIDENT),
    "oncall-runbooks": ("runbooks", Kind.RUNBOOK),
}
"""The sets, the documents that each is judged on, and what rca-search is asked for."""

SHOWN = ("ndcg@10", "hit@1", "hit@10")
PAIRED = "ndcg@10"
"""The measure that differences are taken of."""

Rank = Callable[[str, int], Sequence[str]]
"""Gives the best so many documents for a text, best first."""


@dataclass(frozen=True)
class JudgedSet:
    """One set, and the index of the documents that it is judged on."""

    name: str
    kind: Kind
    corpus: Indexed
    service: SearchService
    questions: Sequence[JudgedQuery]

    def product(self, question: JudgedQuery) -> list[str]:
        """Rank by rca-search, for which the question's own document does not exist."""
        exclude = (question.own,) if question.own is not None else ()
        ranked = self.service.ranking(Query(text=question.text, exclude=exclude), self.kind, depth=DEPTH)
        return [document for document, _ in ranked]


Measures = dict[str, list[float]]
"""Each measure of each question, in the order of the set."""


def measures(questions: Sequence[JudgedQuery], rank: Callable[[JudgedQuery], Sequence[str]]) -> Measures:
    """Rank every question and measure it as ``rca-search eval`` does."""
    found: Measures = {name: [] for name in SHOWN}
    for question in questions:
        ranking = rank(question)
        for name in SHOWN:
            found[name].append(MEASURES[name](ranking, question.relevant))
    return found


def without_own(question: JudgedQuery, rank: Rank) -> list[str]:
    """Rank by a system that knows nothing of documents to leave out, and drop the question's own."""
    ranked = rank(question.text, DEPTH + 1)
    return [document for document in ranked if document != question.own][:DEPTH]


def mean(values: Sequence[float]) -> float:
    """Return the mean, without the error of a running sum."""
    return math.fsum(values) / len(values)


def judged_sets(setting: Setting) -> list[JudgedSet]:
    """Open the index of each corpus and read the sets; raises CannotMeasureError where they are missing."""
    if setting.corpora is None:
        raise CannotMeasureError("JudgedQuery questions are needed: set RCA_CORPORA (benchmarks/README.md).")
    opened: dict[str, tuple[Indexed, SearchService]] = {}
    found = []
    for name, (corpus, kind) in SETS.items():
        folder = setting.corpora / "bench" / name
        if not folder.is_dir():
            raise CannotMeasureError(f"There is no folder bench/{name} (benchmarks/README.md).")
        if corpus not in opened:
            indexed = indexed_corpus(setting, corpus)
            settings = Settings(index=indexed.index, workers=setting.threads)
            opened[corpus] = indexed, open_service(settings)
        service = opened[corpus][1]
        queries = load_dataset(folder / "queries.jsonl", folder / "qrels.tsv")
        questions = [resolved(query, service.find) for query in queries if query.relevant]
        found.append(JudgedSet(name, kind, *opened[corpus], questions))
    return found
