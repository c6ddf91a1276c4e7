"""Whatever a crop holds, its reader gives a notation and raises nothing."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from legenda import notation
from legenda.document import NotationKind
from legenda.pipeline.notated import labels

SHAPES = ((1, 1), (1, 400), (300, 2), (30, 30, 3), (60, 90, 3))
KINDS = tuple(kind for kind in notation.READ if kind in ("formula", "chart", "geometry", "score"))


def crops() -> list[NDArray[np.uint8]]:
    dice = np.random.default_rng(3)
    found = [np.full(shape, value, np.uint8) for shape in SHAPES for value in (0, 255)]
    found += [dice.integers(0, 256, shape, np.uint8) for shape in SHAPES]
    stripes: Any = np.full((90, 120, 3), 255, np.uint8)
    stripes[::7] = 0
    stripes[:, ::5, 1:] = 40
    return [*found, stripes]


@pytest.mark.parametrize("kind", KINDS)
def test_any_crop(kind: str) -> None:
    for crop in crops():
        lines = labels(crop) if kind != "formula" else ()
        found = notation.read(cast(NotationKind, kind), crop, lines)
        assert found.kind == kind
        assert 0 <= found.confidence <= 1
        assert found.forms or found.problem
