"""SLANet-plus: a picture of a table to the tags of its structure, with a box for each cell.

Li et al., "SLANet" in PP-StructureV2 (2022), https://arxiv.org/abs/2210.05391.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from legenda.layout.tables.frame import Floats, Raster
from legenda.layout.tables.grid import Place

SIDE = 488  # px of the square it sees
_MEAN, _SPREAD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_CELLS = frozenset(("<td></td>", "<td"))


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the network says of a table.

    Attributes:
        places: of the cells, in the order they were written.
        boxes: of each, in pixels of the picture; [n, 4].
        rows: how many.
        columns: how many.
        sure: geometric mean of the tags' probabilities (0..1).
        least: the least of them.
        whole: it came to an end of its own.
    """

    places: tuple[Place, ...]
    boxes: Floats
    rows: int
    columns: int
    sure: float
    least: float
    whole: bool


def tagged(picture: Raster) -> Tagged | None:
    """The structure of a table, as the network sees it; `None` where it sees no cell.

    Raises:
        MissingComponentError: the weights are not installed.
    """
    network, tags = loaded()
    height, width = picture.shape[:2]
    if min(height, width) < 2:
        return None
    corners, chances = network.run(None, {network.get_inputs()[0].name: _seen(picture)})
    best, sure = chances[0].argmax(axis=1), chances[0].max(axis=1)
    end = next((i for i, k in enumerate(best) if i and tags[k] == "eos"), len(best))
    names = [tags[k] for k in best[:end]]
    at = [i for i, name in enumerate(names) if name in _CELLS]
    if not at:
        return None
    boxes = corners[0, at].reshape(len(at), -1, 2) * max(height, width)
    places, rows, columns = _placed(names)
    logs = np.log(np.maximum(sure[:end], 1e-6))
    least = float(sure[:end].min())
    around = np.concatenate([boxes.min(axis=1), boxes.max(axis=1)], axis=1).astype(np.float64)
    return Tagged(places, around, rows, columns, float(np.exp(logs.mean())), least, end < len(best))


def _placed(names: list[str]) -> tuple[tuple[Place, ...], int, int]:
    """Cells set into slots in the order of their tags, as HTML does it."""
    places: list[Place] = []
    taken: set[tuple[int, int]] = set()
    row, header, spans = -1, False, {"rowspan": 1, "colspan": 1}
    for name in [*names, "</td>"]:
        if name in ("<thead>", "</thead>"):
            header = name == "<thead>"
        elif name == "<tr>":
            row += 1
        elif name == "<td":
            spans = {"rowspan": 1, "colspan": 1}
        elif "span=" in name:
            kind, _, count = name.strip().partition("=")
            spans[kind] = int(count.strip('"'))
        if name == "<td></td>" or (name == ">" and row >= 0):
            rows, columns = (1, 1) if name == "<td></td>" else (spans["rowspan"], spans["colspan"])
            column = next(c for c in range(len(taken) + 1) if (max(row, 0), c) not in taken)
            places.append(Place(max(row, 0), column, rows, columns, header))
            taken.update((max(row, 0) + r, column + c) for r in range(rows) for c in range(columns))
    return tuple(places), max(row, 0) + 1, max((c for _, c in taken), default=-1) + 1


def _seen(picture: Raster) -> Any:
    import cv2

    colour = picture if picture.ndim == 3 else cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_GRAY2RGB)
    height, width = colour.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, int(width * scale)), max(1, int(height * scale))
    small = cv2.resize(np.ascontiguousarray(colour[:, :, ::-1]), size)
    square = np.zeros((SIDE, SIDE, 3), np.float32)
    square[: size[1], : size[0]] = (small / np.float32(255) - _MEAN) / _SPREAD
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None])


@cache
def loaded() -> tuple[Any, tuple[str, ...]]:
    """The network and its tags, loaded once; on ONNX Runtime, for its decoder is a loop."""
    import onnxruntime

    from legenda.runtime.models import model_bytes

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model_bytes("table"), options, providers=["CPUExecutionProvider"])
    tags = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    # a cell without spans is one tag in this vocabulary, which follows what the file lists
    tags = [tag for tag in tags if tag != "<td>"] + ["<td></td>"] * ("<td></td>" not in tags)
    return session, ("sos", *tags, "eos")
