"""Files that are uploaded to be read."""

from __future__ import annotations

import mimetypes
import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.errors import NotFoundError
from legenda.server import admission
from legenda.server.api import render
from legenda.server.auth import Caller, requires
from legenda.server.dialects.doorway import reached
from legenda.server.files import File, keep, url_of
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError, missing
from legenda.server.service import service_of
from legenda.server.uploads import Upload

router = APIRouter()

_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_MOST = 10_000  # as many as a tenant may have
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": ["ocr"]},
                    },
                }
            }
        },
    }
}
Reads = Annotated[Caller, Depends(requires("read"))]
Writes = Annotated[Caller, Depends(requires("write"))]


@router.post("/v1/files", openapi_extra=_UPLOAD)
async def upload(request: Request, caller: Writes) -> Response:
    """Upload a file."""
    service = service_of(request)
    cap = admission.cap(service, caller)
    with Upload(service.uploads, cap) as received:
        fields = await Form(request, received, cap).receive()
        if any(purpose != "ocr" for purpose in fields.get("purpose", ())):
            raise ProblemError(
                400, "invalid_purpose", "Files are for reading: the purpose must be ocr.", param="purpose"
            )
        kind = mimetypes.guess_type(received.name)[0] or "application/octet-stream"
        file = await keep(request, caller, received, kind)
    return render.answer(_shown(file))


@router.get("/v1/files")
async def listed(
    request: Request,
    caller: Reads,
    page: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
    search: Annotated[str, Query(max_length=255)] = "",
) -> Response:
    """Your files, the newest first."""
    found = await run_in_threadpool(service_of(request).store.files.of, caller.tenant, limit=_MOST)
    wanted = [file for file in found if search.lower() in file.name.lower()]
    data = [_shown(file) for file in wanted[page * page_size :][:page_size]]
    return render.answer({"data": data, "object": "list", "total": len(wanted)})


@router.get("/v1/files/{id}")
async def retrieve(request: Request, id: str, caller: Reads) -> Response:
    """What is known of a file."""
    return render.answer(_shown(await owned(request, caller, id)) | {"deleted": False})


@router.delete("/v1/files/{id}")
async def delete(request: Request, id: str, caller: Writes) -> Response:
    """Delete a file."""
    file = await owned(request, caller, id)
    await run_in_threadpool(service_of(request).store.files.delete, caller.tenant, file.id)
    return render.answer({"id": _id(file), "object": "file", "deleted": True})


@router.get("/v1/files/{id}/content", responses={200: {"content": {"application/octet-stream": {}}}})
async def content(request: Request, id: str, caller: Reads) -> Response:
    """Its bytes."""
    file = await owned(request, caller, id)
    try:
        pieces = await run_in_threadpool(service_of(request).blobs.chunks, file.key)
    except NotFoundError:
        raise missing("file") from None
    return StreamingResponse(pieces, 200, {"Content-Length": str(file.size)}, "application/octet-stream")


@router.get("/v1/files/{id}/url")
async def linked(request: Request, id: str, caller: Reads) -> Response:
    """A URL of the file that needs no key; it cannot be guessed, and is good as long as the file is kept."""
    return render.answer({"url": url_of(reached(request), await owned(request, caller, id))})


async def owned(request: Request, caller: Caller, id: str) -> File:
    """A file of the caller's tenant.

    Raises:
        ProblemError: 404, there is none.
    """
    if not _ID.fullmatch(id):
        raise missing("file")
    found = await run_in_threadpool(service_of(request).store.files.get, id.replace("-", ""))
    if found is None or not found.key or found.tenant != caller.tenant:
        raise missing("file")
    return found


def _id(file: File) -> str:
    return str(UUID(file.id))


def _shown(file: File) -> dict[str, Any]:
    return {
        "id": _id(file),
        "object": "file",
        "bytes": file.size,
        "size_bytes": file.size,
        "created_at": int(file.created),
        "expires_at": int(file.expires),
        "filename": file.name,
        "purpose": "ocr",
        "sample_type": "ocr_input",
        "source": "upload",
        "num_lines": None,
        "mimetype": file.media_type,
        "signature": file.sha256,
        "visibility": "workspace",
    }
