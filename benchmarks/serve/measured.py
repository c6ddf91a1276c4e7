"""What a suite finds: one row a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Measured:
    """A promise and what became of it.

    Attributes:
        promise: what is asked for.
        wanted: the figure to reach, in words.
        found: what was measured, in words.
        met: whether it is reached; `None` where a short run cannot tell.
        how: sizes of this run.
    """

    promise: str
    wanted: str
    found: str
    met: bool | None
    how: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is no less than this share (0..1) of them."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]
