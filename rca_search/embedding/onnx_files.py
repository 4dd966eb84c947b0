"""An ONNX model as the files of an index: without traces, its weights beside it, quantised where wanted."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_search.embedding.files import MODEL, WEIGHTS

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

_ALIGNMENT = 64
"""Weights start at multiples of this, so that a mapped file serves every instruction set."""

_SMALL_BYTES = 1024
"""Smaller tensors stay in the model: shapes are worked out from them when it is opened."""


def separated(proto: ModelProto) -> tuple[bytes, bytes]:
    """Return the model without weights and the weights, equal bytes for equal models.

    Opening weights that lie beside a model maps the file; inside it they are parsed and copied twice.
    """
    _strip(proto)
    weights = bytearray()
    for tensor in sorted(proto.graph.initializer, key=lambda tensor: str(tensor.name)):
        if len(tensor.raw_data) >= _SMALL_BYTES:
            weights.extend(bytes(-len(weights) % _ALIGNMENT))
            start = len(weights)
            weights.extend(tensor.raw_data)
            _refer(tensor, start, len(weights) - start)
    content: bytes = proto.SerializeToString(deterministic=True)
    return content, bytes(weights)


def quantised(proto: ModelProto) -> ModelProto:
    """Return the model with weights of eight bits; activations are quantised anew in each call.

    One scale for each channel keeps the cosine; a range of seven bits keeps processors without VNNI from
    saturating, so that they give nearly the same vectors as those with it.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises on the root logger to prepare the model first
    try:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / MODEL
            quantize_dynamic(proto, target, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
            return _loaded(target)
    finally:
        root.setLevel(level)


def _loaded(path: Path) -> ModelProto:
    import onnx

    proto: ModelProto = onnx.load_from_string(path.read_bytes())
    return proto


def _refer(tensor: TensorProto, start: int, length: int) -> None:
    """Make ``tensor`` name the place of its values instead of holding them."""
    from onnx import TensorProto

    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", WEIGHTS), ("offset", str(start)), ("length", str(length))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value


def _strip(proto: ModelProto) -> None:
    """Remove comments, stack traces and producer from every part of the model."""
    graphs = [proto.graph, *proto.functions]
    parts: list[Any] = [proto, *graphs, *(node for graph in graphs for node in graph.node)]
    graph = proto.graph
    parts += [*graph.input, *graph.output, *graph.value_info, *graph.initializer]
    for part in parts:
        part.doc_string = ""
        del part.metadata_props[:]
    proto.producer_name = proto.producer_version = ""
