"""`/mr/queue/requests`: all requests of an account, listed, one by one, and as they change."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.asking import Job, Phase, Sought
from legenda.server.auth import Caller
from legenda.server.dialects.modelrunner import asked, results
from legenda.server.dialects.modelrunner.answers import DIALECT, answer, name
from legenda.server.dialects.queue import sse
from legenda.server.dialects.queue.ids import job_of_nano, nano_of
from legenda.server.hub import changed
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of
from legenda.server.strictjson import parsed

router = APIRouter(prefix="/mr/queue/requests")
Reads = Annotated[Caller, Depends(asked.reads)]
Watches = Annotated[Caller, Depends(asked.watches)]
Status = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED"]

_PHASES: dict[str, Phase] = {
    "IN_QUEUE": "waiting",
    "IN_PROGRESS": "begun",
    "COMPLETED": "ended",
    "FAILED": "broken",
}
_HEARTBEAT = b": hb\n\n"
_HEARTBEAT_SECONDS = 25.0
_OPEN: tuple[Phase, ...] = ("waiting", "begun")
_IN_FLIGHT = 200  # requests of a snapshot
_BY_ENDPOINT = 1000  # requests that are looked through for those of one endpoint
_BATCH = 500
_KEY = re.compile(r'[^"\\\x00-\x1f]{1,64}')


@router.get("")
async def listed(
    request: Request,
    caller: Reads,
    status: Status | None = None,
    modelEndpoint: Annotated[str, Query(max_length=200)] = "",
    metadata: Annotated[str, Query(max_length=2000, description="JSON: exactly these tags")] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """Your requests, the newest first. `billingStatus` tells failures from successes."""
    service = service_of(request)
    sought = Sought(DIALECT, _PHASES.get(status or ""), results.CALLERS_FAULTS, _tags(metadata))
    first = offset or (page - 1) * limit
    if status == "CANCELLED":
        found, total = list[Job](), 0  # those are COMPLETED here, too
    elif modelEndpoint:
        some, _ = await run_in_threadpool(service.store.search, caller.tenant, sought, limit=_BY_ENDPOINT)
        mine = [job for job in some if modelEndpoint in (job.request.told.get("endpoint"), job.request.told.get("app"))]
        found, total = mine[first : first + limit], len(mine)
    else:
        found, total = await run_in_threadpool(service.store.search, caller.tenant, sought, limit=limit, offset=first)
    data = [await _item(service, job) for job in found]
    pages = -(-total // limit)
    return answer(request, {"page": page, "limit": limit, "total": total, "totalPages": pages, "data": data})


@router.get("/stream", responses={200: {"content": {"text/event-stream": {}}}})
async def stream(request: Request, caller: Watches) -> Response:
    """What is in flight, then every change of any request of yours (server-sent events)."""
    return sse.answer(_events(request, caller))


@router.get("/{request_id}")
async def one(request: Request, caller: Reads, request_id: str) -> Response:
    """A request, whatever endpoint it went to."""
    job = await asking.owned(request, caller, job_of_nano(request_id))
    if job.request.dialect != DIALECT:
        raise missing("request")
    name(request, nano_of(job.id))
    return answer(request, await _item(service_of(request), job))


async def _item(service: Service, job: Job) -> dict[str, Any]:
    return results.item(job, await results.settled(service, job))


async def _events(request: Request, caller: Caller) -> AsyncIterator[bytes]:
    service = service_of(request)
    with service.hub.listening("") as news:
        cursor = await run_in_threadpool(service.store.last_event)
        told: dict[str, str] = {}
        yield sse.event(await _snapshot(service, caller, told), "snapshot")
        while not service.hub.closed:
            if not await changed(news, _HEARTBEAT_SECONDS):
                yield _HEARTBEAT
                continue
            while batch := await run_in_threadpool(service.store.events, None, cursor, _BATCH):
                cursor = batch[-1].id
                for id in dict.fromkeys(event.job for event in batch if event.kind == "state"):
                    if update := await _update(service, caller, id, told):
                        yield update


async def _snapshot(service: Service, caller: Caller, told: dict[str, str]) -> dict[str, Any]:
    requests = []
    for phase in _OPEN:
        sought = Sought(DIALECT, phase)
        found, _ = await run_in_threadpool(service.store.search, caller.tenant, sought, limit=_IN_FLIGHT)
        for job in found:
            told[job.id] = results.status_of(job)
            requests.append(await _item(service, job))
    return {"type": "snapshot", "requests": requests}


async def _update(service: Service, caller: Caller, id: str, told: dict[str, str]) -> bytes | None:
    """A request whose status is another than what was told last."""
    job = await run_in_threadpool(service.store.job, id)
    if job is None or job.request.tenant != caller.tenant or job.request.dialect != DIALECT or job.state == "expired":
        return None
    status = results.status_of(job)
    if told.get(id) == status:
        return None
    told[id] = status
    if job.final:
        del told[id]  # nothing follows
    return sse.event({"type": "update", "request": await _item(service, job)}, "update")


def _tags(text: str) -> dict[str, str]:
    if not text:
        return {}
    tags = parsed(text.encode("utf-8", "replace"))
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise ProblemError(400, "invalid_request", "metadata must be a JSON object of strings")
    if len(tags) > 16 or not all(map(_KEY.fullmatch, tags)):
        raise ProblemError(400, "invalid_request", "metadata has tags that requests cannot be found by")
    return tags
