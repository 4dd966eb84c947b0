"""Weights of eight bits: smaller, near enough, told apart, and a function of the text all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rca_search.embedding import TEST_MODEL, load_encoder
from rca_search.embedding import export as exporting
from rca_search.embedding.files import DESCRIPTION, WEIGHTS, ExportedFiles
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import EncoderUnavailableError, InvalidRequestError
from rca_search.protocols import Encoder


def contents(encoder: Encoder) -> dict[str, bytes]:
    return {name: part for name, part in encoder.files().items() if isinstance(part, bytes)}


@pytest.mark.model
def test_eight_bits_are_near_enough_and_two_thirds_of_the_size(model: Encoder, small: Encoder) -> None:
    ours, theirs = (each.encode(exporting._PROBES, kind="passage").vectors for each in (small, model))
    cosines = (ours * theirs).sum(axis=1)
    assert 0.998 <= cosines.min() < 0.9999
    files, whole = contents(small), contents(model)
    assert len(files[WEIGHTS]) < len(whole[WEIGHTS]) * 0.67
    assert json.loads(files[DESCRIPTION]) == {**json.loads(whole[DESCRIPTION]), "precision": "int8"}
    assert small.fingerprint != model.fingerprint
    assert (small.name, small.max_tokens) == (model.name, model.max_tokens)


@pytest.mark.model
def test_quantised_files_say_nothing_of_the_machine(
    small: Encoder, tells_of_machine: Callable[[bytes], list[str]]
) -> None:
    for name, content in contents(small).items():
        assert tells_of_machine(content) == [], name
        for trace in (b"onnx.quantize", b"onnx.infer", b"torch.onnx", b"stack_trace"):
            assert trace not in content


PROGRAM = """
import sys
from pathlib import Path
from rca_search.embedding.exported import ExportedEncoder
from rca_search.embedding.files import ExportedFiles
files = {path.name: path.read_bytes() for path in Path(sys.argv[1]).iterdir()}
vectors = ExportedEncoder.open(ExportedFiles.of(files), workers=2).encode(sys.argv[2:], kind="query").vectors
print(vectors.tobytes().hex())
"""


@pytest.mark.model
def test_a_quantised_vector_is_a_function_of_its_text_alone(small: Encoder, tmp_path: Path) -> None:
    texts = ["disk full", "x509: certificate has expired", "lag " * 300, "数据库连接池"]
    alone = b"".join(small.encode([text], kind="query").vectors.tobytes() for text in texts)
    assert small.encode(texts, kind="query").vectors.tobytes() == alone
    for name, content in contents(small).items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *texts],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == alone.hex()


@pytest.mark.model
def test_a_model_that_loses_too_much_is_refused_with_the_way_out(
    original: Any, small: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exporting.MINIMUM_COSINE, "int8", 0.9999)
    with pytest.raises(EncoderUnavailableError, match=r"is not faithful: cosine 0\.9") as caught:
        exporting._check(original, ExportedFiles.of(contents(small)), "mine", "int8")
    assert "--quantize fp32" in caught.value.remedy


@pytest.mark.model
def test_the_precision_is_part_of_what_is_exported() -> None:
    digests = {NamedEncoder(precision="fp32").files_digest(), NamedEncoder(precision="int8").files_digest()}
    assert len(digests) == 2
    assert NamedEncoder().files_digest() in digests


def test_the_stand_in_has_no_precision() -> None:
    for refused in (load_encoder, NamedEncoder):
        with pytest.raises(InvalidRequestError, match="test-hashing has no weights that could be int8"):
            refused(TEST_MODEL, precision="int8")
