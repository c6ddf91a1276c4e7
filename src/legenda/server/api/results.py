"""What was read: page by page as soon as each is done, and as files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.document.jsonio import dumps
from legenda.errors import NotFoundError
from legenda.exports import EXPORTERS
from legenda.exports.media import media_type
from legenda.exports.names import plain_name
from legenda.jobs.record import Job, Stored
from legenda.server.api import render
from legenda.server.api.jobs import Reads, owned
from legenda.server.api.models import PageOut, PagesOut
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of

router = APIRouter(prefix="/v1", tags=["results"])

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PAGES = 1000
CONTENT: dict[str, Any] = {media_type(name): {} for name in EXPORTERS}


@router.get("/jobs/{id}/pages", summary="List the pages of a job", responses={200: {"model": PagesOut}})
def pages(
    request: Request,
    id: str,
    caller: Reads,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=_PAGES)] = 200,
) -> Response:
    """How each page stands, in order."""
    service = service_of(request)
    job = owned(service, caller, id)
    found = service.store.pages(job.id, after=after, limit=limit)
    following = found[-1].number if len(found) == limit else None
    return render.answer({"pages": [render.page(page) for page in found], "next": following})


@router.get("/jobs/{id}/pages/{number}", summary="Get one page", responses={200: {"model": PageOut}})
def page(request: Request, id: str, number: str, caller: Reads) -> Response:
    """A page with what was read, as soon as it is done; why, if it failed; else how it stands."""
    service = service_of(request)
    job = owned(service, caller, id)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number):
        raise missing("page")
    found = service.store.page_of(job.id, int(number))
    if found is None:
        raise _gone() if job.state == "expired" else missing("page")
    head = dumps(render.page(found))
    if not found.key:
        return Response(head, media_type="application/json")
    try:
        # the page lies there as JSON; to read and write it again would only take time
        content = service.blobs.get(found.key)
    except NotFoundError:
        raise _gone() from None
    return Response(head[:-1].encode() + b',"page":' + content + b"}", media_type="application/json")


@router.get(
    "/jobs/{id}/result",
    summary="Download a result",
    responses={
        200: {"content": CONTENT, "description": "The file."},
        206: {"content": CONTENT, "description": "The part of it that was asked for."},
        304: {"description": "As you have it."},
        409: {"description": "Not done yet, or nothing was read."},
        410: {"description": "Expired."},
        416: {"description": "There is no such part."},
    },
)
async def result(
    request: Request,
    id: str,
    caller: Reads,
    format: Annotated[str, Query(max_length=64, description="`/v1/formats` lists them", examples=["txt"])] = "json",
) -> Response:
    """All of it in one format; one that was not asked for before is made now."""
    job = await run_in_threadpool(owned, service_of(request), caller, id)
    return await download(request, job, format)


async def download(request: Request, job: Job, format: str) -> Response:
    """The result of a job of somebody who may have it, as the request wants it (range, ETag).

    Raises:
        ProblemError: 400, 409, 410, 416, 422: it cannot be had, and why.
    """
    service = service_of(request)
    if format not in EXPORTERS:
        raise ProblemError(400, "unknown_format", f"There is no such format; there are {', '.join(EXPORTERS)}.")
    checked_done(job)
    stored = job.results.get(format) or await made(service, job, format)
    try:
        return await to_thread.run_sync(_served, service, request, job, format, stored)
    except NotFoundError:
        raise _gone() from None


async def made(service: Service, job: Job, format: str) -> Stored:
    """A result that was not asked for before; raises as `exporting.made`."""
    stored = await service.exporting.made(job, format)
    service.snapshots.forget((job.id,))  # no event tells of it
    return stored


def checked_done(job: Job) -> None:
    """Refuse a job of which there is no result.

    Raises:
        ProblemError: 409 or 410, and why.
    """
    if job.state == "expired":
        raise _gone()
    if job.state in ("done", "partial"):
        return
    if not job.final:
        raise ProblemError(409, "not_done", f"The job is {job.state}; ask again when it is done.", retry_after=1)
    why = job.failure.message if job.failure else f"The job is {job.state}."
    raise ProblemError(409, "no_result", why, state=job.state)


def _served(service: Service, request: Request, job: Job, format: str, stored: Stored) -> Response:
    etag = f'"{stored.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(job.request.source.name, EXPORTERS[format].suffix),
    }
    if etag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    start, end = _part(request, stored.size, etag)
    headers["Content-Length"] = str(end - start)
    status = 200
    if end - start < stored.size:
        status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{stored.size}"
    chunks: Iterable[bytes] = service.blobs.chunks(stored.key, start, end)
    return StreamingResponse(chunks, status, headers, media_type(format))


def _part(request: Request, size: int, etag: str) -> tuple[int, int]:
    """The bytes [start, end) that are asked for; all where a range is none, or of another version (RFC 9110).

    Raises:
        ProblemError: 416, the range begins beyond the end.
    """
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if not match or match[0] == "bytes=-" or request.headers.get("if-range", etag) != etag:
        return 0, size
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < int(match[1]):
            return 0, size  # no range at all
    if start >= size:
        headers = {"Content-Range": f"bytes */{size}"}
        raise ProblemError(416, "no_such_range", f"The result has {size} bytes.", headers=headers)
    return start, end


def disposition(name: str, suffix: str) -> str:
    """`Content-Disposition` of a download: the input's name with the format's suffix (RFC 6266, RFC 5987)."""
    name = plain_name(name)
    stem = name.rpartition(".")[0] or name or "result"
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "_", stem).strip(" .") or "result"
    return f"attachment; filename=\"{plain}{suffix}\"; filename*=UTF-8''{quote(stem + suffix, safe='')}"


def _gone() -> ProblemError:
    return ProblemError(410, "expired", "What was read is deleted: its time was over.")
