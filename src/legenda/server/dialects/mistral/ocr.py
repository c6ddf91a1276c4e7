"""Where documents are read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import asking
from legenda.server.api import render
from legenda.server.asking import Ask, Part
from legenda.server.auth import Caller, requires
from legenda.server.dialects import bodies, outcomes
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.mistral import files, rendering
from legenda.server.dialects.mistral.asked import DocumentUrl, Image, Ocr
from legenda.server.files import url_of
from legenda.server.problems import ProblemError
from legenda.server.service import service_of

router = APIRouter()


@router.post("/v1/ocr", openapi_extra=bodies.described(Ocr))
async def read(request: Request, caller: Annotated[Caller, Depends(requires("write"))]) -> Response:
    """Read a document; the answer comes when it is read."""
    asked, body = await bodies.received(request, caller, Ocr)
    tier = asked.tier
    if asked.document_annotation_format or asked.bbox_annotation_format:
        raise ProblemError(400, "unsupported", "Annotations are not supported; ask without their formats.")
    part = await _part(request, caller, asked)
    job = await outcomes.awaited(
        request, caller, Ask("mistral", [part], tier=tier, pages=asked.ranges, structure=True), body
    )
    outcomes.check(job)
    document = await asking.page_documents(service_of(request), job)
    answer = await run_in_threadpool(rendering.answer, job, document, asked)
    return render.answer(answer, headers={"x-request-id": job.id})


async def _part(request: Request, caller: Caller, asked: Ocr) -> Part:
    match asked.document:
        case DocumentUrl(document_url=url, document_name=name):
            return bodies.part_of(url, name or "")
        case Image(image_url=url):
            return bodies.part_of(url if isinstance(url, str) else url.url)
        case document:
            file = await files.owned(request, caller, document.file_id)
            return Part(file.name, url=url_of(reached(request), file))  # ours: it is read from where it lies
