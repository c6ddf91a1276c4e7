"""When something that did not reach its receiver is sent again."""

from __future__ import annotations

import random
from dataclasses import dataclass

_DELAYS = (5.0, 30.0, 120.0, 600.0, 1800.0)
_HOUR = 3600.0
_TRIES = 29  # 5 s, 30 s, 2 min, 10 min, 30 min, then every hour until a day has gone by
_JITTER = 0.2  # those who failed together do not come back together


def delay(tries: int) -> float | None:
    """Seconds to wait after so many failed tries (from 1), give or take a fifth; `None` when a day has gone by."""
    if tries >= _TRIES:
        return None
    seconds = _DELAYS[tries - 1] if tries <= len(_DELAYS) else _HOUR
    return seconds * random.uniform(1 - _JITTER, 1 + _JITTER)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Fixed waits, as protocols promise them: after the first failed try, after the second, and so on.

    Attributes:
        delays: seconds; there is one try more than there are of them.
    """

    delays: tuple[float, ...]

    def delay(self, tries: int) -> float | None:
        """Seconds to wait after so many failed tries (from 1); `None` when that was the last."""
        return self.delays[tries - 1] if tries <= len(self.delays) else None


FAL = Schedule((5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3070))
"""Ten more tries within two hours."""
MODELRUNNER = Schedule((5, 30, 120, 300, 600, 1200, 1800, 2700, 3600))
LAZARUS = Schedule((5, 30, 120))
