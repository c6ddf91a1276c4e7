"""What people need to look at a page: its picture."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server.api.jobs import Reads, owned
from legenda.server.service import service_of

router = APIRouter(prefix="/v1", tags=["results"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(
    "/jobs/{id}/pages/{number}/image",
    summary="Look at a page",
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The page as it was given."},
        409: {"description": "The input is not there yet, or its password is forgotten."},
        410: {"description": "The input is deleted."},
    },
)
async def image(
    request: Request,
    id: str,
    number: Number,
    caller: Reads,
    width: Annotated[int, Query(ge=16, le=4000, description="in pixels; never more than the picture has")] = 1600,
) -> Response:
    """The page in its own frame, which polygons refer to: the picture's width is the page's `width`."""
    service = service_of(request)
    job = await run_in_threadpool(owned, service, caller, id)
    pictures = service.pictures
    data = await to_thread.run_sync(pictures.jpeg, job, number, width, limiter=pictures.turns)
    headers = {"Cache-Control": "private, max-age=3600"}  # a job's input never changes
    return Response(data, 200, headers, "image/jpeg")
