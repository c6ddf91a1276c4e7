"""Weights in 8 bits: matrices multiplied in integers, convolutions only stored so."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import onnx
from onnx import helper, numpy_helper


def in_eight_bits(model: bytes, *, convolutions: bool) -> bytes:
    """The model with int8 weights, a scale for each channel put out.

    Args:
        model: ONNX.
        convolutions: store their weights in int8 as well; they are multiplied in float32 all the same, since the
            group norms between them leave no range that would hold for every picture.
    """
    import tempfile
    from pathlib import Path

    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.onnx", Path(folder) / "out.onnx"
        source.write_bytes(model)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        graph = onnx.load(target)
    if convolutions:
        _store_convolutions(graph)
    buffer = BytesIO()
    onnx.save(graph, buffer)
    return buffer.getvalue()


def _store_convolutions(model: onnx.ModelProto) -> None:
    weights = {node.input[1] for node in model.graph.node if node.op_type == "Conv"}
    nodes = []
    for tensor in [t for t in model.graph.initializer if t.name in weights]:
        value = numpy_helper.to_array(tensor)
        scale = np.maximum(np.abs(value).reshape(len(value), -1).max(1), 1e-8).astype(np.float32) / 127
        whole = np.rint(value / scale.reshape(-1, *[1] * (value.ndim - 1))).astype(np.int8)
        name = tensor.name
        model.graph.initializer.remove(tensor)
        model.graph.initializer.extend(
            [
                numpy_helper.from_array(whole, f"{name}.int8"),
                numpy_helper.from_array(scale, f"{name}.scale"),
                numpy_helper.from_array(np.zeros(len(value), np.int8), f"{name}.zero"),
            ]
        )
        inputs = [f"{name}.int8", f"{name}.scale", f"{name}.zero"]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"{name}.dequantise", axis=0))
    for node in reversed(nodes):
        model.graph.node.insert(0, node)
