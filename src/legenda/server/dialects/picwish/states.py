"""How a task stands, as one number: 1 is done, 0 and more go on, less than 0 failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from legenda.server.asking import Job

State = Literal[1, 0, 2, 3, 4, -1, -2, -3, -5, -7, -8, -9, -11, -13, -14, -15]
"""-10, -16 (content refused) and -17 (invalid prompt) never happen here."""

DETAILS: Mapping[State, str] = {
    1: "Complete",
    0: "Queued",
    2: "Preparing",
    3: "Waiting",
    4: "Processing",
    -1: "Failed",
    -2: "Result could not be stored",
    -3: "Source could not be downloaded",
    -5: "File too large",
    -7: "Invalid file",
    -8: "Timed out",
    -9: "Internal error",
    -11: "Empty result",
    -13: "Cancelled",
    -14: "Input does not meet the requirements",
    -15: "Insufficient resources",
}

_FAILED: Mapping[str, State] = {
    "storage": -2,
    "output": -2,
    "unreachable": -3,
    "url_refused": -3,
    "not_found": -3,
    "too_large": -5,
    "limit": -5,
    "source": -7,
    "empty": -7,
    "unsupported_format": -7,
    "corrupt": -7,
    "parser_crash": -7,
    "password": -7,
    "password_required": -7,
    "wrong_password": -7,
    "timed_out": -8,
    "not_started": -8,
    "engine": -9,
    "seal": -9,
    "internal": -9,
    "invalid_option": -14,
    "balance": -15,
    "out_of_memory": -15,
    "missing_component": -15,
    "queue_full": -15,
}


def state_of(job: Job) -> State:
    """The state of a job's task."""
    match job.state:
        case "done" | "partial":
            return 1 if job.characters else -11
        case "failed":
            return _FAILED.get(job.failure.code if job.failure else "", -1)
        case "cancelled":
            return -13
        case "queued":
            return 0
        case "preparing":
            return 2
        case "running" if job.started is None:
            return 3  # its pages are known, and nobody has begun with them
    return 4


assert DETAILS.keys() == set(get_args(State))  # noqa: S101  (a state without a word would only show when it happens)
