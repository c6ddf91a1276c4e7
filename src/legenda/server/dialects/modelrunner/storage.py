"""`/mr/rest/storage`: files that inputs name, and tokens for browsers."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import files
from legenda.server.auth import Caller
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.modelrunner import asked
from legenda.server.dialects.modelrunner.answers import answer
from legenda.server.dialects.queue import tokens
from legenda.server.files import File
from legenda.server.problems import missing
from legenda.server.service import service_of

router = APIRouter(prefix="/mr/rest")
Writes = Annotated[Caller, Depends(asked.writes)]


class Announced(BaseModel):
    """A file that will be uploaded."""

    file_name: str = Field("file", max_length=1024)
    content_type: str = Field("application/octet-stream", max_length=255)
    size: int | None = Field(None, ge=0, description="bytes")


class Part(BaseModel):
    """A part as its PUT was answered."""

    partNumber: int = Field(ge=1, le=10_000)
    etag: str = Field("", max_length=256)


class Whole(BaseModel):
    """What ends an upload in parts."""

    uploadId: str = Field(max_length=256)
    uploadKey: str = Field(max_length=1024)
    parts: list[Part] = Field(min_length=1, max_length=10_000)


class Wanted(BaseModel):
    """A token for browsers and realtime."""

    allowed_apps: list[str] = Field(default_factory=list, max_length=100)
    token_expiration: float = Field(120.0, gt=0)


@router.post("/storage/upload/initiate")
def initiate(request: Request, caller: Writes, file: Annotated[Announced, Body()]) -> Response:
    """The file is PUT to `upload_url`, and is at `file_url` then."""
    seconds = asked.expiration(request)
    begun = files.begin(
        service_of(request), caller, reached(request), file.file_name, file.content_type, seconds=seconds
    )
    return answer(request, {"upload_url": begun.upload_url, "file_url": begun.file_url})


@router.post("/storage/upload/initiate-multipart")
def initiate_parts(request: Request, caller: Writes, file: Annotated[Announced, Body()]) -> Response:
    """Each part is PUT to a URL of its own (`multipart-url`)."""
    seconds = asked.expiration(request)
    begun = files.begin_parts(
        service_of(request), caller, reached(request), file.file_name, file.content_type, seconds=seconds
    )
    key = f"{begun.file.id}/{begun.file.name}"
    return answer(request, {"fileUrl": begun.file_url, "uploadId": begun.upload_id, "uploadKey": key})


@router.get("/storage/upload/multipart-url")
async def part_url(
    request: Request,
    caller: Writes,
    uploadKey: Annotated[str, Query(max_length=1024)],
    uploadId: Annotated[str, Query(max_length=256)],
    partNumber: Annotated[int, Query(ge=1, le=10_000)],
) -> Response:
    """Where a part is PUT."""
    file = await _opened(request, caller, uploadKey, uploadId)
    return answer(request, {"presignedUrl": files.part_url(reached(request), file, uploadId, partNumber)})


@router.post("/storage/upload/complete")
async def complete(request: Request, caller: Writes, whole: Annotated[Whole, Body()]) -> Response:
    """Make one file of its parts."""
    service, seconds = service_of(request), asked.expiration(request)
    file = await _opened(request, caller, whole.uploadKey, whole.uploadId)
    parts = [(part.partNumber, part.etag) for part in whole.parts]
    file = await to_thread.run_sync(files.complete, service, file, parts, limiter=service.slow)
    if seconds is not None:
        await run_in_threadpool(service.store.files.shorten, file.id, seconds)
    return answer(request, {"fileUrl": files.url_of(reached(request), file)})


@router.post("/tokens")
def token(request: Request, caller: Writes, wanted: Annotated[Wanted, Body()]) -> Response:
    """As a JSON string."""
    service = service_of(request)
    made, _ = tokens.make(service, caller, asked.REALTIME, wanted.token_expiration, wanted.allowed_apps)
    return answer(request, made)


async def _opened(request: Request, caller: Caller, key: str, upload: str) -> File:
    file = await files.opened(service_of(request), key.partition("/")[0], upload)
    if file.tenant != caller.tenant:
        raise missing("upload")
    return file
