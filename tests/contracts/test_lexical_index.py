"""What every lexical index promises, whatever its formula."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rca_search.lexical.bm25 import Bm25Index, PostingsWriter
from rca_search.protocols import LexicalIndex
from rca_search.views import View

#: Two chunks of document 0, one of 1, none of 2, two of 3.
OWNERS = np.array([0, 0, 1, 3, 3], dtype=np.int32)
CHUNKS = [["disk", "full", "disk"], ["node"], ["disk", "node", "slow"], ["dns"], ["dns", "full"]]


def bm25(chunks: Sequence[Sequence[str]]) -> LexicalIndex:
    writer = PostingsWriter()
    for chunk in chunks:
        writer.add(chunk)
    return Bm25Index.open(writer.artefacts(OWNERS), OWNERS)


@pytest.fixture(params=[bm25])
def index(request: pytest.FixtureRequest) -> LexicalIndex:
    made: LexicalIndex = request.param(CHUNKS)
    return made


@pytest.fixture
def everything() -> View:
    return View.everything(4, OWNERS)


def test_scores_are_positive_exactly_where_a_term_stands(index: LexicalIndex, everything: View) -> None:
    documents = index.score_documents({"disk": 1.0, "unknown": 1.0}, view=everything)
    chunks = index.score_chunks({"disk": 1.0, "unknown": 1.0}, view=everything)
    assert (documents > 0).tolist() == [True, True, False, False]
    assert (chunks > 0).tolist() == [True, False, True, False, False]
    assert documents.dtype == chunks.dtype == np.float64


def test_no_term_scores_nothing(index: LexicalIndex, everything: View) -> None:
    assert index.score_documents({}, view=everything).tolist() == [0, 0, 0, 0]
    assert index.score_chunks({"": 1.0, "unknown": 2.0}, view=everything).tolist() == [0] * 5


def test_an_empty_view_scores_nothing(index: LexicalIndex, everything: View) -> None:
    nothing = everything.without(0, 1, 2, 3)
    assert index.score_documents({"disk": 1.0}, view=nothing).tolist() == [0, 0, 0, 0]
    assert index.score_chunks({"disk": 1.0}, view=nothing).tolist() == [0] * 5
    assert index.inverse_document_frequency("disk", view=nothing) == 0


def test_weights_multiply_and_terms_add(index: LexicalIndex, everything: View) -> None:
    disk = index.score_documents({"disk": 1.0}, view=everything)
    full = index.score_documents({"full": 1.0}, view=everything)
    both = index.score_documents({"disk": 2.0, "full": 0.5}, view=everything)
    np.testing.assert_allclose(both, 2 * disk + 0.5 * full, rtol=1e-12)


def test_hidden_documents_score_nothing_and_change_rarity(index: LexicalIndex, everything: View) -> None:
    part = everything.without(1)
    assert (index.score_documents({"disk": 1.0, "slow": 1.0}, view=part) > 0).tolist() == [
        True,
        False,
        False,
        False,
    ]
    assert index.inverse_document_frequency("slow", view=part) == 0
    assert index.inverse_document_frequency("disk", view=part) > index.inverse_document_frequency(
        "disk", view=everything
    )


def test_rarer_terms_weigh_more(index: LexicalIndex, everything: View) -> None:
    rare = index.inverse_document_frequency("slow", view=everything)
    common = index.inverse_document_frequency("disk", view=everything)
    assert rare > common > 0
    assert index.inverse_document_frequency("unknown", view=everything) == 0


def test_numbers_stand_for_terms_and_rarities_for_theirs(index: LexicalIndex, everything: View) -> None:
    terms = ["slow", "unknown", "disk", "", "dns", "disk"]
    numbers = index.numbers(terms)
    assert [number < 0 for number in numbers.tolist()] == [term in ("unknown", "") for term in terms]
    assert len(set(numbers.tolist())) == 4
    for view in (everything, everything.without(1), everything.without(0, 3), everything.without(0, 1, 2, 3)):
        alone = [index.inverse_document_frequency(term, view=view) for term in terms]
        assert index.rarities(numbers, view=view).tolist() == alone
        assert index.rarities(numbers[:0], view=view).tolist() == []


def test_matched_terms_come_in_the_order_given(index: LexicalIndex) -> None:
    terms = ["slow", "unknown", "disk", "dns", "node"]
    found = index.present(terms, np.array([2, 1, 4], dtype=np.int32))
    assert found.shape == (len(terms), 3)
    both, last = found[:, :2].any(axis=1), found[:, 2]
    assert [term for term, row in zip(terms, both, strict=True) if row] == ["slow", "disk", "node"]
    assert [term for term, row in zip(terms, last, strict=True) if row] == ["dns"]
    assert index.present(terms, np.array([], dtype=np.int32)).shape == (len(terms), 0)
    assert index.present([], np.array([1], dtype=np.int32)).shape == (0, 1)


def test_eight_threads_get_the_same_answers(index: LexicalIndex, everything: View) -> None:
    views = [everything.without(number % 4) for number in range(64)]
    alone = [index.score_documents({"disk": 1.0, "dns": 1.0}, view=view).tolist() for view in views]
    fresh = bm25(CHUNKS)
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda view: fresh.score_documents({"disk": 1.0, "dns": 1.0}, view=view).tolist(), views)
        )
    assert found == alone
