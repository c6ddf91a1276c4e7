"""`/mr/run`: the queue by another name, unless results are to be waited for; and streams, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from anyio import CancelScope
from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.asking import Job, PageRecord
from legenda.server.auth import Caller
from legenda.server.dialects import bodies, outcomes
from legenda.server.dialects.modelrunner import asked, errors, results
from legenda.server.dialects.modelrunner.answers import REQUEST_ID, name
from legenda.server.dialects.modelrunner.asked import Order, Prediction
from legenda.server.dialects.modelrunner.queueing import checked, enqueued, submitted, told
from legenda.server.dialects.queue import sse
from legenda.server.dialects.queue.ids import nano_of
from legenda.server.dialects.queue.outputs import page_text
from legenda.server.service import Service, service_of

router = APIRouter(prefix="/mr/run")
Runs = Annotated[Caller, Depends(asked.runs)]


@router.post("/{app:path}", status_code=201, openapi_extra=bodies.described(Prediction))
async def run(request: Request, caller: Runs, app: str) -> Response:
    """Put an input into the queue; under `/stream`, what is read is told page by page (server-sent events)."""
    found = asked.endpoint(request, app, "", "stream")
    order = await asked.order(request, found)
    if not found.beyond and service_of(request).settings.modelrunner_sync_run:
        return await _waited_for(request, caller, order)
    job = await enqueued(request, caller, order)
    if found.beyond:
        return sse.answer(_events(request, caller, job), {REQUEST_ID: nano_of(job.id)})
    return await submitted(request, caller, job, order)


async def _waited_for(request: Request, caller: Caller, order: Order) -> Response:
    await checked(order)
    job = await outcomes.awaited(request, caller, order.ask, order.body)
    name(request, nano_of(job.id))
    if not job.final:
        outcomes.check(job)
    return await told(request, job)


async def _events(request: Request, caller: Caller, job: Job) -> AsyncIterator[bytes]:
    """One event a page, in order, and the whole result at the end; whoever leaves calls it off."""
    service, last = service_of(request), 0
    try:
        async for current in asking.changes(request, job, sse.PING_SECONDS):
            job = current
            while rows := await run_in_threadpool(outcomes.following, service, job, last):
                for row in rows:
                    last = row.number
                    yield sse.event(await _page(service, job, row))
            if job.final:
                yield await _whole(request, job)
            else:
                yield sse.PING
    finally:
        if not job.final:
            with CancelScope(shield=True):
                await asking.cancel(request, caller, job.id)


async def _page(service: Service, job: Job, row: PageRecord) -> dict[str, Any]:
    page = await asking.page_document(service, row)
    text = await run_in_threadpool(page_text, page, job.request.told) if page else ""
    return {"output": {"outputs": [text]}, "page": row.number, "pages": job.page_count, "partial": True}


async def _whole(request: Request, job: Job) -> bytes:
    found = await results.settled(service_of(request), job)
    if found.outputs is None:
        return sse.event(errors.body(request, 422, found.error or "", results.violations(found)), "error")
    return sse.event(results.result(job, found))
