"""Layer normalisation spelled out: the same numbers, and only where it is known what is normalised."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from rca_search.embedding.normalisation import spelled_out

SIZE = 8
Floats = NDArray[np.float32]


def model(scale: Floats, *, epsilon: float | None = 1e-3, bias: bool = True) -> onnx.ModelProto:
    """A model that normalises what it is given over the axes of ``scale``."""
    options = {"axis": -scale.ndim} | ({} if epsilon is None else {"epsilon": epsilon})
    inputs = ["values", "scale", *(["bias"] if bias else [])]
    node = helper.make_node("LayerNormalization", inputs, ["normal"], **options)
    tensors = [numpy_helper.from_array(scale, "scale"), numpy_helper.from_array(scale + 1, "bias")]
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("values", TensorProto.FLOAT, [1, "n", SIZE])],
        [helper.make_tensor_value_info("normal", TensorProto.FLOAT, [1, "n", SIZE])],
        tensors[: len(inputs) - 1],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def run(proto: onnx.ModelProto, values: Floats) -> Floats:
    onnx.checker.check_model(proto)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    result: Floats = session.run(["normal"], {"values": values})[0]
    return result


@pytest.mark.parametrize("epsilon", [1e-12, 1e-3, None])
def test_it_gives_what_the_operator_gives(epsilon: float | None) -> None:
    draw = np.random.default_rng(3)
    scale = draw.normal(size=SIZE).astype(np.float32)
    # Values far from zero: a variance taken as a difference of squares would lose its digits here.
    values = (draw.normal(size=(1, 5, SIZE)) + 100).astype(np.float32)
    ours = spelled_out(model(scale, epsilon=epsilon))
    assert "LayerNormalization" not in {node.op_type for node in ours.graph.node}
    exact = values.astype(np.float64)
    centred = exact - exact.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    expected = centred / np.sqrt(variance + (1e-5 if epsilon is None else epsilon)) * scale + scale + 1
    np.testing.assert_allclose(run(ours, values), expected, atol=2e-4)
    np.testing.assert_allclose(run(ours, values), run(model(scale, epsilon=epsilon), values), atol=2e-4)


def test_equal_values_give_the_bias_and_no_division_by_zero() -> None:
    scale = np.ones(SIZE, dtype=np.float32)
    same = np.full((1, 2, SIZE), 0.5, dtype=np.float32)
    np.testing.assert_allclose(run(spelled_out(model(scale)), same), 2.0, atol=1e-5)


@pytest.mark.parametrize(
    "proto", [model(np.ones((3, SIZE), dtype=np.float32)), model(np.ones(SIZE, dtype=np.float32), bias=False)]
)
def test_what_is_of_another_kind_is_left_alone(proto: onnx.ModelProto) -> None:
    before = proto.SerializeToString(deterministic=True)
    assert spelled_out(proto).SerializeToString(deterministic=True) == before
