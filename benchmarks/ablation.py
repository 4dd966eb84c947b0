"""Ablation: what each part of the ranking is worth, by leaving it out and ranking the judged questions anew.

Only what is decided when a question is asked can be left out here; what a build decides (headings before a
passage, stems, the title as a passage) would need an index of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, replace

from benchmarks.judged import PAIRED, judged_sets, mean, measures
from benchmarks.paired import ALL, NOTE, as_json, by_set, spelled, together
from benchmarks.setting import Measured, Setting
from benchmarks.tables import Table
from rca_search.evaluation.intervals import Difference
from rca_search.folders import Styles
from rca_search.lexical import bm25
from rca_search.lexical.bm25 import Bm25Index
from rca_search.ranking import weights
from rca_search.ranking.fusion import Signals
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Retrieval
from rca_search.views import View

SIGNALS = tuple(each.name for each in fields(Signals))
"""The signals in the order of their shares in a total."""

SHARES = ("WORDS", "ALERTS")
"""The names of these shares in ``weights``."""

WHOLE = "as it is"
BOUNDLESS = 1_000_000
"""More candidates than there are."""


@contextmanager
def replaced(owner: object, **values: object) -> Iterator[None]:
    """Give attributes of ``owner`` other values while entered; raises AttributeError on an unknown one."""
    before = {name: getattr(owner, name) for name in values}
    try:
        for name, value in values.items():
            setattr(owner, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


def without_shares(*left_out: str) -> AbstractContextManager[None]:
    """Leave signals out; the others share the whole in proportion, so that a total keeps its scale.

    The scale matters to what is added to it: bonuses for links and services, votes.
    """

    def shared(shares: Sequence[float]) -> tuple[float, ...]:
        kept = [0.0 if name in left_out else share for name, share in zip(SIGNALS, shares, strict=True)]
        return tuple(sum(shares) / sum(kept) * share for share in kept)

    return replaced(weights, **{name: shared(getattr(weights, name)) for name in SHARES})


def only(signal: str) -> AbstractContextManager[None]:
    """Leave every signal out but one."""
    return without_shares(*(other for other in SIGNALS if other != signal))


def asked_as(change: Callable[[Question], Question]) -> AbstractContextManager[None]:
    """Rank by a changed question."""
    plain = Retrieval.__init__

    def changed(self: Retrieval, question: Question, *others: object) -> None:
        plain(self, change(question), *others)  # type: ignore[arg-type]

    return replaced(Retrieval, __init__=changed)


def words_by(*, whole: bool) -> AbstractContextManager[None]:
    """Count words by the whole document alone, or by its best passage alone."""
    plain = Retrieval.__init__

    def changed(self: Retrieval, *given: object) -> None:
        plain(self, *given)  # type: ignore[arg-type]
        kept, left_out = ("words", "best words") if whole else ("best words", "words")
        self._measured[left_out] = self._measured[kept]

    return replaced(Retrieval, __init__=changed)


def first_window(question: Question) -> Question:
    """Keep the vector of the first window: what a search does that cuts a long text where its model does."""
    return replace(question, vectors=question.vectors[:1])


def once_each(question: Question) -> Question:
    """Let each term count once, however often the question says it."""
    return replace(question, terms=dict.fromkeys(question.terms, 1.0))


@contextmanager
def remembering_no_words() -> Iterator[None]:
    """Use nothing of what was worked out before of terms."""

    def uncached(self: Bm25Index, key: tuple[str, str, bool], view: View) -> object:
        _, term, of_documents = key
        return (self._on_documents if of_documents else self._on_chunks)(term, view)

    with replaced(Bm25Index, _kept=uncached):
        yield


@contextmanager
def damped_as_passages() -> Iterator[None]:
    """Damp whole documents by length as passages are."""
    with replaced(bm25, _B_DOCUMENT=bm25._B_CHUNK), remembering_no_words():
        yield


@contextmanager
def without_styles() -> Iterator[None]:
    """Let no folder have a style of its own."""
    with replaced(Styles, matter=property(lambda _: False)), remembering_no_words():
        yield


PARTS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    "meaning": lambda: without_shares("dense"),
    "words": lambda: without_shares("lexical"),
    "words of the whole document": lambda: words_by(whole=False),
    "words of the best passage": lambda: words_by(whole=True),
    "spelling": lambda: without_shares("spelling"),
    "the title": lambda: without_shares("title"),
    "the glossary": lambda: replaced(weights, SYNONYM_WORDS=0.0, SYNONYM_RUNS=0.0),
    "the full damping of long documents": damped_as_passages,
    "the style of folders": without_styles,
    "all but meaning": lambda: only("dense"),
    "all but words": lambda: only("lexical"),
    "all but spelling": lambda: only("spelling"),
    "all windows of a long question but the first": lambda: asked_as(first_window),
    "more weight for what a question repeats": lambda: asked_as(once_each),
    "bonuses of runbooks for links and services": lambda: replaced(
        weights, RUNBOOK_LINKED=0.0, RUNBOOK_SERVICE=0.0
    ),
    "the limits on candidates": lambda: replaced(
        weights, CANDIDATE_CHUNKS=BOUNDLESS, CANDIDATE_DOCUMENTS=BOUNDLESS
    ),
}
"""What is left out, and the context in which it is."""


def measure(setting: Setting) -> Measured:
    """Rank every question as it is and without each part."""
    plain: dict[str, list[float]] = {}
    without: dict[str, dict[str, list[float]]] = {part: {} for part in PARTS}
    for judged in judged_sets(setting):
        setting.say(f"{judged.name}: {len(judged.questions)} questions, {len(PARTS) + 1} times")
        plain[judged.name] = measures(judged.questions, judged.product)[PAIRED]
        for part, context in PARTS.items():
            with context():
                without[part][judged.name] = measures(judged.questions, judged.product)[PAIRED]
    apart = {part: by_set(found, plain) for part, found in without.items()}
    figures = {
        "means": {name: round(mean(values), 5) for name, values in plain.items()},
        "differences": {
            part: {name: as_json(one) for name, one in found.items()} for part, found in apart.items()
        },
    }
    return Measured({}, (table(plain, apart),), figures)


def table(plain: Mapping[str, list[float]], apart: Mapping[str, Mapping[str, Difference]]) -> Table:
    """Set the parts below each other, a column for each set."""
    columns = {**plain, ALL: together(plain)}
    first = (WHOLE, *(f"{mean(values):.3f}" for values in columns.values()))
    rows = [(part, *(spelled(found[name]) for name in columns)) for part, found in apart.items()]
    return Table(
        f"What each part of the ranking is worth: {PAIRED} without it, less {PAIRED} as it is",
        ("left out", *(f"{name} ({len(values)})" for name, values in columns.items())),
        (first, *rows),
        note=f"{NOTE} Where a signal is left out, the others share its weight.",
    )
