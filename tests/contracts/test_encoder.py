"""What every encoder promises, the stand-in for tests as well as the real model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rca_search.embedding.hashing import HashingEncoder
from rca_search.protocols import Encoder, Vectors

TEXTS = [
    "KubePodCrashLooping: pods restart every few minutes",
    "The certificate expired. Browsers refuse checkout-api!",
    "",
    " \n\t ",
    "🔥 site down 🚒",
    "数据库连接池已满",
    "결제 서비스 장애",
    "ﷺ İstanbul ǅ naïve Straße",
    "[CLS] [SEP] [PAD] [UNK]",
    "\x00 zero \x7f delete",
    "x" * 5000,
    "word " * 3000,
    "connection timed out after 30000 ms",
]


@pytest.fixture(
    scope="module",
    params=[
        "hashing",
        pytest.param("model", marks=pytest.mark.model),
        pytest.param("single", marks=pytest.mark.model),
    ],
)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """The stand-in, the model as the session shares it (two workers), and one with a single worker."""
    if request.param == "hashing":
        return HashingEncoder()
    if request.param == "model":
        shared: Encoder = request.getfixturevalue("model")
        return shared
    reopen: Callable[[int], Encoder] = request.getfixturevalue("reopened")
    return reopen(1)


@pytest.fixture(scope="module")
def alone(encoder: Encoder) -> Vectors:
    """Each text encoded by itself."""
    return np.concatenate([encoder.encode([text], kind="passage").vectors for text in TEXTS])


def test_vectors_have_the_shape_and_the_length_promised(encoder: Encoder, alone: Vectors) -> None:
    assert alone.shape == (len(TEXTS), encoder.dimension)
    assert alone.dtype == np.float32
    assert np.isfinite(alone).all()
    lengths = np.linalg.norm(alone.astype(np.float64), axis=1)
    # A text without a word may be nothing at all; every other is of unit length.
    blank = np.array([not text.strip() for text in TEXTS])
    np.testing.assert_allclose(lengths[~blank], 1, atol=1e-6)
    assert all(length == pytest.approx(1, abs=1e-6) or length == 0 for length in lengths[blank])


def test_a_vector_is_a_function_of_its_text_alone(encoder: Encoder, alone: Vectors) -> None:
    together = encoder.encode(TEXTS, kind="passage").vectors
    assert together.tobytes() == alone.tobytes()
    backwards = encoder.encode(TEXTS[::-1], kind="passage").vectors
    assert backwards[::-1].tobytes() == alone.tobytes()
    assert encoder.encode(TEXTS * 2, kind="passage").vectors.tobytes() == alone.tobytes() * 2


def test_eight_threads_get_the_same_vectors(encoder: Encoder, alone: Vectors) -> None:
    def ask(turn: int) -> bytes:
        order = [(turn + place) % len(TEXTS) for place in range(len(TEXTS))]
        found = encoder.encode(
            [TEXTS[place] for place in order], kind="passage", tokens=turn % 2 == 0
        ).vectors
        return bytes(found[np.argsort(order)].tobytes())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {alone.tobytes()}


def test_token_vectors_come_from_the_same_pass(encoder: Encoder, alone: Vectors) -> None:
    encoded = encoder.encode(TEXTS, kind="passage", tokens=True)
    assert encoded.vectors.tobytes() == alone.tobytes()
    assert len(encoded.tokens) == len(TEXTS)
    assert encoder.encode(TEXTS, kind="passage").tokens == ()
    counts = encoder.count_tokens(TEXTS)
    for text, count, part in zip(TEXTS, counts, encoded.tokens, strict=True):
        # The last two texts are over the window; special tokens written out may be kept or not.
        if "[CLS]" not in text:
            assert len(part.vectors) == min(count, encoder.max_tokens)
        assert part.offsets.shape == (len(part.vectors), 2)
        np.testing.assert_allclose(np.linalg.norm(part.vectors, axis=1), 1, atol=1e-5)
        starts, ends = part.offsets[:, 0], part.offsets[:, 1]
        assert (starts < ends).all()
        assert (ends <= len(text)).all()
        assert (starts[1:] >= starts[:-1]).all()


def test_offsets_spell_the_words_of_the_text(encoder: Encoder) -> None:
    text = "Redis evicted keys, twice"
    (part,) = encoder.encode([text], kind="query", tokens=True).tokens
    spelled = "".join(text[start:end] for start, end in part.offsets.tolist())
    assert spelled == "Redisevictedkeys,twice"


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    encoded = encoder.encode([], kind="query", tokens=True)
    assert encoded.vectors.shape == (0, encoder.dimension)
    assert encoded.tokens == ()
    assert encoder.count_tokens([]) == []


def test_tokens_are_counted_without_any_cut(encoder: Encoder) -> None:
    once, thousand = encoder.count_tokens(["disk", "disk " * 1000])
    assert (once, thousand) == (1, 1000)
    assert encoder.count_tokens(TEXTS) == [encoder.count_tokens([text])[0] for text in TEXTS]
    assert encoder.count_tokens([""]) == [0]


def test_what_lies_beyond_the_window_does_not_count(encoder: Encoder) -> None:
    whole = "disk " * encoder.max_tokens
    vectors = encoder.encode([whole, whole + "flamingo", whole[5:] + "flamingo"], kind="passage").vectors
    assert vectors[0].tobytes() == vectors[1].tobytes()
    assert vectors[0].tobytes() != vectors[2].tobytes()


def test_texts_that_share_words_are_closer(encoder: Encoder) -> None:
    vectors = encoder.encode(
        ["the disk is full", "the disk was full", "certificate renewal failed"], kind="passage"
    ).vectors
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3


def test_identity_is_stable(encoder: Encoder) -> None:
    assert len(encoder.fingerprint) == 64
    assert encoder.fingerprint == encoder.fingerprint
    assert encoder.files() == encoder.files()
    assert encoder.name
    assert encoder.max_tokens > 60


@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=4))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_encoded(encoder: Encoder, texts: Sequence[str]) -> None:
    together = encoder.encode(texts, kind="query", tokens=True)
    assert np.isfinite(together.vectors).all()
    assert len(together.tokens) == len(texts)
    for text, vector in zip(texts, together.vectors, strict=True):
        assert encoder.encode([text], kind="query").vectors[0].tobytes() == vector.tobytes()


@pytest.mark.model
def test_workers_do_not_change_vectors_nor_the_fingerprint(
    model: Encoder, reopened: Callable[[int], Encoder]
) -> None:
    single = reopened(1)
    assert single.fingerprint == model.fingerprint
    ours, theirs = (each.encode(TEXTS, kind="query").vectors for each in (single, model))
    assert ours.tobytes() == theirs.tobytes()


@pytest.mark.model
def test_the_model_gives_what_sentence_transformers_gives(model: Encoder, original: Any) -> None:
    expected = original.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False, batch_size=4)
    np.testing.assert_allclose(model.encode(TEXTS, kind="passage").vectors, expected, atol=1e-5)
    assert (model.name, model.dimension, model.max_tokens) == ("all-MiniLM-L6-v2", 384, 254)
    tokenizer = original.tokenizer
    expected_counts = [
        len(tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"])
        for text in TEXTS
    ]
    assert model.count_tokens(TEXTS) == expected_counts
