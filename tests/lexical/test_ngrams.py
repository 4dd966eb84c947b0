"""Runs of four characters: which there are, and how documents are scored by them, against scikit-learn."""

from __future__ import annotations

import math
import random
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from rca_search.errors import IndexCorruptError
from rca_search.lexical import ngram_index
from rca_search.lexical.ngram_index import NgramIndex, NgramWriter
from rca_search.lexical.ngrams import Ngrams, WeightedNgrams, ngrams
from rca_search.lexical.words import STOP_WORDS
from rca_search.views import View

TEXTS = [
    "Checkout-API returned 502; certificate expired at midnight.",
    "The certificate of the edge proxy expired. Certificates everywhere!",
    "Disk full: /var/log grew to 98%",
    "ÜBERLAST im Rechenzentrum, 数据库连接池耗尽",
    "",
    "a b c",
]


def spelled(found: Ngrams) -> dict[str, int]:
    """Undo the packing of keys."""
    names = ["".join(chr((int(key) >> shift) & 0xFFFF) for shift in (48, 32, 16, 0)) for key in found.keys]
    return dict(zip(names, found.counts.tolist(), strict=True))


def runs_of(text: str) -> list[str]:
    """The definition, written down plainly."""
    said = re.sub(r"[\W_]+", " ", re.sub(r"(?<!\w)\w{1,7}n['\u2019]t\b", "", text.casefold())).split()
    words = [f" {word} " for word in said if len(word) > 1 and word not in STOP_WORDS]
    return [word[at : at + 4] for word in words for at in range(len(word) - 3)]


def built(texts: list[str]) -> NgramIndex:
    writer = NgramWriter()
    for text in texts:
        writer.add(text)
    return NgramIndex.open(writer.artefacts(), len(texts))


def everything(documents: int) -> View:
    return View.everything(documents, np.arange(documents, dtype=np.int32))


def test_runs_on_a_fixed_sentence() -> None:
    assert spelled(ngrams("TLS cert_x, a TLS")) == {" tls": 2, "tls ": 2, " cer": 1, "cert": 1, "ert ": 1}
    assert spelled(ngrams("db")) == {" db ": 1}
    for nothing in ("", " ", "a", "- _ !", "x y z", "How do I? It doesn't, they won\u2019t"):
        assert spelled(ngrams(nothing)) == {}


@given(st.text(st.characters(max_codepoint=0xD7FF), max_size=60))
def test_runs_are_those_of_the_definition(text: str) -> None:
    wanted = runs_of(text)
    assert spelled(ngrams(text)) == {run: wanted.count(run) for run in wanted}


@given(st.text(max_size=30))
def test_any_text_has_runs_that_ascend(text: str) -> None:
    found = ngrams(text)
    assert np.all(found.keys[1:] > found.keys[:-1])
    assert len(found.keys) == len(found.counts)


@given(
    st.lists(st.text(st.sampled_from("abcde fgß é.-"), max_size=40), min_size=1, max_size=8),
    st.text(max_size=20),
)
@settings(max_examples=150)
def test_scores_are_those_of_scikit_learn_but_for_the_length_of_the_question(
    texts: list[str], question: str
) -> None:
    question += texts[0]
    if not any(runs_of(text) for text in texts):
        return
    peer = TfidfVectorizer(analyzer=runs_of, sublinear_tf=True)
    rows = peer.fit_transform(texts)
    asked = peer.transform([question])
    cosines = np.asarray((rows @ asked.T).todense()).ravel()
    found = built(texts).score_documents(ngrams(question), view=everything(len(texts)))
    scale = found.max() / cosines.max() if cosines.max() > 0 else 1.0
    np.testing.assert_allclose(found, cosines * scale, atol=1e-5, rtol=1e-5)


def test_the_text_itself_comes_first_and_a_misspelling_close_after() -> None:
    index = built(TEXTS)
    for number, text in enumerate(TEXTS[:4]):
        assert int(np.argmax(index.score_documents(ngrams(text), view=everything(6)))) == number
    scores = index.score_documents(ngrams("certifcate expird"), view=everything(6))
    assert set(np.argsort(-scores)[:2].tolist()) == {0, 1}
    assert scores[2:].tolist() == [0, 0, 0, 0]


@given(
    st.lists(st.text(st.sampled_from("abcdef "), max_size=30), min_size=1, max_size=8),
    st.data(),
)
def test_what_is_hidden_changes_nothing_to_the_last_digit(texts: list[str], data: st.DataObject) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    question = ngrams(data.draw(st.text(st.sampled_from("abcdef "), max_size=30)))
    view = View.of(np.array(flags), np.arange(len(texts), dtype=np.int32))
    visible = [text for text, flag in zip(texts, flags, strict=True) if flag]
    alone = built(visible).score_documents(question, view=everything(len(visible)))
    within = built(texts).score_documents(question, view=view)
    assert within[np.array(flags)].tolist() == alone.tolist()
    assert not within[~np.array(flags)].any()


@given(st.lists(st.text("abc xyz", max_size=30), min_size=1, max_size=6), st.text("abc xyz", max_size=30))
def test_one_pass_over_few_entries_changes_no_digit(texts: list[str], question: str) -> None:
    index, view = built(texts), everything(len(texts))
    weighted = WeightedNgrams.of([(question, 0.3)])

    def scored() -> list[bytes]:
        dots, shares = index.score_documents(ngrams(question), view=view), index.coverage(weighted, view=view)
        return [dots.tobytes(), shares.tobytes()]

    together = scored()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngram_index, "_TAKEN_TOGETHER", -1)
        assert scored() == together


def test_nothing_indexed_and_nothing_visible_score_nothing() -> None:
    assert built([]).score_documents(ngrams("certificate"), view=everything(0)).tolist() == []
    assert built(["", "?"]).score_documents(ngrams("certificate"), view=everything(2)).tolist() == [0, 0]
    hidden = View.of(np.zeros(6, dtype=np.bool_), np.arange(6, dtype=np.int32))
    assert built(TEXTS).score_documents(ngrams(TEXTS[0]), view=hidden).tolist() == [0] * 6


def test_more_repeats_than_a_count_holds_are_cut() -> None:
    found = built(["word " * 70_000, "word"]).score_documents(ngrams("word"), view=everything(2))
    assert np.isfinite(found).all()


def test_same_documents_same_bytes() -> None:
    writers = [NgramWriter(), NgramWriter()]
    for writer in writers:
        for text in TEXTS:
            writer.add(text)
    assert writers[0].artefacts() == writers[1].artefacts() == writers[0].artefacts()


def test_threads_get_the_same_scores() -> None:
    index, view = built(TEXTS), everything(6)
    views = [view.without(number % 6) for number in range(96)]
    wanted = [built(TEXTS).score_documents(ngrams(TEXTS[1]), view=one).tolist() for one in views[:6]] * 16
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: index.score_documents(ngrams(TEXTS[1]), view=one).tolist(), views))
    assert found == wanted


@pytest.mark.parametrize("name", ["keys", "indptr", "documents", "counts", "lengths"])
@pytest.mark.parametrize("damage", ["missing", "cut", "zeroed", "reversed"])
def test_damaged_files_are_refused(name: str, damage: str) -> None:
    writer = NgramWriter()
    for text in TEXTS:
        writer.add(text)
    artefacts = writer.artefacts()
    full = f"ngrams.{name}.npy"
    content = artefacts.pop(full)
    header, body = content[:128], content[128:]
    size = {"counts": 2, "documents": 4}.get(name, 8)
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    if damage == "cut":
        artefacts[full] = content[:-size]
    elif damage == "zeroed":
        artefacts[full] = header + bytes(len(body))
    elif damage == "reversed":
        artefacts[full] = header + b"".join(reversed(parts))
    if (name, damage) in {("counts", "reversed"), ("lengths", "reversed"), ("lengths", "zeroed")}:
        NgramIndex.open({**artefacts}, 6)  # other numbers are as good as these; hashes tell them apart
        return
    with pytest.raises(IndexCorruptError):
        NgramIndex.open(artefacts, 6)
    with pytest.raises(IndexCorruptError):
        NgramIndex.open({**artefacts, full: content}, 2)


def test_coverage_is_the_share_of_a_text_that_is_asked_for() -> None:
    writer = NgramWriter("titles")
    for text in ("db down", "db", "", "cert"):
        writer.add(text)
    index = NgramIndex.open(writer.artefacts(), 4, "titles")
    asked = WeightedNgrams.of([("db, twice: db", 1.0), ("down", 0.5)])
    shared, single = 1 + math.log(5 / 3), 1 + math.log(5 / 2)  # " db " stands in two of four
    share = (shared + 3 * 0.5 * single) / (shared + 3 * single)
    assert index.coverage(asked, view=everything(4)).tolist() == pytest.approx([share, 1, 0, 0])
    hidden = everything(4).without(1)  # now " db " stands in one of three, as the other runs do
    assert index.coverage(asked, view=hidden).tolist() == pytest.approx([(1 + 1.5) / 4, 0, 0, 0])
    nothing = WeightedNgrams.of([])
    assert index.coverage(nothing, view=everything(4)).tolist() == [0] * 4


def test_a_run_of_several_texts_has_the_largest_weight() -> None:
    joined = WeightedNgrams.of([("disk", 0.2), ("disks", 0.6)]).joined(WeightedNgrams.of([("disk", 0.4)]))
    whole = [" dis", "disk", "isk ", "isks", "sks "]
    assert spelled(Ngrams(joined.keys, joined.weights)) == dict(
        zip(sorted(whole), [0.6, 0.6, 0.4, 0.6, 0.6], strict=True)
    )


def test_finishing_takes_a_bounded_number_of_bytes_for_each_entry() -> None:
    writer, draw = NgramWriter(), random.Random(5)
    words = ["".join(draw.choices("abcdefghij", k=7)) for _ in range(2000)]
    for _ in range(600):
        writer.add(" ".join(draw.choices(words, k=100)))
    entries = sum(map(len, writer._keys))
    tracemalloc.start()
    try:
        files = writer.artefacts()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(map(len, files.values())) < 8 * entries
    assert peak < 40 * entries
