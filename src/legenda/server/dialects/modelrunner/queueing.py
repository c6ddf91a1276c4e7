"""`/mr/queue`: submit, ask how it stands, take the result, call it off. `/mr/run` is the same, but for streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.asking import Job, Snapshot
from legenda.server.auth import Caller
from legenda.server.dialects import bodies
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.modelrunner import asked, errors, results
from legenda.server.dialects.modelrunner.answers import DIALECT, REQUEST_ID, answer, name
from legenda.server.dialects.modelrunner.asked import Order, Prediction
from legenda.server.dialects.queue import logs as log
from legenda.server.dialects.queue import sse
from legenda.server.dialects.queue.ids import job_of_nano, nano_of
from legenda.server.dialects.queue.words import links, metrics, position
from legenda.server.problems import missing
from legenda.server.service import service_of

router = APIRouter(prefix="/mr/queue")
Reads = Annotated[Caller, Depends(asked.reads)]
Writes = Annotated[Caller, Depends(asked.writes)]
Logs = Annotated[bool, Query(description="with the log lines so far")]

_REQUEST = "/{app:path}/requests/{request_id}"


@router.post("/{app:path}", status_code=201, openapi_extra=bodies.described(Prediction))
async def submit(request: Request, caller: Writes, app: str) -> Response:
    """Put an input into the queue."""
    order = await asked.order(request, asked.endpoint(request, app, ""))
    return await submitted(request, caller, await enqueued(request, caller, order), order)


@router.get(f"{_REQUEST}/status", responses={400: {"description": "It failed."}})
async def status(request: Request, caller: Reads, app: str, request_id: str, logs: Logs = False) -> Response:
    """How a request stands; 400 if it was given up."""
    return await _answered(request, await standing(request, caller, app, request_id), logs)


@router.get(f"{_REQUEST}/status/stream", responses={200: {"content": {"text/event-stream": {}}}})
async def stream(request: Request, caller: Reads, app: str, request_id: str, logs: Logs = False) -> Response:
    """How a request stands, whenever that changes (server-sent events)."""
    job = (await standing(request, caller, app, request_id)).job
    return sse.answer(_events(request, job, logs), {REQUEST_ID: nano_of(job.id)})


@router.get(_REQUEST)
async def result(request: Request, caller: Reads, app: str, request_id: str) -> Response:
    """What came of a request: 400 before it is completed, 422 where it has no output."""
    job = (await standing(request, caller, app, request_id)).job
    if not job.final:
        return answer(request, errors.body(request, 400, "Request is not completed"), 400)
    return await told(request, job)


@router.put(f"{_REQUEST}/cancel", status_code=202)
async def cancel(request: Request, caller: Writes, app: str, request_id: str) -> Response:
    """Call a request off. One that is completed stays as it is, which the answer says."""
    snapshot = await standing(request, caller, app, request_id)
    if snapshot.job.final or (await asking.cancel(request, caller, snapshot.job.id)).state != "cancelled":
        return await _answered(request, await standing(request, caller, app, request_id), False)
    return answer(request, {"status": "CANCELLATION_REQUESTED"}, 202)


@router.get(f"{_REQUEST}/cancel")
async def look(request: Request, caller: Reads, app: str, request_id: str) -> Response:
    """How a request stands: a GET calls nothing off."""
    return await _answered(request, await standing(request, caller, app, request_id), False)


async def enqueued(request: Request, caller: Caller, order: Order) -> Job:
    """The job of an order."""
    await checked(order)
    job = await asking.submit(request, caller, order.ask)
    name(request, nano_of(job.id))
    return job


async def checked(order: Order) -> None:
    """Whether its webhook may be told; raises as `asked.check_webhook`."""
    if order.ask.webhook:
        await run_in_threadpool(asked.check_webhook, order.ask.webhook)


async def submitted(request: Request, caller: Caller, job: Job, order: Order) -> Response:
    """The answer to what was put into the queue."""
    snapshot = await asking.standing(request, caller, job.id)
    body = _about(request, job, "IN_QUEUE") | {"queue_position": position(snapshot), "logs": [], "metrics": {}}
    return answer(request, body | dict(order.echo), 201)


async def standing(request: Request, caller: Caller, app: str, id: str) -> Snapshot:
    """A request of the caller's, from memory.

    Raises:
        ProblemError: 404, there is none.
    """
    asked.target(request, app)
    snapshot = await asking.standing(request, caller, job_of_nano(id))
    if snapshot.job.request.dialect != DIALECT or snapshot.job.state == "expired":
        raise missing("request")
    name(request, nano_of(snapshot.job.id))
    return snapshot


async def told(request: Request, job: Job) -> Response:
    """The answer that says what came of a closed job."""
    found = await results.settled(service_of(request), job)
    lines = (await run_in_threadpool(log.since, service_of(request), job.id, 0))[0]
    body = results.result(job, found) | {"logs": lines}
    if found.outputs is None:
        why = errors.body(request, 422, found.error or "There is no output", results.violations(found))
        return answer(request, body | why, 422)
    return answer(request, body)


def _about(request: Request, job: Job, status: str) -> dict[str, Any]:
    id = nano_of(job.id)
    here = links(reached(request).base("mr-queue"), job.request.told.get("app", ""), id)
    return {"status": status, "request_id": id} | here


async def _answered(request: Request, snapshot: Snapshot, logs: bool) -> Response:
    job = snapshot.job
    lines = await log.lines(service_of(request), snapshot) if logs and job.started else []
    body = await _status(request, job, position(snapshot), lines)
    return answer(request, body, 400 if body["status"] == "FAILED" else 200)


async def _status(request: Request, job: Job, place: int, lines: list[log.Line]) -> Mapping[str, Any]:
    status = results.status_of(job)
    body = _about(request, job, status) | {"queue_position": place, "logs": lines, "metrics": {}}
    if job.final:
        body |= {"metrics": metrics(job), "billingStatus": results.billing_of(job)}
        if job.state in ("failed", "cancelled"):
            body["error"] = job.failure.message if job.failure else "Request was cancelled"
    return body


async def _events(request: Request, job: Job, logs: bool) -> AsyncIterator[bytes]:
    """Only lines that were not told before, since clients keep them."""
    service, cursor, before = service_of(request), 0, None
    async for current in asking.changes(request, job, sse.PING_SECONDS):
        job = current
        lines: list[log.Line] = []
        if logs:
            lines, cursor = await run_in_threadpool(log.since, service, job.id, cursor)
        place = await run_in_threadpool(service.store.position, job) if not job.started and not job.final else 0
        now = (results.status_of(job), place)
        if now == before and not lines:
            yield sse.PING
            continue
        before = now
        yield sse.event(await _status(request, job, place, lines))
