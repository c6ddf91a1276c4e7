"""Tasks as PicWish has them."""

from __future__ import annotations

from typing import Any

from legenda.document.text import printable
from legenda.server.asking import Job
from legenda.server.dialects import uuids
from legenda.server.dialects.picwish.states import DETAILS, state_of

Json = dict[str, Any]

_TYPE = 101  # of every task in its documentation


def task(job: Job, file: str) -> Json:
    """A task as it stands.

    Args:
        job: of the task.
        file: URL of the result; only given away if there is one.
    """
    state = state_of(job)
    done = state == 1
    value: Json = {
        "file": file if done else "",
        "type": _TYPE,
        "state": state,
        "task_id": uuids.dashed(job.id),
        "progress": 100 if job.final else _progress(job),
        "ocr_pages": job.pages_done,
        "created_at": _seconds(job.created),
        "file_pages": job.page_count,
        "input_size": job.request.source.size,
        "output_size": _size(job) if done else 0,
        "completed_at": _seconds(job.finished),
        "processed_at": _seconds(job.started),
        "state_detail": DETAILS[state],
    }
    if job.failure:
        value["error"] = printable(job.failure.message)
    return value


def format_of(job: Job) -> str:
    """Format of the result."""
    return next(iter(job.request.formats), "txt")


def _progress(job: Job) -> int:
    """Percent, as long as it goes on."""
    ended = job.pages_done + job.pages_failed
    return min(99, 100 * ended // job.page_count) if job.page_count else 0


def _size(job: Job) -> int:
    stored = job.results.get(format_of(job))
    return stored.size if stored else 0


def _seconds(at: float | None) -> int:
    """Since 1970; 0 before it happens."""
    return int(at or 0)
