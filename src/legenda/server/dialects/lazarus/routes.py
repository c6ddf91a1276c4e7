"""The routes: read, read into a ZIP, read a form, ask how it stands."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Annotated, BinaryIO, cast, get_args

from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.document import Document
from legenda.options import Effort
from legenda.server import asking
from legenda.server.api.results import disposition
from legenda.server.asking import Ask, Job
from legenda.server.dialects import uuids
from legenda.server.dialects.attached import Attached
from legenda.server.dialects.lazarus import archive, description
from legenda.server.dialects.lazarus.asked import DIALECT, Kind, Sent, ask_for, status_key
from legenda.server.dialects.lazarus.callers import Client, client
from legenda.server.dialects.lazarus.developer import router as developer
from legenda.server.dialects.lazarus.errors import failure
from legenda.server.dialects.lazarus.rendering import Json, done, encoded, status, waiting
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of

router = APIRouter(tags=["Lazarus"])

_WAIT_SECONDS = 600.0
"""So long an answer is waited for; then the caller is told where to ask for it."""
_PIECE = 2**20
_attached = Attached()
_FALSE = frozenset(("", "0", "false", "null"))

Writes = Annotated[Client, Depends(client("write"))]
Reads = Annotated[Client, Depends(client("read"))]


@router.post("/api/forms/ocr", **description.READ)
async def ocr(request: Request, caller: Writes) -> Response:
    """Read a file, and answer with what was read."""
    return await _read(request, caller, "ocr")


@router.post("/api/forms/generic", **description.READ)
async def generic(request: Request, caller: Writes) -> Response:
    """Read a form, and answer with what was read."""
    return await _read(request, caller, "generic")


@router.post("/api/forms/custom/{model}", **description.READ)
async def custom(request: Request, caller: Writes, model: str) -> Response:
    """Read a form with a model of one's own; here these are the tiers."""
    if model not in get_args(Effort):
        raise ProblemError(404, "not_found", f"Model id '{model[:64]}' is not valid.")
    return await _read(request, caller, "generic", cast(Effort, model))


@router.post("/api/forms/ocr/zip", **description.ZIP)
async def zipped(request: Request, caller: Writes) -> Response:
    """Read a file into a ZIP, which is the answer, or brought to where the caller wants it."""
    later = _later(request)
    with Sent() as sent:
        await sent.receive(request, caller, forms=False)
        job = await asking.submit(request, caller.caller, ask_for(request, caller, sent, "zip", later=later))
    if later:
        return _json(waiting(job))
    job = await asking.closed(request, job, _WAIT_SECONDS)
    if not job.final:
        return _json(waiting(job))
    if failed := _failed(job):
        return failed
    service = service_of(request)
    document = await asking.page_documents(service, job)
    file = await to_thread.run_sync(_archive, service, job, document, limiter=service.slow)
    return _download(file, f"{archive.base_of(job)}.zip")


@router.get("/api/forms/ocr/zip/async/{status_id}", **description.STATUS)
@router.get("/api/forms/ocr/async/{status_id}", **description.STATUS)
async def standing(request: Request, caller: Reads, status_id: str) -> Response:
    """How a job stands."""
    id = uuids.plain(status_id) or (await asking.named(request, caller.caller, status_key(status_id))).id
    return _json(status(_ours((await asking.standing(request, caller.caller, id)).job)))


@router.get("/api/forms/ocr/results/{id}", **description.STATUS)
async def result(request: Request, caller: Reads, id: str) -> Response:
    """What was read."""
    job = _ours(await asking.owned(request, caller.caller, uuids.plain(id)))
    return await _answer(request, job)


router.include_router(developer)


async def _read(request: Request, caller: Client, kind: Kind, tier: Effort = "balanced") -> Response:
    with Sent() as sent:
        await sent.receive(request, caller)
        return await _answer(
            request, await _waited(request, caller, sent, ask_for(request, caller, sent, kind, tier=tier))
        )


async def _waited(request: Request, caller: Client, sent: Sent, ask: Ask) -> Job:
    """The job, when it is closed, or waited for long enough.

    The same JSON, asked for again meanwhile, waits for the same job; webhooks are told of each.
    """
    submit = partial(asking.submit, request, caller.caller, ask)
    if not sent.text or ask.webhook:
        return await asking.closed(request, await submit(), _WAIT_SECONDS)
    who = (str(service_of(request).uploads), caller.caller.tenant, caller.caller.key_id)
    what = (request.url.path, request.url.query, caller.api, str(caller.version), sha256(sent.text).hexdigest())
    async with _attached.waiting(who + what, submit, _go_on) as (run, job):
        job = await asking.closed(request, job, _WAIT_SECONDS)
        await run.ended(request, job)
    return job


async def _go_on(job: Job) -> None:
    """Nobody waits any more, but what was read can be asked for."""


async def _answer(request: Request, job: Job) -> Response:
    if not job.final:
        return _json(waiting(job))
    if failed := _failed(job):
        return failed
    document = await asking.page_documents(service_of(request), job)
    return Response(await run_in_threadpool(_whole, job, document), media_type="application/json")


def _whole(job: Job, document: Document) -> bytes:
    return encoded(done(job, document))


def _failed(job: Job) -> Response | None:
    if job.state in ("done", "partial"):
        return None
    said = failure(job, job.request.told["api"])
    return _json({"status": said.status, "message": said.message}, said.code)


def _json(body: Json, code: int = 200) -> Response:
    return Response(encoded(body), code, media_type="application/json")


def _later(request: Request) -> bool:
    """The query parameter `async`.

    Raises:
        ProblemError: 400, it is neither true nor false.
    """
    given = request.query_params.get("async", "").lower()
    if given not in _FALSE | {"1", "true"}:
        raise ProblemError(400, "invalid_request", "async must be true or false.")
    return given not in _FALSE


def _ours(job: Job) -> Job:
    if job.request.dialect != DIALECT or job.state == "expired":
        raise missing("request")
    return job


def _archive(service: Service, job: Job, document: Document) -> BinaryIO:
    """The ZIP, in a file without a name."""
    file = tempfile.TemporaryFile(dir=service.uploads)  # noqa: SIM115  (whoever sends it closes it)
    try:
        archive.write(job, document, lambda: service.blobs.path(job.request.source.key), cast(BinaryIO, file))
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, file)


def _download(file: BinaryIO, name: str) -> Response:
    headers = {"Content-Length": str(file.tell()), "Content-Disposition": disposition(name, ".zip")}
    file.seek(0)
    return StreamingResponse(_pieces(file), 200, headers, "application/zip")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
