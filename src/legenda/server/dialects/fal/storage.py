"""`/rest/storage` and `/cdn`: files that inputs name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from legenda.server import files
from legenda.server.auth import Caller
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.fal import requests
from legenda.server.dialects.fal.answers import answer
from legenda.server.dialects.queue import tokens
from legenda.server.dialects.queue.inputs import lifecycle
from legenda.server.service import service_of

router = APIRouter()

_CDN = "fal-cdn"
_TOKEN_SECONDS = 1800.0
_LIFECYCLES = ("x-fal-object-lifecycle", "x-fal-object-lifecycle-preference")
Writes = Annotated[Caller, Depends(requests.writes)]
Uploads = Annotated[Caller, Depends(tokens.accepts(_CDN, "write", tokens.bearer))]


class Announced(BaseModel):
    """A file that will be uploaded."""

    file_name: str = Field("file", max_length=1024)
    content_type: str = Field("application/octet-stream", max_length=255)


class Wanted(BaseModel):
    """A token for browsers and realtime."""

    allowed_apps: list[str] = Field(default_factory=list, max_length=100)
    token_expiration: float = Field(120.0, gt=0)


@router.post("/rest/storage/auth/token", summary="A token for uploads")
def cdn_token(request: Request, caller: Writes) -> Response:
    """Good for half an hour, at the URL that is told with it."""
    token, until = tokens.make(service_of(request), caller, _CDN, _TOKEN_SECONDS)
    found = {
        "token": token,
        "token_type": "Bearer",
        "base_url": reached(request).base("fal-cdn"),
        "expires_at": datetime.fromtimestamp(until, UTC).isoformat(),
    }
    return answer(request, found)


@router.post("/rest/tokens", summary="A token for browsers and realtime")
def app_token(request: Request, caller: Writes, wanted: Wanted) -> Response:
    """As a JSON string."""
    token, _ = tokens.make(service_of(request), caller, requests.REALTIME, wanted.token_expiration, wanted.allowed_apps)
    return answer(request, token)


@router.post("/rest/storage/upload/initiate", summary="Begin an upload")
def initiate(request: Request, caller: Writes, file: Annotated[Announced, Body()]) -> Response:
    """The file is PUT to `upload_url`, and is at `file_url` then."""
    return _begun(request, caller, file, files.begin)


@router.post("/rest/storage/upload/initiate-multipart", summary="Begin an upload in parts")
def initiate_parts(request: Request, caller: Writes, file: Annotated[Announced, Body()]) -> Response:
    """Parts are PUT to `upload_url/1`, `/2`, …; a POST of `upload_url/complete` ends it."""
    return _begun(request, caller, file, files.begin_parts)


@router.post("/cdn/files/upload", summary="Upload a file")
async def upload(request: Request, caller: Uploads) -> Response:
    """The body is the file; `X-Fal-File-Name` and `Content-Type` are kept."""
    name, kind = _named(request)
    file = await files.receive(request, caller, name, kind, seconds=lifecycle(request.headers, *_LIFECYCLES))
    return answer(request, {"access_url": files.url_of(reached(request), file)})


@router.post("/cdn/files/upload/multipart", summary="Begin an upload in parts")
async def upload_parts(request: Request, caller: Uploads) -> Response:
    """Parts are PUT to `access_url/multipart/uploadId/1`, …; a POST of `…/complete` ends it."""
    name, kind = _named(request)
    seconds = lifecycle(request.headers, *_LIFECYCLES)
    begun = await run_in_threadpool(
        files.begin_parts, service_of(request), caller, reached(request), name, kind, seconds=seconds
    )
    return answer(request, {"access_url": begun.file_url, "uploadId": begun.upload_id})


def _begun(request: Request, caller: Caller, file: Announced, begin: Callable[..., files.Begun]) -> Response:
    seconds = lifecycle(request.headers, *_LIFECYCLES)
    begun = begin(service_of(request), caller, reached(request), file.file_name, file.content_type, seconds=seconds)
    return answer(request, {"upload_url": begun.upload_url, "file_url": begun.file_url})


def _named(request: HTTPConnection) -> tuple[str, str]:
    """Name and media type; names that are no ASCII come percent-encoded, or as UTF-8 taken for Latin-1."""
    name: Any = request.headers.get("x-fal-file-name", "")
    with suppress(UnicodeError):
        name = name.encode("latin-1").decode("utf-8")
    return unquote(name), request.headers.get("content-type", "application/octet-stream")
