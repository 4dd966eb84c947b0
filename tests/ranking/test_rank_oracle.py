"""The ranked list against brute force over every document, and against an index of the visible ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from written_stores import opened

from rca_search.folders import Folders
from rca_search.lexical.bm25 import Bm25Index, PostingsWriter
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.ngram_index import NgramIndex, NgramWriter
from rca_search.protocols import Vectors
from rca_search.ranking import weights
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval
from rca_search.stores import KINDS
from rca_search.views import Mask, Ordinals, View


def rank(
    question: Question, engines: Engines, *, view: View, within: Mask, always: Ordinals | None = None
) -> Ranked:
    """Rank once."""
    return Retrieval(question, engines, view).rank(within, always)


DIMENSION = 4
TERMS = ["disk", "dns", "cert", "kafka", "pool"]
GLOSSARY = Glossary.parse("disk = kafka pool\ndns = cert\ncert = dns = pool", "test")
Chunk = tuple[list[str], list[float]]
Document = list[Chunk]
Corpus = list[Document]
LEAST = 2

coordinates = st.lists(st.integers(-3, 3).map(float), min_size=DIMENSION, max_size=DIMENSION)
chunks = st.tuples(st.lists(st.sampled_from(TERMS), max_size=6), coordinates)
corpora = st.lists(st.lists(chunks, min_size=1, max_size=4), min_size=1, max_size=12)


@pytest.fixture(autouse=True, scope="module", params=[0, weights.SCORED_WHOLE])
def small_or_large(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run everything with each chunk scored, as in a small corpus, and searched for, as in a large one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "SCORED_WHOLE", request.param)
        yield


@st.composite
def cases(draw: st.DrawFn) -> tuple[Corpus, list[bool], list[bool], list[str], list[list[float]]]:
    corpus = draw(corpora)
    flags = st.lists(st.booleans(), min_size=len(corpus), max_size=len(corpus))
    windows = st.lists(coordinates.filter(any), min_size=1, max_size=3)
    return corpus, draw(flags), draw(flags), draw(st.lists(st.sampled_from(TERMS), max_size=4)), draw(windows)


@dataclass(frozen=True)
class Built:
    engines: Engines
    view: View


def built(corpus: Corpus, kind: str) -> Built:
    owners = np.array([n for n, document in enumerate(corpus) for _ in document], dtype=np.int32)
    postings, spelled, titles = PostingsWriter(), NgramWriter(), NgramWriter("titles")
    for document in corpus:
        for terms, _ in document:
            postings.add(terms)
        spelled.add(" ".join(term for terms, _ in document for term in terms))
        titles.add(" ".join(document[0][0]))
    folders = Folders(list(map(path, corpus)), least=LEAST)
    index = Bm25Index.open(postings.artefacts(owners), owners, folders)
    vectors = [vector for document in corpus for _, vector in document]
    store = opened(kind, np.array(vectors, dtype=np.float32).reshape(-1, DIMENSION))
    return Built(
        Engines(
            index,
            NgramIndex.open(spelled.artefacts(), len(corpus)),
            NgramIndex.open(titles.artefacts(), len(corpus), "titles"),
            store,
            folders,
        ),
        View.everything(len(corpus), owners),
    )


def asked(terms: list[str], windows: list[list[float]]) -> Question:
    vectors: Vectors = np.array(windows, dtype=np.float32)
    return Question.of(" ".join(terms), vectors, GLOSSARY)


def synonyms(terms: list[str]) -> dict[str, float]:
    """What GLOSSARY adds, written down from its three lines: each term with the share of its expression."""
    groups = [[["disk"], ["kafka", "pool"]], [["dns"], ["cert"]], [["cert"], ["dns"], ["pool"]]]
    found: dict[str, float] = {}
    for group in groups:
        said = [one for one in group if any(terms[at : at + len(one)] == one for at in range(len(terms)))]
        for one in group if said else ():
            if one not in said:
                found |= {term: max(1 / len(one), found.get(term, 0)) for term in one}
    return found


def path(document: Document) -> str:
    """Documents lie in folders by how many chunks they have."""
    return ("a", "b/a", "b/c/a", "d/a")[len(document) % 4]


def styles(corpus: Corpus, visible: list[int]) -> dict[int, str]:
    """The folder of each visible document that has at least two, a smaller one's being the one above it."""
    found = {n: path(corpus[n]).rpartition("/")[0] for n in visible}
    for depth in (1, 0):
        sizes = Counter(found.values())
        for n, name in found.items():
            if name.count("/") == depth and name and sizes[name] < LEAST:
                found[n] = name.rpartition("/")[0]
    return found


def telling(corpus: Corpus, visible: list[int], term: str) -> dict[int, float]:
    """How much a term tells of each visible document."""
    folders = styles(corpus, visible)
    holders = [n for n in visible if any(term in chunk for chunk, _ in corpus[n])]
    everywhere = len(holders) / len(visible)
    found = {}
    for n in visible:
        fellows = [other for other in visible if folders[other] == folders[n]]
        share = len([other for other in fellows if other in holders]) / len(fellows)
        told = (1 - share**4) / (1 - everywhere**4) if everywhere < 1 else 1
        found[n] = min(told, 1) if folders[n] else 1.0
    return found


def dense_scores(corpus: Corpus, visible: list[int], windows: list[list[float]]) -> NDArray[np.float64]:
    """Standard scores of the best cosines, less a quarter of what the folder has more than others."""
    best = [[max(cosine(window, vector) for _, vector in corpus[n]) for window in windows] for n in visible]
    found = np.array([sum(each) / len(each) for each in best])
    if not visible or found.std() <= 1e-6:
        return np.zeros(len(visible))
    folders, mean = styles(corpus, visible), found.mean()
    shifted = found - mean
    for place, n in enumerate(visible):
        fellows = [found[other] - mean for other, m in enumerate(visible) if folders[m] == folders[n]]
        if folders[n] and len(fellows) < len(visible):
            shifted[place] -= 0.25 * sum(fellows) / (len(fellows) + 4)
    return shifted / found.std()


def bm25(
    units: list[list[str]], owners: list[int], corpus: Corpus, terms: list[str], damping: float
) -> NDArray[np.float64]:
    """Lucene's formula, written down from its definition."""
    asked = {term: 0.4 * share for term, share in synonyms(terms).items()}
    asked |= {term: 1 + math.log(repeats) for term, repeats in Counter(terms).items()}
    counts = [Counter(unit) for unit in units]
    average = sum(map(len, units)) / max(len(units), 1)
    scores = np.zeros(len(units))
    for term, weight in asked.items():
        holding = sum(count[term] > 0 for count in counts)
        rarity = math.log(1 + (len(units) - holding + 0.5) / (holding + 0.5))
        told = telling(corpus, sorted(set(owners)), term) if units else {}
        for place, count in enumerate(counts):
            if f := count[term]:
                length = len(units[place]) / average
                scores[place] += (
                    told[owners[place]] * weight * rarity * f / (f + 1.5 * (1 - damping + damping * length))
                )
    return scores


def words(corpus: Corpus, visible: list[int], terms: list[str]) -> NDArray[np.float64]:
    """The mean of two standard scores: of the whole document, and of its best chunk."""
    units = [[t for chunk, _ in corpus[n] for t in chunk] for n in visible]
    whole = bm25(units, visible, corpus, terms, 1.0)
    owners = [n for n in visible for _ in corpus[n]]
    passages = [chunk for n in visible for chunk, _ in corpus[n]]
    chunks = bm25(passages, owners, corpus, terms, 0.75).tolist()
    best = np.array([max(chunks.pop(0) for _ in corpus[n]) for n in visible])
    return (standard(whole) + standard(best)) / 2


def spelling(corpus: Corpus, visible: list[int], terms: list[str]) -> NDArray[np.float64]:
    """The cosine over runs of four characters, but for the length of the question."""
    units = [Counter(runs_of([t for chunk, _ in corpus[n] for t in chunk])) for n in visible]
    rarity = {
        run: 1 + math.log((1 + len(units)) / (1 + sum(run in unit for unit in units)))
        for run in {run for unit in units for run in unit}
    }
    asked = Counter(runs_of(terms))
    scores = np.zeros(len(units))
    for place, unit in enumerate(units):
        vector = {run: (1 + math.log(count)) * rarity[run] for run, count in unit.items()}
        length = math.sqrt(sum(value**2 for value in vector.values()))
        for run in asked.keys() & unit.keys():
            scores[place] += (1 + math.log(asked[run])) * rarity[run] * vector[run] / length
    return scores


def title(corpus: Corpus, visible: list[int], terms: list[str]) -> NDArray[np.float64]:
    """The share of the runs of a title, weighed by their rarity, that the question or a synonym has."""
    units = [set(runs_of(corpus[n][0][0])) for n in visible]
    asked: dict[str, float] = {}
    for term, share in synonyms(terms).items():
        for run in runs_of([term]):
            asked[run] = max(0.6 * share, asked.get(run, 0.0))
    asked |= dict.fromkeys(runs_of(terms), 1.0)
    scores = np.zeros(len(units))
    for place, unit in enumerate(units):
        rarity = {
            run: 1 + math.log((1 + len(units)) / (1 + sum(run in other for other in units))) for run in unit
        }
        if unit:
            scores[place] = sum(asked.get(run, 0.0) * rarity[run] for run in unit) / sum(rarity.values())
    return scores


def runs_of(terms: list[str]) -> list[str]:
    return [f" {term} "[at : at + 4] for term in terms for at in range(len(term) - 1)]


def cosine(left: list[float], right: list[float]) -> float:
    norm = math.sqrt(sum(x * x for x in left)) * math.sqrt(sum(x * x for x in right))
    return sum(x * y for x, y in zip(left, right, strict=True)) / norm if norm else 0.0


def standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = scores.std() if len(scores) else 0.0
    return (scores - scores.mean()) / deviation if deviation > 1e-6 else np.zeros(len(scores))


def brute_force(
    corpus: Corpus, visible: list[int], terms: list[str], windows: list[list[float]]
) -> dict[int, tuple[float, ...]]:
    """Standard scores (dense, lexical, spelling, title) of every visible document."""
    spelled = standard(spelling(corpus, visible, terms))
    signals = (
        dense_scores(corpus, visible, windows),
        words(corpus, visible, terms),
        spelled,
        standard(title(corpus, visible, terms)),
    )
    return dict(zip(visible, zip(*(signal.tolist() for signal in signals), strict=True), strict=True))


@given(cases(), st.sampled_from(KINDS))
@settings(max_examples=150)
def test_ranks_as_brute_force_does(
    case: tuple[Corpus, list[bool], list[bool], list[str], list[list[float]]], kind: str
) -> None:
    corpus, seen, wanted, terms, windows = case
    made = built(corpus, kind)
    view = made.view.restricted(np.array(seen))
    ranked = rank(asked(terms, windows), made.engines, view=view, within=np.array(wanted))
    visible = [n for n, flag in enumerate(seen) if flag]
    expected = brute_force(corpus, visible, terms, windows)
    allowed = [n for n in visible if wanted[n]]
    # Every document has a chunk, so dense retrieval brings in all of a small corpus.
    assert sorted(ranked.documents.tolist()) == allowed
    for place, n in enumerate(ranked.documents.tolist()):
        dense, lexical, spelled, titled = expected[n]
        np.testing.assert_allclose(ranked.signals.dense[place], dense, atol=2e-4)
        np.testing.assert_allclose(ranked.signals.lexical[place], lexical, atol=1e-6)
        np.testing.assert_allclose(ranked.signals.spelling[place], spelled, atol=1e-4)
        np.testing.assert_allclose(ranked.signals.title[place], titled, atol=1e-6)
        total = 0.37 * dense + 0.27 * lexical + 0.28 * spelled + 0.08 * titled
        np.testing.assert_allclose(ranked.totals[place], total, atol=2e-4)
    pairs = list(zip((-ranked.totals).tolist(), ranked.documents.tolist(), strict=True))
    assert pairs == sorted(pairs)


def exactly(ranked: Ranked, names: list[int]) -> list[tuple[float, ...]]:
    signals = ranked.signals
    parts = (ranked.totals, signals.dense, signals.lexical, signals.spelling, signals.title)
    columns = [part.tolist() for part in parts]
    return list(zip([names[n] for n in ranked.documents.tolist()], *columns, strict=True))


@given(cases(), st.sampled_from(KINDS))
@settings(max_examples=150)
def test_what_is_hidden_changes_nothing_to_the_last_digit(
    case: tuple[Corpus, list[bool], list[bool], list[str], list[list[float]]], kind: str
) -> None:
    corpus, seen, wanted, terms, windows = case
    visible = [n for n, flag in enumerate(seen) if flag]
    if not visible:
        return
    question = asked(terms, windows)
    whole, part = built(corpus, kind), built([corpus[n] for n in visible], kind)
    view = whole.view.restricted(np.array(seen))
    within = np.array(wanted)
    restricted = rank(question, whole.engines, view=view, within=within)
    alone = rank(question, part.engines, view=part.view, within=within[visible])
    assert exactly(restricted, list(range(len(corpus)))) == exactly(alone, visible)


@given(cases())
@settings(max_examples=80)
def test_a_filter_leaves_the_scores_of_the_rest_alone(
    case: tuple[Corpus, list[bool], list[bool], list[str], list[list[float]]],
) -> None:
    corpus, seen, wanted, terms, windows = case
    made = built(corpus, "exact")
    view = made.view.restricted(np.array(seen))
    question = asked(terms, windows)
    everything = rank(question, made.engines, view=view, within=np.ones(len(corpus), dtype=np.bool_))
    narrowed = rank(question, made.engines, view=view, within=np.array(wanted))
    names = list(range(len(corpus)))
    kept = [hit for hit in exactly(everything, names) if wanted[int(hit[0])]]
    assert exactly(narrowed, names) == kept


def test_ties_go_by_ordinal() -> None:
    same: Chunk = (["disk"], [1.0, 0, 0, 0])
    made = built([[same], [(["dns"], [0, 1.0, 0, 0])], [same], [same]], "faiss")
    ranked = rank(
        asked(["disk"], [[1.0, 0, 0, 0]]), made.engines, view=made.view, within=np.ones(4, dtype=np.bool_)
    )
    assert ranked.documents.tolist() == [0, 2, 3, 1]
    assert ranked.totals[0] == ranked.totals[1] == ranked.totals[2]


def test_a_filter_that_lets_nothing_through_gives_nothing() -> None:
    made = built([[(["disk"], [1.0, 0, 0, 0])]], "faiss")
    nothing = np.zeros(1, dtype=np.bool_)
    for view, within in ((made.view, nothing), (made.view.restricted(nothing), ~nothing)):
        ranked = rank(asked(["disk"], [[1.0, 0, 0, 0]]), made.engines, view=view, within=within)
        assert len(ranked.documents) == len(ranked.totals) == 0


def test_the_candidates_of_a_large_corpus_hold_what_either_retriever_likes() -> None:
    generator = np.random.default_rng(7)
    vectors = generator.standard_normal((900, DIMENSION)).tolist()
    corpus: Corpus = [[(["disk"] if n % 300 == 5 else ["dns"], vector)] for n, vector in enumerate(vectors)]
    made = built(corpus, "faiss")
    window = [0.3, -0.2, 0.9, 0.1]
    ranked = rank(
        asked(["disk"], [window]), made.engines, view=made.view, within=np.ones(900, dtype=np.bool_)
    )
    cosines = [cosine(window, vector) for vector in vectors]
    nearest = sorted(range(900), key=lambda n: -cosines[n])[:384]
    assert set(ranked.documents.tolist()) == {*nearest, 5, 305, 605}
    assert ranked.documents[0] in {5, 305, 605}
    forced = np.array([899], dtype=np.int32)
    more = rank(
        asked(["disk"], [window]),
        made.engines,
        view=made.view,
        within=np.ones(900, dtype=np.bool_),
        always=forced,
    )
    assert set(more.documents.tolist()) == {*nearest, 5, 305, 605, 899}
