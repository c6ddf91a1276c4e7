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
WAYS = ("", "_reverse")


def layers(state: Arrays) -> bytes:
    """The convolution, its normalisation folded in, and the LSTMs, as ONNX: [1, channels, n] to [n, features]."""
    scale = state["conv.1.weight"] / np.sqrt(state["conv.1.running_var"] + 1e-5)
    bias = (state["conv.0.bias"] - state["conv.1.running_mean"]) * scale + state["conv.1.bias"]
    kept: Arrays = {"weight": state["conv.0.weight"] * scale[:, None, None], "bias": bias}
    nodes = [
        helper.make_node("Conv", ["x", "weight", "bias"], ["c"], kernel_shape=[3], pads=[1, 1]),
        helper.make_node("Sigmoid", ["c"], ["s"]),
        helper.make_node("Mul", ["c", "s"], ["m"]),
        helper.make_node("Transpose", ["m"], ["t"], perm=[2, 0, 1]),
    ]
    entry = "t"
    for name in ("first", "second"):
        hidden = state[f"{name}.weight_hh_l0"].shape[1]
        kept |= _recurrent(state, name)
        kept[f"{name}.shape"] = np.array([-1, 1, 2 * hidden] if name == "first" else [-1, 2 * hidden])
        given, target = [f"{name}.{part}" for part in "wrb"], f"{name}.out"
        nodes += [
            helper.make_node("LSTM", [entry, *given], [f"{name}.y"], hidden_size=hidden, direction="bidirectional"),
            helper.make_node("Transpose", [f"{name}.y"], [f"{name}.u"], perm=[0, 2, 1, 3]),  # steps, lines, ways
            helper.make_node("Reshape", [f"{name}.u", f"{name}.shape"], [target]),
        ]
        entry = target
    tensors, casts = _halved(kept)
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, state["conv.0.weight"].shape[1], None])
    made = helper.make_tensor_value_info(entry, TensorProto.FLOAT, [None, 2 * hidden])
    graph = helper.make_graph(casts + nodes, "handwriting", [given], [made], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _halved(kept: Arrays) -> tuple[list[Any], list[Any]]:
    """Tensors in half precision, and the nodes that make whole ones of them; shapes stay as they are."""
    tensors, casts = [], []
    for name, array in kept.items():
        if array.dtype.kind == "f":
            tensors.append(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        else:
            tensors.append(numpy_helper.from_array(array, name))
    return tensors, casts


def _recurrent(state: Arrays, name: str) -> Arrays:
    """An LSTM's weights as ONNX has them, both ways."""
    biases = [[_gates(state[f"{name}.bias_{kind}_l0{way}"]) for kind in ("ih", "hh")] for way in WAYS]
    return {
        f"{name}.w": np.stack([_gates(state[f"{name}.weight_ih_l0{way}"]) for way in WAYS]),
        f"{name}.r": np.stack([_gates(state[f"{name}.weight_hh_l0{way}"]) for way in WAYS]),
        f"{name}.b": np.stack([np.concatenate(pair) for pair in biases]),
    }


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
