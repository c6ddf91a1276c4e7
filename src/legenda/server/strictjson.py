"""JSON from outside, as its standard has it."""

from __future__ import annotations

import json
import math
from typing import Any

from legenda.server.problems import ProblemError


def parsed(body: bytes) -> Any:
    """A JSON text: UTF-8, no NaN, no Infinity, no number beyond all bounds, not nested without end.

    Raises:
        ProblemError: 400, it is something else.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise ProblemError(400, "bad_json", "This is not JSON in UTF-8, or it is nested too deeply.") from None


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError("a number beyond all bounds")
    return number
