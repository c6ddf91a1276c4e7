"""Where OpenAI's clients ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from anyio import CancelScope
from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.server import asking
from legenda.server.api import render
from legenda.server.asking import Ask, Job, PageRecord
from legenda.server.auth import Caller, requires
from legenda.server.dialects import bodies, outcomes
from legenda.server.dialects.openai import errors, rendering
from legenda.server.dialects.openai.asked import Completion, Reading, known, understood
from legenda.server.logs import log
from legenda.server.problems import told
from legenda.server.service import service_of

router = APIRouter()


@router.get("/v1/models")
async def models(caller: Annotated[Caller, Depends(requires("read"))]) -> Response:
    """The tiers."""
    return render.answer(rendering.models())


@router.get("/v1/models/{model}")
async def model(model: str, caller: Annotated[Caller, Depends(requires("read"))]) -> Response:
    """A tier."""
    known(model)
    return render.answer(rendering.model(model))


@router.post(
    "/v1/chat/completions",
    openapi_extra=bodies.described(Completion),
    responses={200: {"content": {"application/json": {}, "text/event-stream": {}}}},
)
async def complete(request: Request, caller: Annotated[Caller, Depends(requires("write"))]) -> Response:
    """Read the images of the last message that has any; the answer is what was read."""
    asked, body = await bodies.received(request, caller, Completion)
    reading = understood(asked)
    ask = Ask("openai", reading.parts, tier=reading.tier, structure=reading.format == "md")
    if asked.stream:
        job = await asking.submit(request, caller, ask)
        counted = bool(asked.stream_options and asked.stream_options.include_usage)
        stream = _streamed(request, caller, job, reading, counted)
        headers = {"x-request-id": job.id, "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, 200, headers, "text/event-stream")
    job = await outcomes.awaited(request, caller, ask, body)
    outcomes.check(job)
    document = await asking.page_documents(service_of(request), job)
    text = await run_in_threadpool(rendering.content, document.pages, reading.format)
    return render.answer(rendering.completion(job, reading, text, document.pages), headers={"x-request-id": job.id})


async def _streamed(request: Request, caller: Caller, job: Job, reading: Reading, counted: bool) -> AsyncIterator[str]:
    """The answer, page by page as far as all before it are read; whoever leaves calls it off."""
    characters = 0
    try:
        yield rendering.chunk(job, reading, {"role": "assistant", "content": "", "refusal": None})
        async for piece in _pieces(request, job, reading):
            characters += len(piece)
            yield rendering.chunk(job, reading, {"content": piece}) if piece else ": still here\n\n"
        job = await asking.owned(request, caller, job.id)
        outcomes.check(job)
        yield rendering.chunk(job, reading, {}, "stop")
        if counted:
            yield rendering.counted(job, reading, characters)
        yield "data: [DONE]\n\n"
    except Exception as error:
        found = told(error)
        if found.status >= 500:
            log.exception("a stream ended early")
        yield rendering.event(errors.body(found, found.status))
    finally:
        if not job.final:
            with CancelScope(shield=True):
                await asking.cancel(request, caller, job.id)


async def _pieces(request: Request, job: Job, reading: Reading) -> AsyncIterator[str]:
    """What is read, in order; an empty piece where nothing came for a while."""
    service = service_of(request)
    last, begun = 0, False
    async for now in asking.changes(request, job):
        piece = ""
        if reading.format == "json":
            if now.state in ("done", "partial"):
                document = await asking.page_documents(service, now)
                piece = await run_in_threadpool(rendering.content, document.pages, reading.format)
            yield piece
            continue
        while rows := await run_in_threadpool(outcomes.following, service, job, last):
            last = rows[-1].number
            for row in rows:
                if text := await _text(request, row, reading):
                    yield (rendering.BETWEEN if begun else "") + text
                    begun = True
        yield ""


async def _text(request: Request, row: PageRecord, reading: Reading) -> str:
    page = await asking.page_document(service_of(request), row)
    return await run_in_threadpool(rendering.content, [page], reading.format) if page else ""
