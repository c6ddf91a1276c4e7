"""`/run`: an input in, its outputs out, in one answer or page by page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.asking import Job, PageRecord
from legenda.server.auth import Caller
from legenda.server.dialects.attached import Attached
from legenda.server.dialects.fal import errors, requests
from legenda.server.dialects.fal.answers import REQUEST_ID, answer, name, request_id
from legenda.server.dialects.fal.outcome import Outcome, outcome, told
from legenda.server.dialects.queue import outputs, sse
from legenda.server.dialects.queue.ids import uuid_of
from legenda.server.service import Service, service_of

Runs = Annotated[Caller, Depends(requests.runs)]

_PATIENCE = 3600.0
"""Seconds a run may take; whoever has more to read uses the queue."""
_EARLY = 10.0
"""Seconds in which a stream that comes to nothing can still be answered with a status of its own."""
_BATCH = 50
_attached = Attached()


async def run(request: Request, caller: Runs) -> Response:
    """Read images, and answer when they are read. The same request, asked again meanwhile, waits for the same job."""
    found = requests.endpoint(request, "/run/", "", "stream")
    text = await requests.body(request)
    given = requests.inputs(text)
    if found.beyond:
        return await _streamed(request, caller, requests.ask(request, given, found.app))
    if not given.input_image_urls:
        return answer(request, {"outputs": []})
    service = service_of(request)
    key = (str(service.uploads), *requests.identity(caller, found, text))
    submit = partial(_submitted, request, caller, requests.ask(request, given, found.app))
    async with _attached.waiting(key, submit, partial(_left, service)) as (run, job):
        name(request, uuid_of(job.id))
        job = await asking.closed(request, job, _PATIENCE)
        await run.ended(request, job)
    if not job.final:
        return _unfinished(request, service)
    return told(request, job, await outcome(service, job))


async def _submitted(request: Request, caller: Caller, ask: asking.Ask) -> Job:
    return await asking.submit(request, caller, ask)


async def _left(service: Service, job: Job) -> None:
    await run_in_threadpool(service.store.cancel, job.id)


def _unfinished(request: Request, service: Service) -> Response:
    if service.hub.closed:
        why = errors.flat(503, "The server is being restarted", "runner_disconnected")
    else:  # or the caller is gone, and nobody reads this
        why = errors.flat(504, "Request timed out; use the queue", "request_timeout", {errors.TIMEOUT_TYPE: "user"})
    return answer(request, why.body, why.status, why.headers)


async def _streamed(request: Request, caller: Caller, ask: asking.Ask) -> Response:
    service = service_of(request)
    if not ask.parts:
        return sse.answer(_only({"outputs": []}), {REQUEST_ID: request_id(request)})
    job = await asking.submit(request, caller, ask)
    name(request, uuid_of(job.id))
    job = await _early(request, service, job)
    if job.final and (found := await outcome(service, job)).fault:
        return told(request, job, found)
    return sse.answer(_events(request, service, job), {REQUEST_ID: request_id(request)})


async def _only(value: Any) -> AsyncIterator[bytes]:
    yield sse.event(value)


async def _early(request: Request, service: Service, job: Job) -> Job:
    """The job when a page of it is read, it is closed, or some seconds have gone by."""
    until = time.monotonic() + _EARLY
    async for current in asking.changes(request, job, 1.0):
        job = current
        if job.final or job.pages_done or time.monotonic() >= until or await request.is_disconnected():
            break
    return job


async def _events(request: Request, service: Service, job: Job) -> AsyncIterator[bytes]:
    """One event a page, in order, and the whole output at the end."""
    last, closed = 0, False
    try:
        async for current in asking.changes(request, job, sse.PING_SECONDS):
            said = last
            async for row in _read(service, job.id, last):
                yield sse.event(await _partial(service, current, row))
                last = row.number
            if current.final:
                closed = True
                yield _end(await outcome(service, current))
            elif said == last:
                yield sse.PING
    finally:
        if not closed:  # the caller is gone
            asyncio.get_running_loop().run_in_executor(None, service.store.cancel, job.id)


async def _read(service: Service, job: str, last: int) -> AsyncIterator[PageRecord]:
    """Pages after the last that was told, up to the first that is not read yet."""
    while True:
        rows = await run_in_threadpool(partial(service.store.pages, job, after=last, limit=_BATCH))
        ready = _leading(rows)
        for row in ready:
            yield row
            last = row.number
        if len(ready) < _BATCH:
            return


def _leading(rows: list[PageRecord]) -> list[PageRecord]:
    """Those before the first that is not read yet."""
    open_ = (place for place, row in enumerate(rows) if row.state in ("queued", "running"))
    return rows[: next(open_, len(rows))]


async def _partial(service: Service, job: Job, row: PageRecord) -> dict[str, Any]:
    page = await asking.page_document(service, row)
    text = await run_in_threadpool(outputs.page_text, page, job.request.told) if page else ""
    return {"outputs": [text], "page": row.number, "pages": job.page_count, "partial": True}


def _end(found: Outcome) -> bytes:
    return sse.event(found.fault.body, "error") if found.fault else sse.event({"outputs": found.outputs})
