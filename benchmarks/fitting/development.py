"""The examples that the packaged calibration is fitted to, out of the development sets."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.fitting.models import COPIED, OFF_TOPIC, SHORTENED, SMALLER
from benchmarks.fitting.rewritten import rewritten
from rca_search.analysis.examples import NOTHING, PRESENT, Example, Source, Trial, ask
from rca_search.evaluation.dataset import JudgedQuery, graded, load_dataset, read_objects
from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions
from rca_search.evaluation.off_topic import off_topic
from rca_search.evaluation.symptoms import Hidden, symptom_text
from rca_search.models import Document, Kind
from rca_search.service import SearchService

CORPORA: Mapping[str, Kind] = {"incidents": Kind.INCIDENT, "runbooks": Kind.RUNBOOK, "styles": Kind.INCIDENT}
"""The corpora that questions are asked over, and the kind of document that each holds."""

BENCH: Mapping[str, str] = {
    "alert2runbook": "runbooks",
    "recurrence": "incidents",
    "oncall-incidents": "incidents",
    "oncall-runbooks": "runbooks",
}
"""The sets below ``bench/`` of the material, and the corpus that each is asked over."""

OWN: Mapping[str, str] = {
    "oncall-incidents-2": "incidents",
    "oncall-runbooks-2": "runbooks",
    "oncall-styles": "styles",
}
"""The sets below ``benchmarks/judgements/`` of the project, likewise."""

SHORT = "recurrence-short"
"""The questions of ``recurrence`` in their short form."""

ADDED = "added.tsv"
"""The file, below ``benchmarks/judgements/SET``, of what was judged when a changed ranking brought it up."""

SIBLING = "oncall-incidents-sibling"
"""Questions of ``oncall-incidents`` with the organisation left out that has the answer."""

_SIBLINGS = ("oncall-incidents-2", "sibling.tsv")
"""Where, below ``benchmarks/judgements/``, what is left for these is judged."""

_WEIGHTS: Mapping[str, float] = {"alert2runbook": 0.6}
"""How much a question of a set counts, where it is one of many that are much alike."""

SMALL_CORPORA = (20, 100)
"""Documents of the smaller corpora that questions are asked over as well."""

_PARTS = 5
"""Groups that questions without an answer, which belong to no organisation, are dealt into."""
_NOTHING = Hidden(Mentions.of(()), Mentions.of(()), LinkCutter(frozenset(), Mentions.of(())))

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Material:
    """The folders with the sets, of the material and of the project, and an index of each corpus."""

    folder: Path
    judgements: Path
    services: Mapping[str, SearchService]

    def examples(self, report: Report) -> list[Example]:
        """Ask everything."""
        found: list[Example] = []
        for name, corpus in {**BENCH, SHORT: "incidents", **OWN}.items():
            questions = self._questions(name)
            source = Source(self.services[corpus], CORPORA[corpus], name)
            for done, asked in enumerate(questions, start=1):
                example = replace(judged(source, asked), weight=_WEIGHTS.get(name, 1.0))
                found.append(replace(example, sort=SHORTENED) if name == SHORT else example)
                if name != SHORT and asked.query.relevant:
                    found += in_smaller_corpora(source, asked)
                report(name, done, len(questions))
        found += self._siblings(report)
        return [*found, *self._nothing(report), *self._off_topic(report), *self._copied(report)]

    def _questions(self, name: str) -> list[Trial]:
        """Return the questions of a set by organisation: of its own document, or of the best judged."""
        set_name = "recurrence" if name == SHORT else name
        folder = (self.judgements if name in OWN else self.folder / "bench") / set_name
        queries = load_dataset(folder / "queries.jsonl", folder / "judged.tsv")
        added = self.judgements / set_name / ADDED
        if added.exists():
            queries = _joined(queries, load_dataset(folder / "queries.jsonl", added))
        if name == SHORT:
            forms = {str(entry["_id"]): entry["short"] for _, entry in read_objects(folder / "queries.jsonl")}
            queries = [replace(query, text=str(forms[query.id])) for query in queries]
        return [Trial(query, _organisation(query)) for query in queries if query.relevant or query.irrelevant]

    def _siblings(self, report: Report) -> Iterator[Example]:
        """Ask questions whose answer is gone while other organisations' documents are there."""
        source = Source(self.services["incidents"], Kind.INCIDENT, SIBLING)
        ids = source.service.snapshot.catalogue.ids
        groups = {asked.query.id: asked.group for asked in self._questions("oncall-incidents")}
        queries = load_dataset(
            self.folder / "bench" / "oncall-incidents" / "queries.jsonl",
            self.judgements.joinpath(*_SIBLINGS),
        )
        queries = [query for query in queries if query.relevant or query.irrelevant]
        for done, query in enumerate(queries, start=1):
            group = groups[query.id]
            gone = tuple(name for name in ids if _first(name) == group)
            yield judged(source, Trial(query, group, hidden=gone))
            report(SIBLING, done, len(queries))

    def _nothing(self, report: Report) -> Iterator[Example]:
        """Ask the questions that nothing in the first two corpora answers."""
        entries = list(read_objects(self.folder / "bench" / "nothing" / "nothing.jsonl"))
        for done, (_, entry) in enumerate(entries, start=1):
            name, text = str(entry["_id"]), str(entry["text"])
            asked = Trial(JudgedQuery(name, text, {}, {"style": str(entry["kind"])}, None), _part(name))
            for corpus in ("incidents", "runbooks"):
                source = Source(self.services[corpus], CORPORA[corpus], NOTHING)
                yield ask(source, asked, NOTHING, grades={}, exclude=(), unjudged=0)
            report(NOTHING, done, len(entries))

    def _off_topic(self, report: Report) -> Iterator[Example]:
        questions = off_topic()
        for done, each in enumerate(questions, start=1):
            asked = Trial(JudgedQuery(f"{each.sort} {done}", each.text, {}, {}, None), _part(each.sort))
            for corpus, service in self.services.items():
                source = Source(service, CORPORA[corpus], each.sort)
                yield ask(source, asked, OFF_TOPIC, grades={}, exclude=(), unjudged=0)
            report(OFF_TOPIC, done, len(questions))

    def _copied(self, report: Report) -> Iterator[Example]:
        source = Source(self.services["incidents"], Kind.INCIDENT, COPIED)
        snapshot = source.service.snapshot
        documents = [snapshot.document(ordinal) for ordinal in range(len(snapshot.catalogue))]
        for done, document in enumerate(documents, start=1):
            text = copied_text(document)
            if document.kind is Kind.INCIDENT and text is not None:
                asked = Trial(JudgedQuery(document.id, text, {document.id: 2}, {}, None), _first(document.id))
                _, grades = graded(asked.query, source.service.find)
                yield ask(source, asked, COPIED, grades=grades, exclude=())
            report(COPIED, done, len(documents))


def judged(source: Source, asked: Trial) -> Example:
    """Ask a judged question; one that nothing on record answers has no relevant hit, judged or not."""
    own, grades = graded(asked.query, source.service.find)
    without = [*filter(None, [own]), *asked.hidden]
    if asked.query.relevant:
        return ask(source, asked, PRESENT, grades=grades, exclude=without)
    return ask(source, asked, NOTHING, grades=grades, exclude=without, unjudged=0)


def in_smaller_corpora(source: Source, asked: Trial) -> Iterator[Example]:
    """Ask a judged question over few documents drawn by its id, what it is to find among them or not.

    The others are a chance few of the whole corpus, so that hardly one of them is an unjudged relative.
    """
    own, grades = graded(asked.query, source.service.find)
    relevant = {name: grade for name, grade in grades.items() if grade > 0}
    ids = source.service.snapshot.catalogue.ids
    others = [name for name in ids if name not in relevant and name != own]
    generator = np.random.default_rng(zlib.crc32(asked.query.id.encode()))
    for size in SMALL_CORPORA:
        kept = set(generator.choice(len(others), min(size, len(others)), replace=False).tolist())
        left_out = [*filter(None, [own]), *(name for place, name in enumerate(others) if place not in kept)]
        yield ask(source, asked, SMALLER, grades=grades, exclude=left_out, unjudged=0)
        yield ask(source, asked, SMALLER, grades={}, exclude=[*left_out, *relevant], unjudged=0)


def _joined(queries: Sequence[JudgedQuery], added: Sequence[JudgedQuery]) -> list[JudgedQuery]:
    """Return the questions with the judgements of both, which are of the same questions in the same order."""
    return [
        replace(
            query,
            relevant={**more.relevant, **query.relevant},
            irrelevant=query.irrelevant | (more.irrelevant - query.relevant.keys()),
        )
        for query, more in zip(queries, added, strict=True)
    ]


def copied_text(document: Document) -> str | None:
    """Return what was seen in an incident with names and numbers changed; None where no part tells it."""
    text = symptom_text(document, _NOTHING)
    return None if text is None else rewritten(text, (*document.services, *document.authors))


def _organisation(query: JudgedQuery) -> str:
    if not query.relevant:
        return _part(query.id)
    best = min(query.relevant.items(), key=lambda item: (-item[1], item[0]))[0]
    return _first(query.own or best)


def _part(name: str) -> str:
    return f"part {zlib.crc32(name.encode()) % _PARTS}"


def _first(document: str) -> str:
    return document.partition("/")[0]
