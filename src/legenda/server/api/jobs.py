"""Jobs: make, see, list, cancel, delete."""

from __future__ import annotations

import re
import time
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.document.jsonio import dumps
from legenda.errors import NotFoundError
from legenda.execute.assemble import DOCUMENT
from legenda.jobs.record import Job, JobState
from legenda.server import admission, intake
from legenda.server.api import render
from legenda.server.api.models import JobOut, JobsOut, WholeJobOut
from legenda.server.auth import Caller, requires
from legenda.server.hub import changed
from legenda.server.problems import missing
from legenda.server.repeats import repeatable
from legenda.server.service import Service, service_of
from legenda.server.snapshots import Snapshot
from legenda.server.uploads import Upload

router = APIRouter(prefix="/v1", tags=["jobs"])

_ID = re.compile(r"[0-9a-f]{32}")
_WAIT = re.compile(r"wait\s*=\s*\"?(\d{1,9})\"?")
_LONGEST_WAIT = 50.0  # seconds: proxies cut connections on which nothing comes for a minute
_LOOK = 5.0  # seconds after which a job is looked at though nobody told of it

Reads = Annotated[Caller, Depends(requires("read"))]
Writes = Annotated[Caller, Depends(requires("write"))]


def owned(service: Service, caller: Caller, id: str) -> Job:
    """A job of the caller's tenant.

    Raises:
        ProblemError: 404, there is none; that of somebody else is none.
    """
    job = service.store.job(id) if _ID.fullmatch(id) else None
    if job is None or job.request.tenant != caller.tenant:
        raise missing()
    return job


async def standing(request: Request, caller: Caller, id: str) -> Snapshot:
    """A job of the caller's tenant from memory, as long as nothing happened to it; raises like `owned`.

    What is answered must depend on nothing but the request and the job: it may be said again (`repeats`).
    """
    found = await _found(request, caller, id)
    repeatable(request, found)
    return found


async def _found(request: Request, caller: Caller, id: str) -> Snapshot:
    snapshots = service_of(request).snapshots
    found = snapshots.known(id, heard=True)
    if found is None and _ID.fullmatch(id):
        found = await run_in_threadpool(snapshots.take, id)
    if found is None or found.tenant != caller.tenant:
        raise missing()
    return found


@router.post(
    "/jobs",
    summary="Make a job",
    responses={
        200: {"model": WholeJobOut, "description": "Done while the request waited."},
        202: {"model": JobOut, "description": "Taken; `Location` says where to ask."},
    },
)
async def create(request: Request, caller: Writes) -> Response:
    """Read an input: uploaded as a form or as the body, sent as base64, or fetched from a URL.

    Jobs of few pages are answered when they are done, if that does not take too long (`Prefer: wait=N` sets another
    limit, `Prefer: respond-async` none); larger ones at once.
    """
    service = service_of(request)
    seconds, key = _patience(request, service), admission.idempotency_key(request)
    cap = admission.cap(service, caller)
    with Upload(service.uploads, cap) as upload:
        asked = await intake.receive(request, upload, cap)
        job, _ = await to_thread.run_sync(admission.admit, service, caller, asked, upload, key, limiter=service.slow)
    if seconds > 0:
        job = await _awaited(service, job, seconds)
    return await run_in_threadpool(_created, service, job)


@router.get("/jobs", summary="List jobs", responses={200: {"model": JobsOut}})
def listed(
    request: Request,
    caller: Reads,
    state: JobState | None = None,
    q: Annotated[
        str,
        Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", description="only those with this in their name"),
    ] = "",
    after: Annotated[str, Query(pattern="^([0-9a-f]{32})?$", description="`next` of the last answer")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Your jobs, newest first."""
    service = service_of(request)
    jobs = service.store.jobs(caller.tenant, state=state, named=q, after=after, limit=limit)
    base = service.settings.public_url.rstrip("/")
    following = jobs[-1].id if len(jobs) == limit else None
    return render.answer({"jobs": [render.job(job, base=base) for job in jobs], "next": following})


@router.get("/jobs/{id}", summary="See how a job stands", responses={200: {"model": JobOut}})
async def status(request: Request, id: str, caller: Reads) -> Response:
    """Cheap: ask as often as you like; or once, with `Prefer: wait=N`: the answer comes when the job is over."""
    seconds = _waits(request)
    known = await _over(request, caller, id, seconds) if seconds else await standing(request, caller, id)
    return Response(known.body, media_type="application/json")


@router.post("/jobs/{id}/cancel", summary="Stop a job", responses={200: {"model": JobOut}})
async def cancel(request: Request, id: str, caller: Writes) -> Response:
    """Pages that are read stay readable. A job that is closed stays as it is."""
    service = service_of(request)

    def stop() -> render.Json:
        job = owned(service, caller, id)
        cancelled = service.store.cancel(job.id) or job
        service.snapshots.forget((id,))
        return service.snapshots.shown(cancelled)

    return render.answer(await run_in_threadpool(stop))


@router.delete("/jobs/{id}", status_code=204, summary="Delete a job", responses={204: {"description": "Gone."}})
async def delete(request: Request, id: str, caller: Writes) -> Response:
    """With its input, its results, and all that is known of it."""
    service = service_of(request)

    def remove() -> None:
        job = owned(service, caller, id)
        keys = service.store.delete(job.id)
        service.blobs.delete(keys)
        service.store.deleted(keys)

    await run_in_threadpool(remove)
    service.snapshots.forget((id,))
    service.hub.tell([id])
    return Response(status_code=204)


def _waits(request: Request) -> float:
    """Seconds the caller would wait for the end of the job (RFC 7240)."""
    match = _WAIT.search(_preferences(request))
    return min(float(match[1]), _LONGEST_WAIT) if match else 0.0


async def _over(request: Request, caller: Caller, id: str, seconds: float) -> Snapshot:
    """The job when it is over, or as it stands when the time is, or the caller has gone."""
    service, until = service_of(request), time.monotonic() + seconds
    with service.hub.listening(id, only_end=True) as news:
        while True:
            known = await _found(request, caller, id)
            left = until - time.monotonic()
            if known.job.final or left <= 0 or service.hub.closed or await request.is_disconnected():
                return known
            await changed(news, min(left, _LOOK))


def _patience(request: Request, service: Service) -> float:
    """Seconds the answer may take (RFC 7240), never more than are configured."""
    most = service.settings.inline_seconds if service.settings.inline_pages else 0.0
    preferences = _preferences(request)
    if match := _WAIT.search(preferences):
        return min(float(match[1]), most)
    return 0.0 if "respond-async" in preferences else most


def _preferences(request: Request) -> str:
    return ",".join(request.headers.getlist("prefer")).lower()


async def _awaited(service: Service, job: Job, seconds: float) -> Job:
    """The job when it is closed, turns out to be large, or the time is over."""
    until = time.monotonic() + seconds
    with service.hub.listening(job.id) as news:
        while True:
            found: Job | None = await run_in_threadpool(service.store.job, job.id)
            job = found or job
            if job.final or job.page_count > service.settings.inline_pages or service.hub.closed:
                return job
            if not await changed(news, until - time.monotonic()):
                return job


def _created(service: Service, job: Job) -> Response:
    body = service.snapshots.shown(job)
    if not job.final:
        return render.answer(body, 202, {"Location": body["links"]["self"], "Retry-After": "1"})
    headers = {"Location": body["links"]["self"]}
    if job.state not in ("done", "partial") or job.page_count > service.settings.inline_pages:
        return render.answer(body, 200, headers)
    # it lies there as JSON; to read and write it again would only take time
    whole = dumps(body)[:-1].encode() + b',"document":' + _document(service, job) + b"}"
    return Response(whole, 200, headers, "application/json")


def _document(service: Service, job: Job) -> bytes:
    try:
        return service.blobs.get(job.results[DOCUMENT].key)
    except (KeyError, NotFoundError):  # deleted while we were at it
        return b"null"
