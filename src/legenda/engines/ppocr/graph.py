"""Rewrites of the published ONNX graphs: the same numbers for less work."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

TAIL = 4  # pixels of the picture to a cell of the detector's last feature map, along each side


def without_head(model: bytes, layer: str) -> dict[str, bytes]:
    """Cut a recogniser before its last linear layer.

    Args:
        model: ONNX.
        layer: name of the layer.

    Returns:
        `.onnx`: the body, whose only output is the features [batch, steps, features]; `.npz`: matrix and bias of the
        layer.
    """
    import onnx
    from onnx import numpy_helper

    proto = onnx.load_from_string(model)
    graph = proto.graph
    tensors = {t.name: t for t in graph.initializer if t.name.startswith(f"{layer}.")}
    matrix, bias = (numpy_helper.to_array(tensors[f"{layer}.{x}_0"]) for x in "wb")
    (matmul,) = (n for n in graph.node if f"{layer}.w_0" in n.input)
    _end_at(graph, matmul, (None, None, len(matrix)))
    file = io.BytesIO()
    np.savez(file, matrix=matrix, bias=bias)
    return {".onnx": proto.SerializeToString(deterministic=True), ".npz": file.getvalue()}


def backbone(model: bytes, trained: Mapping[str, NDArray[Any]]) -> dict[str, bytes]:
    """The convolutions of the small recogniser, before what puts letters into their context.

    Args:
        model: ONNX.
        trained: tensors that take the place of the model's, by their names.

    Returns:
        `.onnx`: from pixels to the mean over the height of the last feature map, [batch, channels, width / 4].
    """
    import onnx
    from onnx import helper, numpy_helper

    proto = onnx.load_from_string(model)
    graph = proto.graph
    (pool,) = (n for n in graph.node if n.op_type == "AveragePool")
    entry = pool.input[0]
    _end_at(graph, pool, (None, None, None), "columns")
    graph.node.append(helper.make_node("ReduceMean", [entry], ["columns"], axes=[2], keepdims=0))
    for tensor in graph.initializer:
        if tensor.name in trained:
            tensor.CopyFrom(numpy_helper.from_array(trained[tensor.name].astype(np.float32), tensor.name))
    return {".onnx": proto.SerializeToString(deterministic=True)}


def detector(model: bytes) -> dict[str, bytes]:
    """A DB detector that takes pixels as they are and gives logits, 4 x 4 of them as the channels of a cell.

    Pixels are scaled to -1..1, as measures better than the statistics it was trained with; scaled outside, they would
    take four times the memory. The published model ends in two transposed convolutions of kernel and stride 2 and a
    sigmoid. No pixel of these looks at its neighbours, so they are two 1 x 1 convolutions over cells, `unfolded`
    afterwards: a detection takes 25 ms instead of 35, and the maps of 16 channels at half the picture's size are
    never made.

    Returns:
        `.onnx`, from BGR uint8 [1, 3, h, w] to logits float32 [1, 16, h / 4, w / 4].

    Raises:
        ValueError: the model does not end so.
    """
    import onnx

    proto = onnx.load_from_string(model)
    _fold_tail(proto.graph)
    _scale_input(proto.graph)
    return {".onnx": proto.SerializeToString(deterministic=True)}


def unfolded(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lay the 16 channels of each cell out as pixels: from [16, h, w] to [4 h, 4 w]."""
    _, height, width = logits.shape
    cells = logits.reshape(2, 2, 2, 2, height, width)  # rows and columns of the first step, then of the second
    return cells.transpose(4, 0, 2, 5, 1, 3).reshape(TAIL * height, TAIL * width)


def _scale_input(graph: Any) -> None:
    from onnx import TensorProto, helper, numpy_helper

    name = graph.input[0].name
    for node in graph.node:
        node.input[:] = ["scaled" if x == name else x for x in node.input]
    graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    for constant, value in (("middle", 127.5), ("reach", 1 / 127.5)):
        graph.initializer.append(numpy_helper.from_array(np.float32(value), constant))
    steps = (
        helper.make_node("Cast", [name], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["pixels", "middle"], ["centred"]),
        helper.make_node("Mul", ["centred", "reach"], ["scaled"]),
    )
    for index, node in enumerate(steps):
        graph.node.insert(index, node)


def _fold_tail(graph: Any) -> None:
    from onnx import helper, numpy_helper

    tensors = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    tensors |= {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if n.op_type == "Constant"}
    first, add_first, _, second, add_second, _ = graph.node[-6:]
    kinds = [node.op_type for node in graph.node[-6:]]
    if kinds != ["ConvTranspose", "Add", "Relu", "ConvTranspose", "Add", "Sigmoid"]:
        raise ValueError(f"the detector ends in {kinds}")
    spread, merge = _folded(tensors[first.input[1]], tensors[second.input[1]])
    inner = np.tile(tensors[add_first.input[1]].ravel(), 4)
    outer = np.tile(tensors[add_second.input[1]].ravel(), 16)
    entry = first.input[0]
    _end_at(graph, first, (1, 16, None, None), "logits")
    for name, array in (("spread", spread), ("inner", inner), ("merge", merge), ("outer", outer)):
        graph.initializer.append(numpy_helper.from_array(array, f"tail.{name}"))
    graph.node.extend(
        (
            helper.make_node("Conv", [entry, "tail.spread", "tail.inner"], ["tail.cells"]),
            helper.make_node("Relu", ["tail.cells"], ["tail.active"]),
            helper.make_node("Conv", ["tail.active", "tail.merge", "tail.outer"], ["logits"]),
        )
    )


def _folded(first: NDArray[np.float32], second: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Kernels [in, c, 2, 2] and [c, 1, 2, 2] of stride 2 as those of convolutions, [4 c, in, 1, 1] and [16, 4 c, 1, 1].

    Channels of the first's result are ordered (row, column, c); of the second's (row, column, inner row, inner column).
    """
    inputs, channels = first.shape[:2]
    spread = first.transpose(2, 3, 1, 0).reshape(4 * channels, inputs, 1, 1)
    merge = np.zeros((4, 4, 4, channels), np.float32)
    for place in range(4):
        merge[place, :, place] = second[:, 0].reshape(channels, 4).T
    return np.ascontiguousarray(spread), merge.reshape(16, 4 * channels, 1, 1)


def _end_at(graph: Any, node: Any, shape: tuple[int | None, ...], name: str = "") -> None:
    """Drop a node and all after it; its first input becomes the only output, unless another name is given."""
    from onnx import TensorProto, helper

    output = helper.make_tensor_value_info(name or node.input[0], TensorProto.FLOAT, shape)
    del graph.node[list(graph.node).index(node) :]
    del graph.output[:]
    del graph.value_info[:]
    graph.output.append(output)
    used = {name for node in graph.node for name in node.input}
    for tensor in [t for t in graph.initializer if t.name not in used]:
        graph.initializer.remove(tensor)
