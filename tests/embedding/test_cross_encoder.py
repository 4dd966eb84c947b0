"""A cross-encoder from a local folder: loaded for real, refused where it is something else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.embedding.cross_encoder import CrossEncoderReranker
from rca_search.errors import EncoderUnavailableError

PAIRS = [
    ("pool exhausted", "the pool of connections"),
    ("pool exhausted", "coffee machine"),
    ("disk", "disk full"),
]


def test_scores_are_one_a_pair_and_the_same_each_time(cross_encoder: Path) -> None:
    reranker = CrossEncoderReranker(str(cross_encoder))
    assert reranker.name == cross_encoder.name
    reranker.load()
    scores = reranker.score(PAIRS)
    assert scores.shape == (3,)
    assert len(set(scores.tolist())) == 3
    assert CrossEncoderReranker(str(cross_encoder)).score(PAIRS).tolist() == scores.tolist()
    assert reranker.score([]).shape == (0,)


def test_scores_equal_those_of_transformers(cross_encoder: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(cross_encoder)
    model = AutoModelForSequenceClassification.from_pretrained(cross_encoder).eval()
    with torch.no_grad():
        wanted = [
            float(model(**tokenizer(question, passage, return_tensors="pt")).logits[0, 0])
            for question, passage in PAIRS
        ]
    assert CrossEncoderReranker(str(cross_encoder)).score(PAIRS).tolist() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("change", [{"architectures": ["BertModel"]}, {"id2label": {"0": "a", "1": "b"}}])
def test_another_kind_of_model_is_refused(
    cross_encoder: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    config = json.loads((cross_encoder / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(EncoderUnavailableError, match="is not a cross-encoder that gives one score"):
        CrossEncoderReranker(str(tmp_path)).load()


def test_the_default_encoder_is_no_cross_encoder() -> None:
    with pytest.raises(EncoderUnavailableError, match="is not a cross-encoder"):
        CrossEncoderReranker("all-MiniLM-L6-v2").load()


def test_a_missing_model_is_named_with_the_remedy() -> None:
    with pytest.raises(EncoderUnavailableError, match=r"'not-here' is neither a folder nor in .*hf download"):
        CrossEncoderReranker("not-here").score(PAIRS)


def test_a_damaged_model_is_refused(copied_cross_encoder: Callable[[], Path]) -> None:
    folder = copied_cross_encoder()
    (folder / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(EncoderUnavailableError, match="cannot be loaded"):
        CrossEncoderReranker(str(folder)).load()
    (folder / "config.json").write_text("[]")
    with pytest.raises(EncoderUnavailableError, match=r"config\.json of model"):
        CrossEncoderReranker(str(folder)).load()


def test_a_missing_package_is_named(cross_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderUnavailableError, match="pip install sentence-transformers"):
        CrossEncoderReranker(str(cross_encoder)).load()
    with pytest.raises(EncoderUnavailableError, match="sentence_transformers is not installed"):
        CrossEncoderReranker(str(cross_encoder)).score(PAIRS)
