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
from rca_search.embedding import files as naming
from rca_search.embedding import load_encoder
from rca_search.embedding.exported import ExportedEncoder
from rca_search.embedding.files import DESCRIPTION, ENCODER_FILES, MODEL, TOKENIZER, WEIGHTS
from rca_search.embedding.files import ExportedFiles as Files
from rca_search.embedding.model_files import DEFAULT_MODEL, find_model
from rca_search.embedding.sentence_transformer import load_model
from rca_search.errors import EncoderUnavailableError, IndexCorruptError
from rca_search.protocols import Encoder, TextKind, Vectors

pytestmark = pytest.mark.model


def contents(encoder: Encoder) -> dict[str, bytes]:
    files = encoder.files()
    return {name: content for name, content in files.items() if isinstance(content, bytes)}


def joined(files: dict[str, bytes]) -> Files:
    return Files.of(files)


def laid(files: dict[str, bytes], folder: Path) -> Files:
    """Return the files as an index has them: the large ones by their paths."""
    for name in (MODEL, WEIGHTS):
        (folder / name).write_bytes(files[name])
    sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Files.verified({name: folder / name for name in (MODEL, WEIGHTS)}, files, sha256)


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
    encoder = ExportedEncoder.open(laid(files, tmp_path))
    assert encoder.fingerprint == model.fingerprint == joined(files).fingerprint
    assert encoder.files()[WEIGHTS] == tmp_path / WEIGHTS
    assert same_vectors(encoder, model)
    proto = onnx.load_from_string(files[MODEL])
    outside = [tensor for tensor in proto.graph.initializer if tensor.external_data]
    places = [{entry.key: entry.value for entry in tensor.external_data} for tensor in outside]
    assert {place["location"] for place in places} == {WEIGHTS}
    assert {int(place["offset"]) % 64 for place in places} == {0}
    assert sum(int(place["length"]) for place in places) > len(files[WEIGHTS]) * 0.999
    assert len(files[MODEL]) < len(files[WEIGHTS]) / 100
    slow = {"LayerNormalization", "IsNaN", "Attention"}  # slower in ONNX Runtime than what they are made of
    assert not slow & {node.op_type for node in proto.graph.node}


def same_vectors(*encoders: Encoder) -> bool:
    """Return whether all give the same bits."""
    texts = ["disk full", *exporting._PROBES]
    return len({each.encode(texts, kind="query").vectors.tobytes() for each in encoders}) == 1


def test_weights_may_be_a_link_to_another_folder(
    files: dict[str, bytes], tmp_path: Path, model: Encoder
) -> None:
    exported = laid(files, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / WEIGHTS).rename(tmp_path / "elsewhere" / "blob")
    (tmp_path / WEIGHTS).symlink_to(tmp_path / "elsewhere" / "blob")
    assert same_vectors(ExportedEncoder.open(exported), model)


def test_an_encoder_of_the_revision_before_is_opened_still(
    files: dict[str, bytes], tmp_path: Path, model: Encoder
) -> None:
    """Its model holds its weights, and its digest knows of three files."""
    import onnx
    from onnx.external_data_helper import load_external_data_for_model

    laid(files, tmp_path)
    proto = onnx.load(tmp_path / MODEL, load_external_data=False)
    load_external_data_for_model(proto, str(tmp_path))
    for tensor in proto.graph.initializer:
        del tensor.external_data[:]
        tensor.data_location = onnx.TensorProto.DEFAULT
    described = {**json.loads(files[DESCRIPTION]), "format": 1}
    old = {
        MODEL: proto.SerializeToString(),
        TOKENIZER: files[TOKENIZER],
        DESCRIPTION: json.dumps(described).encode(),
    }
    digests = [hashlib.sha256(content).hexdigest() for content in old.values()]
    exported = joined(old)
    assert exported.fingerprint == hashlib.sha256(" ".join(["onnx/1", *digests]).encode()).hexdigest()
    encoder = ExportedEncoder.open(exported)
    assert encoder.files() == old
    assert same_vectors(encoder, model)


def test_weights_that_were_not_verified_are_never_read(files: dict[str, bytes], tmp_path: Path) -> None:
    """They lie where the model looks for them, but nothing says that they are the ones."""
    laid(files, tmp_path)
    small = {name: content for name, content in files.items() if name not in {MODEL, WEIGHTS}}
    sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    with pytest.raises(IndexCorruptError, match=r"the file weights\.bin is missing"):
        ExportedEncoder.open(Files.verified({MODEL: tmp_path / MODEL}, small, sha256))


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
    monkeypatch.setattr(naming, "_REVISION", "onnx/0")
    prints.add(joined(files).fingerprint)
    prints.add(joined({name: content for name, content in files.items() if name != WEIGHTS}).fingerprint)
    assert len(prints) == 8


@pytest.mark.parametrize(
    "change",
    [
        {MODEL: b""},
        {MODEL: b"\0" * 100},
        {WEIGHTS: b""},
        {WEIGHTS: b"\0" * 1000},
        {TOKENIZER: b"{}"},
        {TOKENIZER: b"\xff"},
        {DESCRIPTION: b"{}"},
        {DESCRIPTION: b"null"},
        {DESCRIPTION: b'{"window": 256}'},
        {DESCRIPTION: b"["},
    ],
)
def test_what_is_no_encoder_is_corrupt(files: dict[str, bytes], change: dict[str, bytes]) -> None:
    if not change.keys() & {MODEL, WEIGHTS}:  # opening the real one takes longest
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
        exporting._check(original, joined(files), "mine", "fp32")
    for fault in (IndexCorruptError("x"), KeyError("position_ids"), RuntimeError("no such operator")):
        monkeypatch.setattr(exporting, "ExportedEncoder", Off(fault))
        with pytest.raises(EncoderUnavailableError, match="The export of model 'mine' cannot be run"):
            exporting._check(original, joined(files), "mine", "fp32")


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
        exporting._onnx(odd, features, "odd", "fp32")


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
files = export(find_model(sys.argv[1]), sys.argv[2])
for content in files.contents().values():
    print(hashlib.sha256(content).hexdigest())
print(files.fingerprint)
"""


@pytest.mark.full
@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_two_processes_in_two_places_export_the_same_bytes(
    tmp_path: Path, model: Encoder, small: Encoder, precision: str
) -> None:
    said = []
    for number, more in enumerate([{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}]):
        place = tmp_path / f"place {number}"
        place.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, DEFAULT_MODEL, precision],
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
    here = model if precision == "fp32" else small
    hashes = [hashlib.sha256(content).hexdigest() for content in contents(here).values()]
    assert said[0] == [*hashes, here.fingerprint]
