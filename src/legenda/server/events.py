"""Events of a job as they happen (server-sent events); `Last-Event-ID` goes on where a stream broke off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.jobs.record import FINAL, Event
from legenda.server.api.jobs import owned
from legenda.server.auth import Caller, requires
from legenda.server.hub import changed
from legenda.server.service import Service, service_of

router = APIRouter(prefix="/v1", tags=["jobs"])

_BATCH = 500
_HEARTBEAT = 15.0  # seconds; proxies close what is silent for a minute
_LARGEST_ID = 2**63 - 1


@router.get(
    "/jobs/{id}/events",
    summary="Follow a job",
    responses={
        200: {
            "content": {"text/event-stream": {"example": 'id: 7\nevent: page\ndata: {"number":1,"state":"done"}\n\n'}}
        },
        204: {"description": "The job is closed, and all its events were seen."},
    },
)
async def events(
    request: Request,
    id: str,
    caller: Annotated[Caller, Depends(requires("read"))],
    last_event_id: Annotated[str, Header(max_length=32)] = "0",
) -> Response:
    """What happened so far, then what happens, until the job is closed: `state`, `page`, `progress`."""
    service = service_of(request)
    after = min(int(last_event_id), _LARGEST_ID) if last_event_id.isdecimal() and last_event_id.isascii() else 0
    job = await run_in_threadpool(owned, service, caller, id)
    if job.final and not await run_in_threadpool(service.store.events, job.id, after, 1):
        return Response(status_code=204)  # tells a browser not to connect again
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(service, job.id, after), 200, headers, "text/event-stream")


async def _stream(service: Service, job: str, after: int) -> AsyncIterator[str]:
    with service.hub.listening(job) as news:
        while not service.hub.closed:
            batch = await run_in_threadpool(service.store.events, job, after, _BATCH)
            for event in batch:
                yield _written(event)
                after = event.id
            if any(event.kind == "state" and event.data.get("state") in FINAL for event in batch):
                return
            if len(batch) < _BATCH and not await changed(news, _HEARTBEAT):
                yield ": still here\n\n"
                if await run_in_threadpool(_ended, service, job):
                    return


def _ended(service: Service, job: str) -> bool:
    found = service.store.job(job)
    return found is None or found.final


def _written(event: Event) -> str:
    # ASCII only: escaped, no character can be cut in two on its way
    data = json.dumps({"job": event.job, "at": event.at, **event.data}, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n"
