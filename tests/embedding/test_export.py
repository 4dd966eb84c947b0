"""The export of a model: faithful, self-contained, silent about the machine, the same wherever it is made."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rca_search.embedding import export as exporting
from rca_search.embedding import exported as running
from rca_search.embedding import load_encoder
from rca_search.embedding.exported import DESCRIPTION, ENCODER_FILES, MODEL, TOKENIZER, ExportedEncoder
from rca_search.embedding.exported import ExportedFiles as Files
from rca_search.embedding.model_files import DEFAULT_MODEL, find_model
from rca_search.embedding.sentence_transformer import load_model
from rca_search.errors import EncoderUnavailableError, IndexCorruptError
from rca_search.protocols import Encoder, TextKind, Vectors

pytestmark = pytest.mark.model


def contents(encoder: Encoder) -> dict[str, bytes]:
    files = encoder.files()
    return {name: content for name, content in files.items() if isinstance(content, bytes)}


def joined(files: dict[str, bytes]) -> Files:
    return Files.of(files[MODEL], files[TOKENIZER], files[DESCRIPTION])


@pytest.fixture
def files(model: Encoder) -> dict[str, bytes]:
    """The content of the three files of the default model's export."""
    return contents(model)


@pytest.fixture(scope="module")
def incidents(vault: Path) -> list[str]:
    """Text as incidents have it: whole documents, over the window, and their paragraphs, under it."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(vault.rglob("*.md"))[::4]]
    parts = [part for text in texts for part in text.split("\n\n") if len(part) > 30]
    return [*texts, *parts[::5]]


def agree(ours: Vectors, theirs: Vectors) -> None:
    """See that the vectors point the same way to five digits."""
    assert ours.shape == theirs.shape
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() >= 0.9999
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_an_export_gives_what_the_model_gives(model: Encoder, original: Any, incidents: list[str]) -> None:
    texts = [*exporting._PROBES, *incidents]
    assert len(texts) > 40
    expected = original.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    for kind in ("query", "passage"):
        agree(model.encode(texts, kind=kind).vectors, expected)


def test_an_export_gives_the_token_vectors_of_the_model(model: Encoder, original: Any) -> None:
    texts = [text for text in exporting._PROBES if text]
    theirs = original.encode(texts, output_value="token_embeddings", show_progress_bar=False)
    for part, expected in zip(model.encode(texts, kind="query", tokens=True).tokens, theirs, strict=True):
        inner = np.asarray(expected)[1:-1]  # without [CLS] and [SEP]
        agree(part.vectors, inner / np.linalg.norm(inner, axis=1, keepdims=True))


def test_the_files_are_all_that_is_needed(files: dict[str, bytes], tmp_path: Path, model: Encoder) -> None:
    """Opened from a file in a folder of its own, too: nothing lies beside it."""
    import onnx

    assert set(files) == ENCODER_FILES
    (tmp_path / "any name").write_bytes(files[MODEL])
    digest = hashlib.sha256(files[MODEL]).hexdigest()
    moved = Files.verified(tmp_path / "any name", digest, files[TOKENIZER], files[DESCRIPTION])
    encoder = ExportedEncoder.open(moved)
    assert encoder.fingerprint == model.fingerprint == joined(files).fingerprint
    assert encoder.files()[MODEL] == tmp_path / "any name"
    vectors = [each.encode(["disk full"], kind="query").vectors for each in (encoder, model)]
    assert vectors[0].tobytes() == vectors[1].tobytes()
    proto = onnx.load_from_string(files[MODEL])
    assert not any(tensor.external_data for tensor in proto.graph.initializer)


def test_an_export_says_nothing_of_the_machine(
    files: dict[str, bytes], tells_of_machine: Callable[[bytes], list[str]]
) -> None:
    for name, content in files.items():
        assert tells_of_machine(content) == [], name
    assert tells_of_machine(b"in " + str(Path.home()).encode())
    for trace in (b"torch.onnx", b"stack_trace", b"rca_search", b"namespace", b"pkg.torch", b"Wrapper"):
        assert trace not in files[MODEL]


def test_every_part_shapes_the_fingerprint(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    prints = {joined(files).fingerprint}
    for name in files:
        prints.add(joined({**files, name: files[name] + b" "}).fingerprint)
    swapped = {**files, TOKENIZER: files[DESCRIPTION], DESCRIPTION: files[TOKENIZER]}
    prints.add(joined(swapped).fingerprint)
    monkeypatch.setattr(running, "_REVISION", "onnx/0")
    prints.add(joined(files).fingerprint)
    assert len(prints) == 6


@pytest.mark.parametrize(
    "change",
    [
        {MODEL: b""},
        {MODEL: b"\0" * 100},
        {TOKENIZER: b"{}"},
        {TOKENIZER: b"\xff"},
        {DESCRIPTION: b"{}"},
        {DESCRIPTION: b"null"},
        {DESCRIPTION: b'{"window": 256}'},
        {DESCRIPTION: b"["},
    ],
)
def test_what_is_no_encoder_is_corrupt(files: dict[str, bytes], change: dict[str, bytes]) -> None:
    if MODEL not in change:  # opening the real one takes longest
        change = {MODEL: _tiny(), **change}
    with pytest.raises(IndexCorruptError) as caught:
        ExportedEncoder.open(joined({**files, **change}))
    assert caught.value.remedy == "Build the index again."


def _tiny() -> bytes:
    """Return a model that does next to nothing."""
    from onnx import TensorProto, helper

    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("a", "b")]
    graph = helper.make_graph([helper.make_node("Relu", ["a"], ["b"])], "g", value[:1], value[1:])
    proto = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)])
    content: bytes = proto.SerializeToString()
    return content


def test_an_export_that_differs_or_cannot_run_is_refused(
    files: dict[str, bytes], original: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Off:
        def __init__(self, fault: Exception | None = None) -> None:
            self.fault = fault

        def open(self, files: Files) -> Any:
            return self

        def prompt(self, _kind: TextKind) -> str:
            return ""

        def encode(self, texts: Any, *, kind: TextKind) -> Any:
            if self.fault:
                raise self.fault
            vectors = original.encode(list(texts), show_progress_bar=False)
            vectors[-1, 0] += 0.05
            return type("Encoded", (), {"vectors": vectors / np.linalg.norm(vectors, axis=1, keepdims=True)})

    monkeypatch.setattr(exporting, "ExportedEncoder", Off())
    with pytest.raises(EncoderUnavailableError, match=r"model 'mine' is not faithful: cosine 0\.99"):
        exporting._check(original, joined(files), "mine")
    for fault in (IndexCorruptError("x"), KeyError("position_ids"), RuntimeError("no such operator")):
        monkeypatch.setattr(exporting, "ExportedEncoder", Off(fault))
        with pytest.raises(EncoderUnavailableError, match="The export of model 'mine' cannot be run"):
            exporting._check(original, joined(files), "mine")


def test_a_model_without_a_fast_tokenizer_is_refused() -> None:
    class Slow:
        tokenizer = object()

    slow: Any = Slow()
    with pytest.raises(EncoderUnavailableError, match="Model 'slow' has no fast tokenizer"):
        exporting._tokenizer(slow, "slow")


def test_a_model_that_cannot_be_traced_is_refused(original: Any) -> None:
    class Odd:
        def __call__(self, *_arguments: Any) -> Any:
            raise ValueError("no such layer")

    odd: Any = Odd()
    features = exporting._features(original, "x")
    with pytest.raises(EncoderUnavailableError, match="Model 'odd' cannot be exported"):
        exporting._onnx(odd, features, "odd")


def test_prompts_go_before_questions_and_passages(
    copied_model: Callable[[str], Path], incidents: list[str]
) -> None:
    folder = copied_model("prompted")
    path = folder / "config_sentence_transformers.json"
    prompts = {"query": "query: ", "passage": "passage: "}
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "prompts": prompts}))
    encoder = load_encoder(str(folder), workers=2)
    assert json.loads(contents(encoder)[DESCRIPTION])["prompts"] == prompts
    original = load_model(find_model(str(folder)))
    texts = [*exporting._PROBES, *incidents[::4]]
    vectors: dict[str, Vectors] = {}
    kinds: tuple[TextKind, ...] = ("query", "passage")
    for kind in kinds:
        expected = original.encode(
            texts, prompt_name=kind, normalize_embeddings=True, show_progress_bar=False
        )
        encoded = encoder.encode(texts, kind=kind, tokens=True)
        agree(encoded.vectors, expected)
        vectors[kind] = encoded.vectors
        # Tokens are those of the text, at their places in it, and none of the prompt.
        assert encoded.tokens[1].offsets[0].tolist()[0] == 0
        spelled = [exporting._PROBES[1][start:end] for start, end in encoded.tokens[1].offsets.tolist()]
        assert "".join(spelled) == exporting._PROBES[1]
    assert np.abs(vectors["query"] - vectors["passage"]).max() > 0.01
    assert encoder.max_tokens == 254 - 2
    assert encoder.count_tokens(["disk"]) == [1]


PROGRAM = """
import hashlib, sys
from rca_search.embedding.export import export
from rca_search.embedding.model_files import find_model
files = export(find_model(sys.argv[1]))
for content in (files.model, files.tokenizer, files.description):
    print(hashlib.sha256(content).hexdigest())
print(files.fingerprint)
"""


@pytest.mark.full
def test_two_processes_in_two_places_export_the_same_bytes(tmp_path: Path, model: Encoder) -> None:
    said = []
    for number, more in enumerate([{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}]):
        place = tmp_path / f"place {number}"
        place.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, DEFAULT_MODEL],
            cwd=place,
            env={**os.environ, **more, "HOME": str(tmp_path / f"home {number}"), "USER": f"user{number}"},
            capture_output=True,
            text=True,
            timeout=240,
            check=True,
        )
        said.append(done.stdout.split())
        assert list(place.iterdir()) == []
        assert not list(tmp_path.rglob("*onnxruntime*"))
    assert said[0] == said[1]
    hashes = [hashlib.sha256(contents(model)[name]).hexdigest() for name in (MODEL, TOKENIZER, DESCRIPTION)]
    assert said[0] == [*hashes, model.fingerprint]
