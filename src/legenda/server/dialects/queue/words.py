"""How a job stands, in the words of the queue."""

from __future__ import annotations

from typing import Any, Literal

from legenda.server.asking import Job, Snapshot

Word = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


def word(job: Job) -> Word:
    """The status; what failed or was called off is `COMPLETED`, too: clients know no other word for an end."""
    if job.final:
        return "COMPLETED"
    return "IN_QUEUE" if job.started is None else "IN_PROGRESS"


def links(base: str, app: str, id: str) -> dict[str, str]:
    """Where a request is asked about.

    Args:
        base: of the queue as its caller reached it, without a slash at its end.
        app: `owner/alias`.
        id: of the request, in the form of the service.
    """
    here = f"{base}/{app}/requests/{id}"
    return {"response_url": here, "status_url": f"{here}/status", "cancel_url": f"{here}/cancel"}


def position(snapshot: Snapshot) -> int:
    """How many requests come before this one."""
    return snapshot.position or 0


def inference_seconds(job: Job) -> float:
    """From its beginning to its end."""
    return max(0.0, job.finished - job.started) if job.finished and job.started else 0.0


def metrics(job: Job) -> dict[str, Any]:
    """What a completed request took."""
    return {"inference_time": round(inference_seconds(job), 3)}
