"""A sentence-transformers model turned into self-contained ONNX files, checked against the original.

The whole model is exported, pooling and normalisation included, so that one pass gives the pooled vector
and the token vectors. Everything that names the machine or the moment is removed: the same model gives the
same bytes anywhere.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rca_search.embedding.exported import ExportedEncoder
from rca_search.embedding.files import DESCRIPTION, MODEL, TOKENIZER, WEIGHTS, ExportedFiles, Precision
from rca_search.embedding.lineage import EXPORT_REVISION
from rca_search.embedding.model_files import ModelFiles
from rca_search.embedding.normalisation import spelled_out
from rca_search.embedding.onnx_files import quantised, separated
from rca_search.embedding.sentence_transformer import load_model, prompts_of
from rca_search.errors import EncoderUnavailableError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MINIMUM_COSINE: dict[Precision, float] = {"fp32": 0.9999, "int8": 0.998}
"""The least cosine between a vector of the export and one of the original, by precision."""

_UNFAITHFUL: dict[Precision, str] = {
    "fp32": "Use another model; this one cannot be served without its own framework.",
    "int8": "Build with --quantize fp32: this model loses too much with eight bits.",
}

_PROBES = (
    "Checkout returns 502 after the certificate renewal: x509: certificate has expired or is not yet valid",
    "KubePodCrashLooping",
    "ORA-12154: TNS:could not resolve the connect identifier specified, host db-7.eu-west-1.internal:1521",
    "Consumer lag kept growing because every joining pod started another rebalance. " * 60,
    "数据库连接池耗尽 и сервис не отвечает",
)


def export(files: ModelFiles, precision: Precision = "fp32") -> ExportedFiles:
    """Export the model in ``files`` and check the result against it on real text.

    Raises EncoderUnavailableError where the model cannot be loaded or exported, or its export differs.
    """
    # Attention written out is a smaller graph, and faster in ONNX Runtime, than the fused one taken apart.
    model = load_model(files, attention="eager")
    features = _features(model, _PROBES[0])
    graph, weights = _onnx(model, features, files.name, precision)
    exported = ExportedFiles.of(
        {
            MODEL: graph,
            WEIGHTS: weights,
            TOKENIZER: _tokenizer(model, files.name),
            DESCRIPTION: _description(model, files.name, list(features), precision),
        }
    )
    _check(model, exported, files.name, precision)
    return exported


def _features(model: SentenceTransformer, text: str) -> dict[str, Any]:
    import torch

    prepared: dict[str, Any] = model.preprocess([text])
    return {key: value for key, value in prepared.items() if isinstance(value, torch.Tensor)}


def _onnx(
    model: SentenceTransformer, features: dict[str, Any], name: str, precision: Precision
) -> tuple[bytes, bytes]:
    import torch

    inputs = list(features)

    class Wrapper(torch.nn.Module):  # type: ignore[misc]
        """Passes positional inputs to the model by name."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            output: Any = self.model({**dict(zip(inputs, values, strict=True)), "modality": "text"})
            return output["sentence_embedding"], output["token_embeddings"]

    length = torch.export.Dim("tokens")
    try:
        with _quiet():
            program: Any = torch.onnx.export(
                Wrapper().eval(),
                tuple(features.values()),
                dynamo=True,
                input_names=inputs,
                output_names=["pooled", "tokens"],
                dynamic_shapes=(tuple({1: length} for _ in inputs),),
                verbose=False,
            )
        proto = program.model_proto
        # Quantised first: a mean of eight bits would be none.
        return separated(spelled_out(quantised(proto) if precision == "int8" else proto))
    except Exception as error:
        raise EncoderUnavailableError(
            f"Model {name!r} cannot be exported: {error}",
            remedy="Use a model whose layers torch.onnx.export supports, such as the default.",
        ) from error


def _tokenizer(model: SentenceTransformer, name: str) -> bytes:
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderUnavailableError(
            f"Model {name!r} has no fast tokenizer.", remedy="Use a model that comes with a tokenizer.json."
        )
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(backend.to_str())
    copy.no_truncation()
    copy.no_padding()
    text: str = copy.to_str()
    return text.encode()


def _description(model: SentenceTransformer, name: str, inputs: list[str], precision: Precision) -> bytes:
    body = {
        "format": EXPORT_REVISION,
        "name": name,
        "dimension": model.get_embedding_dimension(),
        "window": int(model.get_max_seq_length() or 512),
        "prompts": prompts_of(model),
        "inputs": inputs,
        "precision": precision,
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()


def _check(model: SentenceTransformer, files: ExportedFiles, name: str, precision: Precision) -> None:
    import torch

    try:
        exported = ExportedEncoder.open(files)
        ours = exported.encode(_PROBES, kind="passage").vectors
    except EncoderUnavailableError:
        raise
    except Exception as error:
        raise EncoderUnavailableError(
            f"The export of model {name!r} cannot be run: {error}",
            remedy="Use another model, such as the default.",
        ) from error
    for text, vector in zip(_PROBES, ours, strict=True):
        with torch.inference_mode():
            output: Any = model(model.preprocess([exported.prompt("passage") + text]))
        original = output["sentence_embedding"][0].numpy()
        cosine = float(vector @ original / np.linalg.norm(original))
        if not cosine >= MINIMUM_COSINE[precision]:
            raise EncoderUnavailableError(
                f"The export of model {name!r} is not faithful: cosine {cosine:.6f} on {text[:40]!r}.",
                remedy=_UNFAITHFUL[precision],
            )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence the exporter: what it says of its own progress and deprecations helps nobody here."""
    level = logging.getLogger("torch.onnx").level
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.getLogger("torch.onnx").setLevel(level)
