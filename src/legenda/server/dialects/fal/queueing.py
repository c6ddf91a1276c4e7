"""`/queue`: submit, ask how it stands, take the outputs, call it off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.asking import Job, Snapshot
from legenda.server.auth import Caller
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.fal import requests
from legenda.server.dialects.fal.answers import DIALECT, REQUEST_ID, answer, name, request_id
from legenda.server.dialects.fal.outcome import fault, outcome, told
from legenda.server.dialects.queue import logs as log
from legenda.server.dialects.queue import sse
from legenda.server.dialects.queue.ids import job_of_uuid, uuid_of
from legenda.server.dialects.queue.words import links, metrics, position, word
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of

Reads = Annotated[Caller, Depends(requests.reads)]
Streams = Annotated[Caller, Depends(requests.streams)]
Writes = Annotated[Caller, Depends(requests.writes)]
Logs = Annotated[bool, Query(description="with the log lines so far")]


async def submit(
    request: Request,
    caller: Writes,
    fal_webhook: Annotated[str, Query(max_length=2048, description="URL that is told of the end")] = "",
    fal_max_queue_length: Annotated[int | None, Query(ge=1, description="429 if more requests wait")] = None,
) -> Response:
    """Put an input into the queue."""
    found = requests.endpoint(request, "/queue/", "")
    asked = requests.ask(request, requests.inputs(await requests.body(request)), found.app)
    asked.webhook = fal_webhook
    if fal_max_queue_length is not None and await asking.waiting(request) >= fal_max_queue_length:
        raise ProblemError(429, "queue_full", "The queue is longer than fal_max_queue_length.", retry_after=10)
    job = await asking.submit(request, caller, asked)
    snapshot = await asking.standing(request, caller, job.id)
    name(request, uuid_of(job.id))
    return answer(request, _queued(request, job, position(snapshot)))


async def status(request: Request, caller: Reads, request_id: str, logs: Logs = False) -> Response:
    """How a request stands."""
    snapshot = await _standing(request, caller, request_id)
    lines = await log.lines(service_of(request), snapshot) if logs and snapshot.job.started else None
    body = await _status(request, snapshot.job, position(snapshot), lines)
    return answer(request, body, 200 if snapshot.job.final else 202)


async def stream(request: Request, caller: Streams, request_id: str, logs: Logs = False) -> Response:
    """How a request stands, whenever that changes (server-sent events)."""
    job = (await _standing(request, caller, request_id)).job
    headers = {REQUEST_ID: uuid_of(job.id)}
    return sse.answer(_events(request, job, logs), headers)


async def result(request: Request, caller: Reads, request_id: str) -> Response:
    """The outputs of a completed request, or its error."""
    job = (await _standing(request, caller, request_id)).job
    if not job.final:
        return answer(request, {"detail": "Request is still in progress"}, 400)
    return told(request, job, await outcome(service_of(request), job))


async def cancel(request: Request, caller: Writes, request_id: str) -> Response:
    """Call a request off."""
    try:
        snapshot = await _standing(request, caller, request_id)
    except ProblemError:
        return answer(request, {"status": "NOT_FOUND"}, 404)
    if snapshot.job.final or (await asking.cancel(request, caller, snapshot.job.id)).state != "cancelled":
        return answer(request, {"status": "ALREADY_COMPLETED"}, 400)
    return answer(request, {"status": "CANCELLATION_REQUESTED"}, 202)


async def _standing(request: Request, caller: Caller, id: str) -> Snapshot:
    requests.target(request, "/queue/")
    snapshot = await asking.standing(request, caller, job_of_uuid(id))
    if snapshot.job.request.dialect != DIALECT or snapshot.job.state == "expired":
        raise missing()
    name(request, uuid_of(snapshot.job.id))
    return snapshot


def _queued(request: Request, job: Job, place: int) -> dict[str, Any]:
    return _about(request, job, "IN_QUEUE") | {"queue_position": place}


def _about(request: Request, job: Job, status: str) -> dict[str, Any]:
    id = request_id(request)
    here = links(reached(request).base("fal-queue"), job.request.told.get("app", ""), id)
    return {"status": status, "request_id": id, "gateway_request_id": id} | here


async def _status(request: Request, job: Job, place: int, lines: list[log.Line] | None) -> dict[str, Any]:
    status = word(job)
    if status == "IN_QUEUE":
        return _queued(request, job, place)
    body = _about(request, job, status) | {"logs": lines}
    if status == "COMPLETED":
        body["metrics"] = metrics(job)
        if why := await fault(service_of(request), job):
            body |= {"error": why.message, "error_type": why.type or "internal_error"}
    return body


async def _events(request: Request, job: Job, logs: bool) -> AsyncIterator[bytes]:
    """Only lines that were not told before, since clients keep them."""
    service, cursor, before = service_of(request), 0, None
    async for current in asking.changes(request, job, sse.PING_SECONDS):
        lines: list[log.Line] | None = None
        if logs:
            lines, cursor = await run_in_threadpool(log.since, service, job.id, cursor)
        now = (word(current), await _place(service, current))
        if now == before and not lines:
            yield sse.PING
            continue
        before = now
        yield sse.event(await _status(request, current, now[1], lines))


async def _place(service: Service, job: Job) -> int:
    if word(job) != "IN_QUEUE":
        return 0
    place: int = await run_in_threadpool(service.store.position, job)
    return place
