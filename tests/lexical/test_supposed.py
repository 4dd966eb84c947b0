"""An index that is supposed to say more: as if the words stood there, and nothing else changed."""

from __future__ import annotations

import numpy as np
import pytest

from rca_search.lexical.bm25 import Bm25Index, PostingsWriter
from rca_search.lexical.supposed import SupposedIndex
from rca_search.views import View

OWNERS = np.asarray([0, 0, 1, 2], dtype=np.int32)
CHUNKS = ["disk full alpha", "pager alpha", "lease lost beta", "lease gamma gamma"]
DOCUMENT, CHUNK = 0, 1


def index(chunks: list[str]) -> Bm25Index:
    writer = PostingsWriter()
    for text in chunks:
        writer.add(text.split())
    return Bm25Index.open(writer.artefacts(OWNERS), OWNERS)


@pytest.fixture
def view() -> View:
    return View.everything(3, OWNERS)


@pytest.fixture
def supposed() -> SupposedIndex:
    return SupposedIndex(index(CHUNKS), CHUNK, DOCUMENT, ["lease"])


def test_it_scores_as_if_the_word_stood_there(supposed: SupposedIndex, view: View) -> None:
    # The word takes the place of another, so that lengths stay; only its rarity has changed besides.
    written = index([CHUNKS[0], "pager lease", *CHUNKS[2:]])
    for told, real, holding in (
        (supposed.score_documents, written.score_documents, (2, 3, 3)),
        (supposed.score_chunks, written.score_chunks, (2, 3, 4)),
    ):
        before, after, units = holding
        rarer = rarity(before, units) / rarity(after, units)
        assert told({"lease": 2.0}, view=view) == pytest.approx(real({"lease": 2.0}, view=view) * rarer)


def test_nothing_else_changes(supposed: SupposedIndex, view: View) -> None:
    plain = index(CHUNKS)
    for terms in ({"lease": 1.0, "disk": 1.0}, {"gamma": 1.0}, {"nobody": 1.0}, {}):
        assert np.array_equal(
            supposed.score_documents(terms, view=view)[1:], plain.score_documents(terms, view=view)[1:]
        )
    assert np.array_equal(
        supposed.score_chunks({"disk": 1.0}, view=view), plain.score_chunks({"disk": 1.0}, view=view)
    )
    for term in ("lease", "disk", "nobody"):
        told = supposed.inverse_document_frequency(term, view=view)
        assert told == plain.inverse_document_frequency(term, view=view)


def test_the_word_is_there_in_that_chunk_alone(supposed: SupposedIndex) -> None:
    found = supposed.present(["lease", "alpha"], np.asarray([0, 1, 2], dtype=np.int32))
    assert found.tolist() == [[False, True, True], [True, True, False]]


def rarity(holding: int, units: int) -> float:
    return float(np.log(1 + (units - holding + 0.5) / (holding + 0.5)))
