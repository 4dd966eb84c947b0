"""Postings and BM25: equal to bm25s on the whole, equal to a smaller index on a part, closed to damage."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rca_search.errors import IndexCorruptError
from rca_search.folders import Folders
from rca_search.lexical import bm25
from rca_search.lexical.arrays import to_bytes
from rca_search.lexical.bm25 import Bm25Index, PostingsWriter
from rca_search.lexical.vocabulary import Numbering
from rca_search.views import Ordinals, View

Chunks = Sequence[Sequence[str]]
_WORD = st.sampled_from(["pod", "disk", "dns", "kafka", "ora-12154", "über", "数据", "z"])
_CHUNK = st.lists(_WORD, max_size=8)
_DOCUMENTS = st.lists(st.lists(_CHUNK, max_size=3), min_size=1, max_size=8)
_QUESTION = st.dictionaries(_WORD, st.sampled_from([0.25, 1.0, 2.0]), max_size=5)


def owners(documents: Sequence[Chunks]) -> Ordinals:
    return np.repeat(np.arange(len(documents), dtype=np.int32), [len(chunks) for chunks in documents])


def artefacts(documents: Sequence[Chunks]) -> dict[str, bytes]:
    writer = PostingsWriter()
    for chunks in documents:
        for chunk in chunks:
            writer.add(chunk)
    return writer.artefacts(owners(documents))


def index_of(documents: Sequence[Chunks]) -> Bm25Index:
    return Bm25Index.open(artefacts(documents), owners(documents))


def peer(corpus: Chunks, question: dict[str, float], b: float) -> NDArray[np.float64]:
    model = bm25s.BM25(method="lucene", k1=1.5, b=b)
    model.index([list(tokens) for tokens in corpus], show_progress=False)
    scores = np.zeros(len(corpus))
    for term, weight in question.items():
        if term in model.vocab_dict:
            scores += weight * model.get_scores([term])
    return scores


@settings(max_examples=60, deadline=None)
@given(_DOCUMENTS, _QUESTION)
def test_whole_corpus_scores_as_bm25s(documents: list[list[list[str]]], question: dict[str, float]) -> None:
    view = View.everything(len(documents), owners(documents))
    index = index_of(documents)
    joined = [[token for chunk in chunks for token in chunk] for chunks in documents]
    chunks = [chunk for document in documents for chunk in document]
    if any(joined):
        np.testing.assert_allclose(
            index.score_documents(question, view=view), peer(joined, question, 1.0), atol=1e-5
        )
        np.testing.assert_allclose(
            index.score_chunks(question, view=view), peer(chunks, question, 0.75), atol=1e-5
        )


@settings(max_examples=150, deadline=None)
@given(_DOCUMENTS, _QUESTION, st.data())
def test_what_is_hidden_changes_no_digit(
    documents: list[list[list[str]]], question: dict[str, float], data: st.DataObject
) -> None:
    size = len(documents)
    shown = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    index = index_of(documents)
    part = View.of(shown, owners(documents))
    left = [chunks for chunks, visible in zip(documents, shown, strict=True) if visible]
    alone = index_of(left)
    whole = View.everything(len(left), owners(left))

    index.score_documents(question, view=View.everything(size, owners(documents)))
    scores = index.score_documents(question, view=part)
    assert scores[shown].tolist() == alone.score_documents(question, view=whole).tolist()
    assert not scores[~shown].any()
    chunk_scores = index.score_chunks(question, view=part)
    assert chunk_scores[part.chunks].tolist() == alone.score_chunks(question, view=whole).tolist()
    assert not chunk_scores[~part.chunks].any()
    for term in question:
        rarity = index.inverse_document_frequency(term, view=part)
        assert rarity == alone.inverse_document_frequency(term, view=whole)


def test_the_formula_by_hand() -> None:
    documents = [[["pod", "pod"], ["disk"]], [["disk"]], [["dns", "dns", "dns"]]]
    view = View.everything(3, owners(documents))
    index = index_of(documents)
    # Document 0: f = 2, L = 3, average = 7 / 3, N = 3, n = 1.
    idf = math.log(1 + 2.5 / 1.5)
    expected = 0.5 * idf * 2 / (2 + 1.5 * 3 / (7 / 3))
    assert index.score_documents({"pod": 0.5}, view=view).tolist() == pytest.approx(
        [expected, 0, 0], abs=1e-12
    )
    # Chunk 0: f = 2, L = 2, average = 7 / 4, N = 4, n = 1.
    rarity = math.log(1 + 3.5 / 1.5)
    chunk = rarity * 2 / (2 + 1.5 * (0.25 + 0.75 * 2 / (7 / 4)))
    assert index.score_chunks({"pod": 1.0}, view=view).tolist() == pytest.approx([chunk, 0, 0, 0], abs=1e-12)
    assert index.inverse_document_frequency("pod", view=view) == pytest.approx(idf, abs=1e-12)


def test_documents_without_chunks_count_as_documents() -> None:
    documents: list[list[list[str]]] = [[], [["pod"]], [], []]
    view = View.everything(4, owners(documents))
    index = index_of(documents)
    assert index.inverse_document_frequency("pod", view=view) == pytest.approx(math.log(1 + 3.5 / 1.5))
    scores = index.score_documents({"pod": 1.0}, view=view)
    assert len(scores) == 4
    assert np.flatnonzero(scores).tolist() == [1]


def test_bytes_depend_on_the_chunks_alone() -> None:
    documents = [[["b", "a", "b"], ["c", "über"]], [["a", "数据"]]]
    assert artefacts(documents) == artefacts(documents)
    assert artefacts([[["b", "b", "a"], ["über", "c"]], [["数据", "a"]]]) == artefacts(documents)


def test_terms_are_found_at_every_place_of_a_long_list() -> None:
    terms = [f"t{number}" for number in range(1000)] + ["\U0001f600", "数", "\ud800", "t"]
    writer = PostingsWriter()
    for term in terms:
        writer.add([term])
    place = np.arange(len(terms), dtype=np.int32)
    index = Bm25Index.open(writer.artefacts(place), place)
    view = View.everything(len(terms), place)
    for number, term in enumerate(terms):
        assert np.flatnonzero(index.score_chunks({term: 1.0}, view=view)).tolist() == [number]
    assert not index.present(["t1000", "", "a", "\U0001f601"], place).any()


@pytest.mark.parametrize("title", ["a", "j", "z"])
def test_a_term_that_no_chunk_holds_has_a_place_and_no_rarity(title: str) -> None:
    numbering = Numbering()
    writer = PostingsWriter(numbering)
    for chunk in (["b", "k"], ["k"]):
        writer.add(chunk)
    numbering.of([title])
    place = np.arange(2, dtype=np.int32)
    index = Bm25Index.open(writer.artefacts(place), place)
    view = View.everything(2, place)
    assert index.numbers([title]).tolist() == [sorted(["b", "k", title]).index(title)]
    assert index.inverse_document_frequency(title, view=view) == 0
    assert index.inverse_document_frequency("k", view=view) == math.log(1 + 0.5 / 2.5)
    assert not index.score_chunks({title: 1.0}, view=view).any()


def test_a_writer_refuses_the_map_of_other_chunks() -> None:
    writer = PostingsWriter()
    writer.add(["pod"])
    with pytest.raises(ValueError, match="1 chunks were added, 2 are mapped"):
        writer.artefacts(np.zeros(2, dtype=np.int32))


def test_an_index_refuses_the_view_of_another() -> None:
    index = index_of([[["pod"]]])
    with pytest.raises(ValueError, match="2 chunks"):
        index.score_documents({"pod": 1.0}, view=View.everything(1, np.zeros(2, dtype=np.int32)))


DOCUMENTS = [[["pod", "disk", "pod"], ["dns"]], [["disk", "über"]]]


def ints(*values: int) -> bytes:
    return to_bytes(np.array(values, dtype=np.int32))


def longs(*values: int) -> bytes:
    return to_bytes(np.array(values, dtype=np.int64))


# Terms in order: disk (chunks 0, 2), dns (1), pod (0), über (2).
DAMAGE = {
    "indptr": longs(0, 2, 3, 4, 5), "chunks": ints(0, 2, 1, 0, 2), "counts": ints(1, 1, 1, 2, 1),
    "lengths": ints(3, 1, 2), "documents": ints(2, 1, 1, 1), "offsets": longs(0, 4, 7, 10, 15),
}  # fmt: skip


def test_the_written_arrays_are_as_documented() -> None:
    files = artefacts(DOCUMENTS)
    names = {name: f"postings.{name}.npy" for name in DAMAGE}
    names["offsets"] = "terms.offsets.npy"
    assert {name: files[file] for name, file in names.items()} == DAMAGE
    assert files["terms.utf8"] == "diskdnspodüber".encode()
    assert len(files) == 7


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("postings.indptr.npy", longs(0, 2, 3, 4, 6)),
        ("postings.indptr.npy", longs(0, 3, 2, 4, 5)),
        ("postings.indptr.npy", longs(1, 2, 3, 4, 5)),
        ("postings.indptr.npy", longs(0, 2, 3, 5)),
        ("postings.indptr.npy", longs()),
        ("postings.indptr.npy", ints(0, 2, 3, 4, 5)),
        ("postings.chunks.npy", ints(0, 3, 1, 0, 2)),
        ("postings.chunks.npy", ints(0, -1, 1, 0, 2)),
        ("postings.chunks.npy", ints(2, 0, 1, 0, 2)),
        ("postings.chunks.npy", ints(0, 0, 1, 0, 2)),
        ("postings.chunks.npy", ints(0, 2, 1, 0)),
        ("postings.counts.npy", ints(0, 1, 1, 2, 2)),
        ("postings.counts.npy", ints(1, 1, 1, 9, 1)),
        ("postings.counts.npy", ints(1, 1, 1, 2)),
        ("postings.lengths.npy", ints(3, 1)),
        ("postings.lengths.npy", ints(-1, 5, 2)),
        ("postings.lengths.npy", to_bytes(np.array([3.0, 1.0, 2.0]))),
        ("postings.lengths.npy", b""),
        ("postings.documents.npy", ints(2, 1, 1)),
        ("postings.documents.npy", ints(3, 1, 1, 1)),
        ("postings.documents.npy", ints(2, 0, 1, 1)),
        ("postings.documents.npy", ints(-1, 1, 1, 1)),
        ("terms.offsets.npy", longs(0, 4, 7, 10, 16)),
        ("terms.offsets.npy", longs(0, 4, 4, 10, 15)),
        ("terms.offsets.npy", longs(0, 7, 4, 10, 15)),
        ("terms.utf8", b"disk"),
    ],
)
def test_damage_is_noticed_at_opening(name: str, data: bytes) -> None:
    with pytest.raises(IndexCorruptError):
        Bm25Index.open({**artefacts(DOCUMENTS), name: data}, owners(DOCUMENTS))


@pytest.mark.parametrize("name", sorted(artefacts(DOCUMENTS)))
def test_a_missing_or_cut_artefact_is_noticed(name: str) -> None:
    files = artefacts(DOCUMENTS)
    for length in range(len(files[name])):
        with pytest.raises(IndexCorruptError):
            Bm25Index.open({**files, name: files[name][:length]}, owners(DOCUMENTS))
    with pytest.raises(IndexCorruptError):
        Bm25Index.open({other: data for other, data in files.items() if other != name}, owners(DOCUMENTS))


@pytest.mark.parametrize("mapped", [[0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 0, 1]])
def test_a_map_of_other_chunks_is_noticed(mapped: list[int]) -> None:
    with pytest.raises(IndexCorruptError):
        Bm25Index.open(artefacts(DOCUMENTS), np.array(mapped, dtype=np.int32))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(artefacts(DOCUMENTS))), st.data())
def test_any_changed_byte_gives_our_error_or_an_answer(name: str, data: st.DataObject) -> None:
    files = artefacts(DOCUMENTS)
    place = data.draw(st.integers(0, len(files[name]) - 1))
    changed = bytearray(files[name])
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        index = Bm25Index.open({**files, name: bytes(changed)}, owners(DOCUMENTS))
    except IndexCorruptError:
        return
    view = View.everything(2, owners(DOCUMENTS))
    assert np.isfinite(index.score_documents({"pod": 1.0, "disk": 1.0}, view=view)).all()


def test_an_array_of_objects_never_loads() -> None:
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(IndexCorruptError):
        Bm25Index.open({**artefacts(DOCUMENTS), "postings.lengths.npy": buffer.getvalue()}, owners(DOCUMENTS))


@settings(max_examples=60, deadline=None)
@given(_DOCUMENTS, _QUESTION, st.data())
def test_what_is_kept_of_terms_changes_no_digit(
    documents: list[list[list[str]]], question: dict[str, float], data: st.DataObject
) -> None:
    size = len(documents)
    shown = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    views = [View.everything(size, owners(documents)), View.of(shown, owners(documents))]
    fresh, keeping = index_of(documents), index_of(documents)
    for view in [*views, *views]:
        scored(keeping, question, view)
    again = [scored(keeping, question, view) for view in views]
    assert again == [scored(fresh, question, view) for view in views]


@settings(max_examples=60, deadline=None)
@given(_DOCUMENTS, _QUESTION)
def test_one_pass_over_few_entries_changes_no_digit(
    documents: list[list[list[str]]], question: dict[str, float]
) -> None:
    view = View.everything(len(documents), owners(documents))
    together = scored(index_of(documents), question, view)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "_TAKEN_TOGETHER", -1)
        assert scored(index_of(documents), question, view) == together


@settings(max_examples=60, deadline=None)
@given(_DOCUMENTS, st.data())
def test_rarities_counted_in_portions_are_the_same(
    documents: list[list[list[str]]], data: st.DataObject
) -> None:
    size = len(documents)
    shown = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    view, at_once, in_portions = View.of(shown, owners(documents)), index_of(documents), index_of(documents)
    numbers = np.arange(len(at_once.postings.vocabulary))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bm25, "_COUNTED_ENTRIES", 2)
        found = in_portions.rarities(numbers, view=view)
    assert found.tolist() == at_once.rarities(numbers, view=view).tolist()


def scored(index: Bm25Index, question: dict[str, float], view: View) -> tuple[bytes, bytes]:
    documents, chunks = index.score_documents(question, view=view), index.score_chunks(question, view=view)
    return documents.tobytes(), chunks.tobytes()


def test_what_is_kept_of_terms_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rca_search.lexical.bm25._IMPACT_BYTES", 3 * (12 * 10 + bm25.OBJECT_BYTES))
    documents = [[["pod", "disk", "dns", "kafka"]]] * 10
    index, view = index_of(documents), View.everything(10, owners(documents))
    for term in ("pod", "disk", "dns", "kafka"):
        index.score_documents({term: 1.0}, view=view)
    kept = [term for term in ("pod", "disk", "dns", "kafka") if index._impacts.get((view.key, term, True))]
    assert kept == ["disk", "dns", "kafka"]


@given(_DOCUMENTS, st.data())
def test_the_best_chunk_of_each_document(documents: list[list[list[str]]], data: st.DataObject) -> None:
    numbers = st.floats(0, 9, allow_nan=False)
    scores = [[data.draw(numbers) for _ in chunks] for chunks in documents]
    flat = np.array([score for part in scores for score in part])
    expected = [max(part, default=0.0) for part in scores]
    assert index_of(documents).best_chunks(flat, len(documents)).tolist() == expected


def test_words_of_a_folders_template_add_nothing_there() -> None:
    """Every report of one team says "severity matrix"; elsewhere both words are rare."""
    template = [[["severity", "matrix", word]] for word in ("disk", "dns", "queue")]
    others = [[["matrix", "disk"]], [["dns"]], [["queue"]], [["node"]], [["cache"]]]
    documents = [*template, *others]
    paths = [f"team/{n}.md" for n in range(3)] + [f"others/{n}.md" for n in range(5)]
    plain = index_of(documents)
    styled = Bm25Index.open(artefacts(documents), owners(documents), Folders(paths, least=3))
    view = View.everything(len(documents), owners(documents))
    before = plain.score_documents({"matrix": 1.0}, view=view)
    after = styled.score_documents({"matrix": 1.0}, view=view)
    assert (before > 0).tolist() == [True] * 4 + [False] * 4
    assert (after > 0).tolist() == [False] * 3 + [True] + [False] * 4
    assert after[3] == before[3]
    one = styled.score_documents({"disk": 1.0}, view=view)[[0, 3]]
    whole = plain.score_documents({"disk": 1.0}, view=view)[[0, 3]]
    np.testing.assert_allclose(one / whole, [(1 - 1 / 3**4) / (1 - 1 / 4**4), 1.0])


def test_what_a_supposed_word_is_worth_counts_its_folder() -> None:
    documents = [[["disk"]], [["disk"]], [["dns"]], [["node"]], [["cache"]], [["queue"]]]
    paths = [f"team/{n}.md" for n in range(3)] + [f"others/{n}.md" for n in range(3)]
    plain = index_of(documents)
    styled = Bm25Index.open(artefacts(documents), owners(documents), Folders(paths, least=3))
    view = View.everything(len(documents), owners(documents))
    share = (1 - (2 / 3) ** 4) / (1 - (1 / 3) ** 4)
    before = np.array(plain.worth_of_saying({"disk": 1.0}, 2, view=view))
    np.testing.assert_allclose(styled.worth_of_saying({"disk": 1.0}, 2, view=view), share * before)
    assert styled.worth_of_saying({"disk": 1.0}, 3, view=view) == pytest.approx(
        plain.worth_of_saying({"disk": 1.0}, 3, view=view)
    )
