"""Where files are PUT and served. No route needs a key: ids cannot be guessed, and what changes anything is signed."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from legenda.errors import NotFoundError
from legenda.jobs.files import MOST_PARTS, File
from legenda.jobs.record import Stored
from legenda.server.api.results import download
from legenda.server.files import links
from legenda.server.files.storing import complete, etag_of, stored, whole
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of
from legenda.server.uploads import Upload, check_length, chunks

router = APIRouter(include_in_schema=False)

_SHOWN = re.compile(r"image/(?!svg)[a-z0-9.+-]+|application/pdf|text/plain")
"""Media types that a browser may show; what is none of them is saved, since it might be a page with scripts."""


class Complete(BaseModel):
    """What ends an upload in parts."""

    class Given(BaseModel):
        """A part as its PUT was answered."""

        partNumber: int = Field(ge=1, le=MOST_PARTS)
        etag: str = Field("", max_length=256)

    parts: list[Given] = Field(min_length=1, max_length=MOST_PARTS)


async def opened(service: Service, id: str, signature: str) -> File:
    """The file of an upload in parts, for those that take its parts' URLs or its end elsewhere (ModelRunner).

    Raises:
        ProblemError: 403, the upload's id is not one of ours, or too old; 404, there is no such file.
    """
    until, _, given = signature.partition("-")
    links.check(service, "parts", id, until, given)
    return await _file(service, id)


@router.get("/files/{id}/{name}")
async def served(request: Request, id: str, name: str) -> Response:
    """The file, as it was uploaded."""
    service = service_of(request)
    file = await _file(service, id)
    etag = f'"{file.sha256}"'
    kind = "inline" if _SHOWN.fullmatch(file.media_type) else "attachment"
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}",
    }
    if not file.key:
        raise missing("file")
    if etag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    try:
        pieces = await run_in_threadpool(service.blobs.chunks, file.key)
    except NotFoundError:
        raise missing("file") from None
    return StreamingResponse(pieces, 200, headers | {"Content-Length": str(file.size)}, file.media_type)


@router.head("/files/{id}/{name}")
async def described(request: Request, id: str, name: str) -> Response:
    """What the file would be served with."""
    file = await _file(service_of(request), id)
    if not file.key:
        raise missing("file")
    headers = {"ETag": f'"{file.sha256}"', "Content-Length": str(file.size)}
    return Response(None, 200, headers, file.media_type)


@router.put("/files/{id}/{name}")
async def put(
    request: Request, id: str, name: str, exp: Annotated[str, Query()] = "", sig: Annotated[str, Query()] = ""
) -> Response:
    """Upload a file to the URL that was given out for it; no key is needed."""
    service = service_of(request)
    links.check(service, "put", id, exp, sig)
    file = await whole(request, await _file(service, id))
    return JSONResponse({"etag": etag_of(file.sha256)}, headers={"ETag": etag_of(file.sha256)})


@router.put("/files/{id}/{name}/multipart/{upload_id}/{number}")
async def put_part(request: Request, id: str, name: str, upload_id: str, number: str) -> Response:
    """Upload a part of a file."""
    service = service_of(request)
    file = await opened(service, id, upload_id)
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise ProblemError(400, "invalid_request", "Parts have numbers from 1.")

    def register(id: str, stored: Stored) -> Stored:
        service.store.files.put_part(id, int(number), stored)
        return stored

    check_length(request, file.cap)
    with Upload(service.uploads, file.cap) as upload:
        async for chunk in chunks(request):
            await upload.write(chunk)
        part = await stored(service, file, upload, register)
    etag = etag_of(part.sha256)
    return JSONResponse({"partNumber": int(number), "etag": etag}, headers={"ETag": etag})


@router.post("/files/{id}/{name}/multipart/{upload_id}/complete")
async def put_together(request: Request, id: str, name: str, upload_id: str, body: Complete) -> Response:
    """Make one file of its parts."""
    service = service_of(request)
    file = await opened(service, id, upload_id)
    parts = [(part.partNumber, part.etag) for part in body.parts]
    file = await to_thread.run_sync(complete, service, file, parts, limiter=service.slow)
    return JSONResponse({"etag": etag_of(file.sha256)}, headers={"ETag": etag_of(file.sha256)})


@router.get("/files/results/{id}/{format}/{name}")
async def result(
    request: Request,
    id: str,
    format: str,
    name: str,
    exp: Annotated[str, Query()] = "",
    sig: Annotated[str, Query()] = "",
) -> Response:
    """A result of a job, by a URL that was given out for it; no key is needed."""
    service = service_of(request)
    links.check(service, f"result-{format}", id, exp, sig)
    job = await run_in_threadpool(service.store.job, id)
    if job is None:
        raise missing("file")
    return await download(request, job, format)


async def _file(service: Service, id: str) -> File:
    file = await run_in_threadpool(service.store.files.get, id)
    if file is None:
        raise missing("file")
    return file
