"""The examples that the packaged calibration is fitted to, out of the development sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rca_search.analysis.examples import (
    COPIED,
    FOREIGN,
    OFF_TOPIC,
    Asked,
    Example,
    Source,
    ask,
    in_smaller_corpora,
    judgements,
    present_and_removed,
)
from rca_search.evaluation.dataset import JudgedQuery, load_dataset, read_objects
from rca_search.evaluation.links import LinkCutter
from rca_search.evaluation.mentions import Mentions
from rca_search.evaluation.off_topic import off_topic
from rca_search.evaluation.rewritten import rewritten
from rca_search.evaluation.symptoms import Hidden, symptom_text
from rca_search.models import Document, Kind
from rca_search.service import SearchService

SETS: Mapping[str, Kind] = {
    "alert2runbook": Kind.RUNBOOK,
    "recurrence": Kind.INCIDENT,
    "oncall-incidents": Kind.INCIDENT,
    "oncall-runbooks": Kind.RUNBOOK,
}
"""The sets below ``bench/`` and the kind that each looks for."""

SHORT = "-short"
"""What the name of a set is followed by where its questions are asked in their short form."""

_OFF_TOPIC_GROUPS = 2
_NOTHING = Hidden(Mentions.of(()), Mentions.of(()), LinkCutter(frozenset(), Mentions.of(())))

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Material:
    """The folder with the sets, and an index of the corpus of each kind."""

    folder: Path
    services: Mapping[Kind, SearchService]

    def examples(self, report: Report) -> list[Example]:
        """Ask everything."""
        found: list[Example] = []
        for name, kind in SETS.items():
            questions = self._questions(name)
            for done, asked in enumerate(questions, start=1):
                found += self._asked(Source(self.services[kind], kind, name), asked, short=False)
                report(name, done, len(questions))
        for name in ("recurrence",):
            source = Source(self.services[SETS[name]], SETS[name], name + SHORT)
            for asked in self._questions(name, short=True):
                found += self._asked(source, asked, short=True)
        return [*found, *self._off_topic(report), *self._copied(report)]

    def _asked(self, source: Source, asked: Asked, *, short: bool) -> Iterator[Example]:
        yield from present_and_removed(source, asked)
        if not short:
            yield from in_smaller_corpora(source, asked)
        other = Kind.RUNBOOK if source.kind is Kind.INCIDENT else Kind.INCIDENT
        elsewhere = Source(self.services[other], other, source.name)
        yield ask(elsewhere, asked, FOREIGN, relevant={}, exclude=())

    def _questions(self, name: str, *, short: bool = False) -> list[Asked]:
        """Return the questions of a set by organisation: of its own document, or of the best judged."""
        folder = self.folder / "bench" / name
        queries = load_dataset(folder / "queries.jsonl", folder / "qrels.tsv")
        if short:
            forms = {str(entry["_id"]): entry["short"] for _, entry in read_objects(folder / "queries.jsonl")}
            queries = [replace(query, text=str(forms[query.id])) for query in queries]
        return [Asked(query, _organisation(query)) for query in queries if query.relevant]

    def _off_topic(self, report: Report) -> Iterator[Example]:
        questions = off_topic()
        sorts = list(dict.fromkeys(each.sort for each in questions))
        for done, each in enumerate(questions, start=1):
            query = JudgedQuery(f"{each.sort} {done}", each.text, {}, {}, None)
            group = f"off topic {sorts.index(each.sort) % _OFF_TOPIC_GROUPS}"
            for kind, service in self.services.items():
                yield ask(
                    Source(service, kind, each.sort), Asked(query, group), OFF_TOPIC, relevant={}, exclude=()
                )
            report(OFF_TOPIC, done, len(questions))

    def _copied(self, report: Report) -> Iterator[Example]:
        source = Source(self.services[Kind.INCIDENT], Kind.INCIDENT, COPIED)
        snapshot = source.service.snapshot
        documents = [snapshot.document(ordinal) for ordinal in range(len(snapshot.catalogue))]
        for done, document in enumerate(documents, start=1):
            text = copied_text(document)
            if document.kind is Kind.INCIDENT and text is not None:
                asked = Asked(JudgedQuery(document.id, text, {document.id: 2}, {}, None), _first(document.id))
                _, relevant = judgements(source.service, asked.query)
                yield ask(source, asked, COPIED, relevant=relevant, exclude=())
            report(COPIED, done, len(documents))


def copied_text(document: Document) -> str | None:
    """Return what was seen in an incident with names and numbers changed; None where no part tells it."""
    text = symptom_text(document, _NOTHING)
    return None if text is None else rewritten(text, (*document.services, *document.authors))


def _organisation(query: JudgedQuery) -> str:
    best = min(query.relevant.items(), key=lambda item: (-item[1], item[0]))[0]
    return _first(query.own or best)


def _first(document: str) -> str:
    return document.partition("/")[0]
