"""Layer normalisation spelled out in operations that ONNX Runtime runs with vector instructions.

ONNX Runtime sums a layer's values one after the other. A mean as a product with a column of ``1 / n`` is
several times faster, for the same vectors but for rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_EPSILON = 1e-5
"""What the operator adds to the variance where the model does not say (ONNX, LayerNormalization)."""


def spelled_out(proto: ModelProto) -> ModelProto:
    """Replace each layer normalisation over the last axis, in place, and return the model.

    What is normalised over several axes, or in another precision than fp32, stays as it is.
    """
    from onnx import TensorProto

    graph = proto.graph
    constants = {
        str(tensor.name): int(tensor.dims[0])
        for tensor in graph.initializer
        if len(tensor.dims) == 1 and tensor.data_type == TensorProto.FLOAT
    }
    nodes: list[NodeProto] = []
    made: dict[str, np.ndarray] = {}
    for node in graph.node:
        nodes.extend(_parts(node, constants, made) if _applies(node, constants) else [node])
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend(_tensor(name, made[name]) for name in sorted(made))
    return proto


def _applies(node: NodeProto, constants: Mapping[str, int]) -> bool:
    """Return whether ``node`` normalises one axis, the last: its scale then has one axis as well."""
    standard = node.op_type == "LayerNormalization" and not node.domain and len(node.output) == 1
    return bool(standard and len(node.input) == 3 and constants.get(node.input[1], 0) > 1)


def _parts(node: NodeProto, constants: Mapping[str, int], made: dict[str, np.ndarray]) -> Iterator[NodeProto]:
    """Yield what computes ``(x - mean) / sqrt(variance + epsilon) * scale + bias``; note new constants."""
    from onnx.helper import make_node

    values, scale, bias = node.input
    result, size = node.output[0], constants[scale]
    epsilon = next((item.f for item in node.attribute if item.name == "epsilon"), _EPSILON)
    column, least = f"mean_of_{size}", f"epsilon_{epsilon:.6g}"
    made[column] = np.full((size, 1), 1 / size, dtype=np.float32)
    made[least] = np.asarray(epsilon, dtype=np.float32)

    def step(operator: str, output: str, *inputs: str) -> NodeProto:
        return make_node(operator, inputs, [f"{result}_{output}"], name=f"{result}_{output}")

    yield step("MatMul", "mean", values, column)
    yield step("Sub", "centred", values, f"{result}_mean")
    yield step("Mul", "squares", f"{result}_centred", f"{result}_centred")
    yield step("MatMul", "variance", f"{result}_squares", column)
    yield step("Add", "bounded", f"{result}_variance", least)
    yield step("Sqrt", "deviation", f"{result}_bounded")
    yield step("Div", "standard", f"{result}_centred", f"{result}_deviation")
    yield step("Mul", "scaled", f"{result}_standard", scale)
    yield make_node("Add", [f"{result}_scaled", bias], [result], name=f"{result}_normalised")


def _tensor(name: str, values: np.ndarray) -> Any:  # noqa: ANN401 - a TensorProto, imported late
    from onnx.numpy_helper import from_array

    return from_array(values, name)
