"""Results as ModelRunner has them: over HTTP, in the history, in webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool

from legenda.document import Document
from legenda.errors import NotFoundError
from legenda.server import asking
from legenda.server.asking import Job
from legenda.server.dialects.queue.ids import nano_of
from legenda.server.dialects.queue.outputs import Unread, rendered, unread
from legenda.server.dialects.queue.words import word
from legenda.server.service import Service

Status = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED"]
Billing = Literal["pending", "partial", "charged", "failed"]

CALLERS_FAULTS = frozenset(
    (
        "url_refused",
        "unreachable",
        "too_large",
        "limit",
        "unsupported_format",
        "corrupt",
        "parser_crash",
        "empty",
        "source",
        "password",
        "password_required",
        "wrong_password",
        "invalid_option",
        "balance",
    )
)
"""Failures for which a request is `COMPLETED`, with an error: those of its input. All others are forced: `FAILED`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request.

    Attributes:
        outputs: one string an image, or one of all; `None` where there are none (yet).
        error: why not, or why not all.
        faults: the same by input: its place (from 0), and why nothing of it was read.
        purged: it was, but its time is over.
    """

    outputs: list[str] | None = None
    error: str | None = None
    faults: Sequence[tuple[int, str]] = field(default_factory=tuple)
    purged: bool = False


def status_of(job: Job) -> Status:
    """How it stands. What was called off is `COMPLETED`, too: clients know no other word for an end."""
    if job.state == "failed" and job.failure and job.failure.code not in CALLERS_FAULTS:
        return "FAILED"
    return word(job)


def billing_of(job: Job) -> Billing:
    """What tells success from failure, unlike the status."""
    match job.state:
        case "done":
            return "charged"
        case "partial":
            return "partial"
        case "expired":
            return "failed" if job.failure or not job.pages_done else "charged"
    return "failed" if job.final else "pending"


async def settled(service: Service, job: Job) -> Outcome:
    """What came of it, as far as it is closed."""
    if not job.final:
        return Outcome()
    found = await unread(service, job)
    try:
        document = await asking.page_documents(service, job) if job.state in ("done", "partial") else None
    except NotFoundError:
        return Outcome(purged=True)
    return await run_in_threadpool(outcome, job, found, lambda: document)


def outcome(job: Job, found: Sequence[Unread], document: Callable[[], Document | None]) -> Outcome:
    """What came of a job.

    Args:
        job: as it stands.
        found: inputs of which nothing could be read.
        document: gives what was read of one that is done, at least partially. It is not called for one without pages.
    """
    faults = [(each.place, each.failure.message) for each in found]
    if job.failure and not faults:
        faults = [(job.failure.part or 0, job.failure.message)]
    error = "; ".join(dict.fromkeys(message for _, message in faults)) or None
    match job.state:
        case "done" | "partial":
            read = document() if job.page_count else None
            return Outcome(rendered(read, job.request.told) if read else [], error, faults)
        case "failed":
            return Outcome(None, error or "The request failed", faults)
        case "cancelled":
            return Outcome(None, "Request was cancelled")
        case "expired":
            return Outcome(None, error, faults, purged=True)
    return Outcome()


def result(job: Job, found: Outcome) -> dict[str, Any]:
    """The object that says all of a request, as it stands."""
    told = job.request.told
    output: Any = None
    if found.outputs is not None:
        output = found.outputs if told.get("bare") else {"outputs": found.outputs}
    return {
        "id": nano_of(job.id),
        "modelEndpoint": told.get("endpoint", ""),
        "status": status_of(job),
        "billingStatus": billing_of(job),
        "output": {} if found.purged else output,
        "input": told.get("input", {}),
        "createdAt": stamp(job.created),
        "updatedAt": stamp(job.finished or job.started or job.created),
        "inferenceTime": _milliseconds(job.started, job.finished),
        "delayTime": _milliseconds(job.created, job.started),
        "error": found.error,
        "metadata": dict(job.request.metadata),
    }


def item(job: Job, found: Outcome) -> dict[str, Any]:
    """The same, as the history has it."""
    purged = stamp(job.expires) if found.purged and job.expires else None
    more = {"targetKind": "model", "payloadsPurgedAt": purged, "totalPrice": str(job.charged), "public": False}
    return result(job, found) | more


def violations(found: Outcome) -> Mapping[str, Any]:
    """Details of a request that has no output."""
    places = found.faults or [(0, found.error or "")]
    return {
        "code": "INVALID_OUTPUT",
        "validationErrors": [{"instancePath": f"/outputs/{place}", "message": message} for place, message in places],
    }


def stamp(seconds: float) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(begin: float | None, end: float | None) -> int | None:
    return None if begin is None or end is None else max(0, round((end - begin) * 1000))
