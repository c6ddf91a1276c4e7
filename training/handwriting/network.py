"""What is trained: the last stage of the small recogniser's convolutions, and a head of our own over it.

The stage is run as the published graph has it, by a few lines that know the operations it is made of, so that what is
trained goes back into that graph under the names it had.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from legenda.engines.ppocr import graph, weights

ENTRY = "p2o.pd_op.add.51.0"  # the tensor the last stage begins at: float32 [lines, 192, 6, width / 4]
CHANNELS = 384  # of what it ends in


class Network(nn.Module):
    """A convolution, an LSTM in both directions, a linear layer over the alphabet; class 0 is the blank.

    A step is 4 pixels of a strip: at 8, a sixth of the lines have too few steps for their letters and the blanks
    between them.
    """

    def __init__(self, classes: int, stride: int = 1, width: int = 224, hidden: int = 160) -> None:
        super().__init__()
        convolution = nn.Conv1d(CHANNELS, width, 5, stride, 2)
        self.conv = nn.Sequential(convolution, nn.BatchNorm1d(width), nn.SiLU(), nn.Dropout(0.2))
        self.rnn = nn.LSTM(width, hidden, 1, bidirectional=True, batch_first=True)
        self.out = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * hidden, classes))

    def forward(self, x: Tensor) -> Tensor:
        """From [lines, channels, steps] to logits [lines, steps / stride, classes]."""
        return self.out(self.rnn(self.conv(x).transpose(1, 2))[0])


class LastStage(nn.Module):
    """The last stage of the published convolutions: [lines, 192, 6, steps] to [lines, 384, steps]."""

    def __init__(self) -> None:
        super().__init__()
        proto = onnx.load_from_string(published())
        tensors = {t.name: numpy_helper.to_array(t) for t in proto.graph.initializer}
        nodes = list(proto.graph.node)
        begin = next(i for i, node in enumerate(nodes) if ENTRY in node.input)
        self.steps, used = _steps(nodes[begin:], tensors)
        self.kept = nn.ParameterDict({_key(n): nn.Parameter(torch.tensor(tensors[n].astype(np.float32))) for n in used})

    def forward(self, x: Tensor) -> Tensor:
        """Run it."""
        known = {ENTRY: x}
        for run, names, target in self.steps:
            known[target] = run(*(known[n] if n in known else self.kept[_key(n)] for n in names))
        return known["columns"]

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Its weights under the graph's names."""
        return {name.replace(":", "."): value.detach().numpy() for name, value in self.kept.items()}


Step = tuple[Callable[..., Tensor], list[str], str]


def published() -> bytes:
    """The convolutions as they were published, as ONNX."""
    model = weights._checked(weights.MANIFEST["backbone-small"])
    return graph.backbone(model, {})[".onnx"]


def entry_model() -> bytes:
    """The convolutions up to the last stage, as ONNX."""
    proto = onnx.load_from_string(published())
    (node,) = (n for n in proto.graph.node if ENTRY in n.input)
    graph._end_at(proto.graph, node, (None, 192, 6, None))
    return proto.SerializeToString()


def _key(name: str) -> str:
    return name.replace(".", ":")


def _steps(nodes: Sequence[Any], tensors: dict[str, NDArray[Any]]) -> tuple[list[Step], list[str]]:
    """Operations in their order, and the weights they use."""
    same: dict[str, str] = {}
    steps: list[Step] = []
    used: list[str] = []
    k = 0
    while k < len(nodes):
        node, taken = nodes[k], 1
        names = [same.get(name, name) for name in node.input]
        target = node.output[0]
        if node.op_type == "Identity":
            same[target] = names[0]
        elif node.op_type == "Div":  # the error function written out: five operations
            taken, target = 5, nodes[k + 4].output[0]
            steps.append((functional.gelu, names[:1], target))
        elif node.op_type == "Conv":  # its bias is the sum that follows
            taken, bias = 2, next(n for n in nodes[k + 1].input if n in tensors)
            used += [names[1], bias]
            steps.append((_convolution(node), [names[0], names[1], bias], nodes[k + 1].output[0]))
        else:
            steps.append((_plain(node), names[: 2 if node.op_type in ("Add", "Mul") else 1], target))
        k += taken
    return steps, used


def _convolution(node: Any) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    told = {a.name: list(a.ints) or a.i for a in node.attribute}
    padding = tuple(told.get("pads", [0, 0])[:2])
    stride, groups = tuple(told["strides"]), told["group"]
    return lambda x, weight, bias: functional.conv2d(x, weight, bias.flatten(), stride, padding, 1, groups)


def _plain(node: Any) -> Callable[..., Tensor]:
    if node.op_type == "HardSigmoid":
        told = {a.name: a.f for a in node.attribute}
        slope, middle = told.get("alpha", 0.2), told.get("beta", 0.5)
        return lambda x: (x * slope + middle).clamp(0, 1)
    if node.op_type == "ReduceMean" and node.output[0] == "columns":
        return lambda x: x.mean(2)
    known: dict[str, Callable[..., Tensor]] = {
        "Add": torch.add,
        "Mul": torch.mul,
        "Relu": torch.relu,
        "ReduceMean": lambda x: x.mean((2, 3), keepdim=True),
    }
    return known[node.op_type]
