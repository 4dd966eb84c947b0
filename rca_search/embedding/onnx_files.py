"""An ONNX model as the files of an index: without traces, its weights beside it, quantised where wanted."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rca_search.embedding.files import WEIGHTS

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

_ALIGNMENT = 64
"""Weights start at multiples of this, so that a mapped file serves every instruction set."""

_BITS = 8
_BLOCK = 32
_EIGHT_BIT_ACTIVATIONS = 4
"""The ``accuracy_level`` of ONNX Runtime's MatMulNBits that computes with integers."""

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
    """Return the model with weights of eight bits, but for the table of words.

    Each 32 weights in a row share a scale, and so do the activations that they meet, which are quantised
    anew in each call. Sums are exact within a block: processors with other instructions nearly agree.
    """
    with _silent_root():
        from onnxruntime.quantization import matmul_nbits_quantizer as blockwise

        shape: dict[str, Any] = {"bits": _BITS, "block_size": _BLOCK, "is_symmetric": True}
        shape["accuracy_level"] = _EIGHT_BIT_ACTIVATIONS
        way = blockwise.DefaultWeightOnlyQuantConfig(**shape)
        quantiser = blockwise.MatMulNBitsQuantizer(proto, **shape, algo_config=way)
        quantiser.process()
        smaller: ModelProto = quantiser.model.model
        return smaller


@contextlib.contextmanager
def _silent_root() -> Iterator[None]:
    """Leave the root logger as it is: the quantiser gives it a handler and tells of every step."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.addHandler(logging.NullHandler())  # where there is one, no other is added
    try:
        root.setLevel(logging.ERROR)
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers


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
