from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import Strip


@pytest.fixture(scope="session")
def reading() -> Callable[..., Reading]:
    """What a recogniser would say of evenly set characters."""

    def build(text: str, probabilities: float | list[float] = 0.99) -> Reading:
        edges = np.linspace(0, 1, 2 * len(text) + 1, dtype=np.float32)[1:] if text else np.zeros(0, np.float32)
        each = np.full(len(text), probabilities, np.float32) if isinstance(probabilities, float) else probabilities
        return Reading(tuple(text), np.asarray(each, np.float32), edges[0::2] - 0.5 / max(1, len(text)), edges[1::2])

    return build


@pytest.fixture(scope="session")
def paper() -> Callable[[int], Strip]:
    """An empty strip, lying 100 to the right and 50 down."""

    def build(width: int) -> Strip:
        x, y = 100, 50
        quad = np.array([[x, y], [x + width, y], [x + width, y + 48], [x, y + 48]], np.float32)
        return Strip(np.full((48, width), 255, np.uint8), quad)

    return build
