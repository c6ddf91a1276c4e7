"""The network at work: a picture's keys and values once, then a token a run with a cache of what went before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legenda.notation.formula.ink import Picture
from legenda.notation.formula.weights import vocabulary, weight

_BEGIN, _END = 1, 2
_LAYERS, _HEADS, _WIDTH = 4, 8, 64  # of the decoder
_LONGEST = 400  # tokens; the network was trained on up to 512
# a stretch of up to so many tokens that comes so often without a break is a loop
_PERIOD, _TURNS = 24, 5


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the network wrote.

    Attributes:
        latex: its tokens, joined.
        certainties: natural logarithm of each token's probability, the end included.
        ended: it ended by itself.
        looped: it repeated itself until it was stopped; the repetitions are cut off.
    """

    latex: str
    certainties: tuple[float, ...]
    ended: bool = True
    looped: bool = False

    @property
    def mean(self) -> float:
        """Mean certainty a token."""
        return sum(self.certainties) / len(self.certainties)


def decode(seen: Picture) -> Decoded:
    """The likeliest token after each, up to the end.

    Raises:
        MissingComponentError: the weights are not there.
    """
    memory = _session("encoder.onnx").run(None, {"picture": seen})[0]
    run = _session("decoder.onnx").run
    past: Any = np.zeros((_LAYERS, 2, 1, _HEADS, 0, _WIDTH), np.float32)
    token, chosen, certainties = _BEGIN, list[int](), list[float]()
    while len(chosen) < _LONGEST:
        logits, past = run(None, {"token": np.array([[token]]), "past": past, "memory": memory})
        token, certainty = _likeliest(logits[0])
        certainties.append(certainty)
        if token == _END:
            return Decoded(_text(chosen), tuple(certainties))
        chosen.append(token)
        if period := _loop(chosen):
            kept = len(chosen) - period * (_TURNS - 1)
            return Decoded(_text(chosen[:kept]), tuple(certainties), ended=False, looped=True)
    return Decoded(_text(chosen), tuple(certainties), ended=False)


def _likeliest(logits: NDArray[np.float32]) -> tuple[int, float]:
    best = int(logits.argmax())
    return best, -float(np.log(np.exp(logits - logits[best]).sum()))


def _loop(chosen: Sequence[int]) -> int:
    """Length of the stretch the sequence ends with five times; 0 where it does not. Dots may come in a row."""
    for period in range(1, _PERIOD + 1):
        turns = _TURNS if period > 3 else 3 * _TURNS
        length = period * turns
        if len(chosen) < length:
            continue
        last = chosen[-period:]
        if all(chosen[-(n + 1) * period : -n * period] == last for n in range(1, turns)):
            return period
    return 0


def _text(chosen: Sequence[int]) -> str:
    known = vocabulary()
    return "".join(known[token] for token in chosen).strip()


@cache
def _session(name: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # shapes differ with every crop
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weight(name), options, providers=["CPUExecutionProvider"])
