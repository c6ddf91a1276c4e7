"""The network at work: a strip of a staff to the symbols on it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legenda.notation.score import symbols
from legenda.notation.score.model import Symbol
from legenda.notation.score.staves import Levels, Staff, strip
from legenda.notation.score.weights import weight

_MARGIN = 2.0  # staff spaces seen beyond the ends of a staff
_CENTRE = symbols.MIDDLE * symbols.CELL + symbols.CELL / 2 - 0.5
_THERE = 0.5  # how likely something must be in a cell
_STEP = 16  # px: the widths the network takes are multiples of it


def look(dark: Levels, staff: Staff) -> list[Symbol]:
    """The symbols of a staff by x, which is counted in its own spaces from the left edge of the picture."""
    cut, begin = strip(dark, staff, symbols.SPACE, symbols.HEIGHT, _CENTRE, _MARGIN)
    width = cut.shape[1]
    ink = np.pad(cut, ((0, 0), (0, -width % _STEP)))[None, None].astype(np.float32)
    classes, traits = _session().run(None, {"ink": ink})
    scale = staff.space / symbols.SPACE
    found = []
    for symbol in read_grid(classes[0], traits[0]):
        x = begin + (symbol.x + 0.5) * symbols.CELL * scale
        found.append(Symbol(symbol.kind, symbol.value, x, symbol.position, symbol.sure, symbol.traits))
    return found


def read_grid(classes: NDArray[np.float32], traits: NDArray[np.float32]) -> list[Symbol]:
    """What the cells hold, by x; x is in cells.

    Args:
        classes: [classes, rows, columns], scores.
        traits: [traits, rows, columns], scores.
    """
    likely = np.exp(classes - classes.max(0))
    likely /= likely.sum(0)
    there = 1 - likely[0]
    framed = np.pad(there, ((1, 1), (2, 2)))
    height, width = there.shape
    best = there >= _THERE
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            if down or across:
                other = framed[1 + down : 1 + down + height, 2 + across : 2 + across + width]
                best &= (there > other) if (down, across) < (0, 0) else (there >= other)
    found = []
    for row, column in zip(*np.nonzero(best), strict=True):
        index = 1 + int(likely[1:, row, column].argmax())
        kind, _, value = symbols.CLASSES[index].partition(" ")
        span = slice(max(0, column - 1), column + 2)
        weights = there[row, span]
        x = float((np.arange(width)[span] * weights).sum() / weights.sum())
        position = symbols.position(int(row))
        own = _traits(traits[:, row, column]) if kind in ("note", "grace", "rest") else {}
        found.append(Symbol(kind, value, x, position, float(likely[index, row, column]), own))
    return sorted(found, key=lambda symbol: symbol.x)


def _traits(scores: NDArray[np.float32]) -> dict[str, str]:
    own, begin = {}, 0
    for name, values in symbols.TRAITS.items():
        own[name] = values[int(scores[begin : begin + len(values)].argmax())]
        begin += len(values)
    return own


@cache
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # widths differ with every staff
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weight("score.onnx"), options, providers=["CPUExecutionProvider"])
