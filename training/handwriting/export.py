"""Put a trained network, and what tells handwriting from print, into the weights the package carries.

    python -m training.handwriting.export FOLDER TOLD src/legenda/data

FOLDER is where `training.handwriting.tune` kept its state, TOLD the `told.npz` of `.told`. Makes `handwriting.npz`, the
head, and `handwriting_stage.npz`, tensors that take the place of those of the same names in the published graph.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Arrays = dict[str, NDArray[Any]]


def layers(state: Arrays) -> bytes:
    """The convolution, its normalisation folded in, and the LSTM, as ONNX: [1, channels, n] to [n, features]."""
    scale = state["conv.1.weight"] / np.sqrt(state["conv.1.running_var"] + 1e-5)
    bias = (state["conv.0.bias"] - state["conv.1.running_mean"]) * scale + state["conv.1.bias"]
    hidden = state["rnn.weight_hh_l0"].shape[1]
    kept: Arrays = {"weight": state["conv.0.weight"] * scale[:, None, None], "bias": bias}
    ways = ("", "_reverse")
    kept["w"] = np.stack([_gates(state[f"rnn.weight_ih_l0{way}"]) for way in ways])
    kept["r"] = np.stack([_gates(state[f"rnn.weight_hh_l0{way}"]) for way in ways])
    biases = [[_gates(state[f"rnn.bias_{kind}_l0{way}"]) for kind in ("ih", "hh")] for way in ways]
    kept["b"] = np.stack([np.concatenate(pair) for pair in biases])
    tensors, nodes = [], []
    for name, array in kept.items():
        tensors.append(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
        nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    tensors.append(numpy_helper.from_array(np.array([-1, 2 * hidden]), "shape"))
    nodes += [
        helper.make_node("Conv", ["x", "weight", "bias"], ["c"], kernel_shape=[5], pads=[2, 2]),
        helper.make_node("Sigmoid", ["c"], ["s"]),
        helper.make_node("Mul", ["c", "s"], ["m"]),
        helper.make_node("Transpose", ["m"], ["t"], perm=[2, 0, 1]),
        helper.make_node("LSTM", ["t", "w", "r", "b"], ["y"], hidden_size=hidden, direction="bidirectional"),
        helper.make_node("Transpose", ["y"], ["u"], perm=[0, 2, 1, 3]),  # steps, lines, ways, features
        helper.make_node("Reshape", ["u", "shape"], ["features"]),
    ]
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, state["conv.0.weight"].shape[1], None])
    made = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 2 * hidden])
    graph = helper.make_graph(nodes, "handwriting", [given], [made], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _gates(array: NDArray[Any]) -> NDArray[Any]:
    """From torch's order of gates (input, forget, cell, output) to that of ONNX (input, output, forget, cell)."""
    i, f, c, o = np.split(array, 4)
    return np.concatenate((i, o, f, c))


def main(folder: Path, told: Path, target: Path) -> None:
    """Read, fold, write."""
    state = torch.load(folder / "state.pt", weights_only=True)["reader"]
    head = {name.removeprefix("head."): x.numpy() for name, x in state.items() if name.startswith("head.")}
    stage = {name.removeprefix("stage.kept."): x.numpy() for name, x in state.items() if name.startswith("stage.")}
    tells = np.load(told)
    np.savez_compressed(
        target / "handwriting.npz",
        layers=np.frombuffer(layers(head), np.uint8),
        matrix=head["out.1.weight"].T.astype(np.float16),
        bias=head["out.1.bias"].astype(np.float32),
        alphabet=np.array(json.loads((folder / "alphabet.json").read_text("utf-8"))),
        told_matrix=tells["matrix"].astype(np.float16),
        told_bias=tells["bias"].astype(np.float32),
    )
    named = {name.replace(":", "."): array.astype(np.float16) for name, array in stage.items()}
    np.savez_compressed(target / "handwriting_stage.npz", **named)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
