"""What is measured of hits equals what reading and tokenising their titles and passages gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest

from rca_search.embedding.hashing import HashingEncoder
from rca_search.indexing.snapshot import Snapshot
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.tokens import tokenize
from rca_search.models import Role
from rca_search.ranking.feature_extraction import Described, FeatureExtractor, Record
from rca_search.ranking.question import Question
from rca_search.ranking.retrieval import Engines, Ranked, Retrieval
from rca_search.service import SearchService
from rca_search.views import View

DOCUMENTS = {
    "RCAs/a.md": (
        "# HikariPool-1 pool exhausted\n\n## Summary\n\nHikariPool-1 timed out waiting for a connection. "
        "The pool of checkout-api was exhausted.\n\n## Resolution\n\nRaised the pool to 50 connections.\n"
    ),
    "RCAs/b.md": "# 数据库连接 timed out\n\n## Symptoms\n\n数据库连接超时, connection timed out.\n",
    "RCAs/c.md": "# !!!\n\n## Summary\n\n---\n\n...\n\n## Impact\n\nNo pool, no connection.\n",
    "RCAs/d.md": "---\ntitle: quokka zebrafish\n---\n# Something else\n\n## Summary\n\nPool, pool, pool.\n",
    "RCAs/e.md": "# Disk full\n\n## Timeline\n\n- 10:00 no space left on device\n- 10:05 pool restarted\n",
    **{f"RCAs/f{n}.md": f"# Pool {n} slow\n\n## Summary\n\nSlow pool number {n}00.\n" for n in range(9)},
}
QUESTIONS = [
    "HikariPool-1 timed out waiting for a connection",
    "数据库连接 timed out: connection pool exhausted, connection pool slow",
    "pool pool pool",
    "wombat of quokka zebrafish",
    "wombat",
    "?!",
]
_TELLING = {Role.TITLE, Role.SUMMARY, Role.SYMPTOM, Role.IMPACT, Role.DETECTION, Role.DIAGNOSIS}


@pytest.fixture(scope="module")
def snapshot(make_service: Callable[..., SearchService]) -> Snapshot:
    return make_service(DOCUMENTS, HashingEncoder()).snapshot


@pytest.fixture(params=["everything", "some"])
def view(request: pytest.FixtureRequest, snapshot: Snapshot) -> View:
    hidden = [snapshot.ordinals["RCAs/a"], snapshot.ordinals["RCAs/f3"]]
    return snapshot.everything if request.param == "everything" else snapshot.everything.without(*hidden)


def retrieval_of(text: str, snapshot: Snapshot, view: View) -> Retrieval:
    vectors = HashingEncoder().encode([text], kind="query").vectors
    engines = Engines(snapshot.lexical, snapshot.ngrams, snapshot.titles, snapshot.store, snapshot.folders)
    return Retrieval(Question.of(text, vectors, Glossary.parse("", "test")), engines, view)


class Oracle:
    """The definitions, written down over terms as words."""

    def __init__(self, retrieval: Retrieval, snapshot: Snapshot) -> None:
        self.asked = retrieval.question.terms
        self.snapshot = snapshot
        self.most = math.log(1 + (len(retrieval.view) + 0.5) / 0.5)
        self.view = retrieval.view
        rare = {term: self.rarity(term) / self.most for term in self.asked}
        said = pairwise(tokenize(retrieval.question.words))
        self.pairs = {(one, other): min(rare[one], rare[other]) for one, other in said}
        self.rare = rare

    def rarity(self, term: str) -> float:
        return self.snapshot.lexical.inverse_document_frequency(term, view=self.view) or self.most

    def covered(self, text: str) -> float:
        rarity = {term: self.rarity(term) for term in tokenize(text)}
        total = math.fsum(rarity.values())
        return math.fsum(rarity[term] for term in rarity if term in self.asked) / total if total else 0.0

    def said_in(self, text: str) -> list[bool]:
        held = set(tokenize(text))
        return [term in held for term in self.asked]

    def best(self, ordinal: int) -> list[int]:
        """The three chunks that hold most of the question's terms by rarity."""
        rows = list(self.snapshot.chunks_of(ordinal))
        present = self.snapshot.lexical.present(list(self.asked), np.asarray(rows, dtype=np.int32))
        sums = {
            row: math.fsum(np.asarray(list(self.rare.values()))[present[:, n]]) for n, row in enumerate(rows)
        }
        return sorted(rows, key=lambda row: (-round(sums[row], 9), row))[:3]

    def phrases(self, texts: Sequence[str]) -> float:
        there = {pair for text in texts for pair in pairwise(tokenize(text))}
        total = math.fsum(self.pairs.values())
        return math.fsum(rare for pair, rare in self.pairs.items() if pair in there) / total if total else 0.0


def ranked(retrieval: Retrieval, snapshot: Snapshot) -> Ranked:
    return retrieval.rank(np.ones(len(snapshot.catalogue), dtype=np.bool_), np.arange(14, dtype=np.int32))


def record_of(snapshot: Snapshot) -> Record:
    return Record(snapshot.passage_terms, snapshot.title_terms, snapshot.roles)


@pytest.mark.parametrize("text", QUESTIONS)
def test_shares_of_words_and_phrases_are_those_of_the_texts(
    text: str, snapshot: Snapshot, view: View
) -> None:
    retrieval = retrieval_of(text, snapshot, view)
    reference, oracle = ranked(retrieval, snapshot), Oracle(retrieval, snapshot)
    places = list(range(len(reference.documents)))
    facts = FeatureExtractor(retrieval, record_of(snapshot)).facts(
        reference, places, [Described()] * len(places)
    )
    titles = [snapshot.catalogue.titles[ordinal] for ordinal in reference.documents.tolist()]
    passages = [[snapshot.chunk(row).text for row in oracle.best(n)] for n in reference.documents.tolist()]
    exact = {"rtol": 0, "atol": 1e-12}
    np.testing.assert_allclose(facts.title_covered, [oracle.covered(each) for each in titles], **exact)
    np.testing.assert_allclose(facts.passage_covered, [oracle.covered(each[0]) for each in passages], **exact)
    np.testing.assert_allclose(facts.phrases, [oracle.phrases(each) for each in passages], **exact)
    said = np.asarray([oracle.said_in(each) for each in titles]).reshape(len(titles), -1)
    assert facts.found_in_title.T.tolist() == said.tolist()
    assert facts.titled.tolist() == said[:10].any(axis=0).tolist()


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_closest_passage_tells_how_it_shows(text: str, snapshot: Snapshot, view: View) -> None:
    retrieval = retrieval_of(text, snapshot, view)
    reference = ranked(retrieval, snapshot)
    places = list(range(len(reference.documents)))
    facts = FeatureExtractor(retrieval, record_of(snapshot)).facts(
        reference, places, [Described()] * len(places)
    )
    for ordinal, tells in zip(reference.documents.tolist(), facts.telling.tolist(), strict=True):
        rows = np.asarray(snapshot.chunks_of(ordinal), dtype=np.int32)
        closest = int(rows[np.argmax(retrieval.similarity(rows))])
        assert tells is (snapshot.chunk(closest).role in _TELLING)


def test_a_hit_is_measured_alike_in_any_company(snapshot: Snapshot, view: View) -> None:
    retrieval = retrieval_of(QUESTIONS[1], snapshot, view)
    reference, observer = ranked(retrieval, snapshot), FeatureExtractor(retrieval, record_of(snapshot))
    places = list(range(len(reference.documents)))
    together = observer.facts(reference, places, [Described()] * len(places))
    for place in places:
        alone = observer.facts(reference, [place], [Described()])
        for name in ("title_covered", "passage_covered", "phrases", "telling", "cosine"):
            assert getattr(alone, name)[0] == getattr(together, name)[place], name


def test_the_index_holds_the_terms_of_every_text(snapshot: Snapshot) -> None:
    vocabulary = snapshot.lexical.postings.vocabulary

    def terms(source: str, number: int) -> list[str]:
        found, _ = getattr(snapshot, source).of(np.asarray([number]))
        return [vocabulary.term(term) for term in found.tolist()]

    for row in range(len(snapshot.chunk_documents)):
        chunk = snapshot.chunk(row)
        assert terms("passage_terms", row) == tokenize(chunk.text)
        assert list(Role)[snapshot.roles[row]] is chunk.role
    for ordinal, title in enumerate(snapshot.catalogue.titles):
        assert terms("title_terms", ordinal) == tokenize(title)
        assert snapshot.document(ordinal).title == title
