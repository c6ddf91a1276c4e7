"""Where PicWish's callers ask, and those of its relay: they differ in paths and in defaults."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from legenda.server import admission, asking, files
from legenda.server.api import render
from legenda.server.asking import Ask, Job, Part
from legenda.server.auth import Caller, requires
from legenda.server.dialects import uuids
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.picwish import models, rendering
from legenda.server.dialects.picwish.asked import Usual, received
from legenda.server.problems import missing
from legenda.server.service import service_of
from legenda.server.uploads import Upload

DIALECT = "picwish"
PATIENCE = 120.0
"""Seconds for which an answer may wait for the result; the vendor's advice to those who poll."""

router = APIRouter(tags=["PicWish"])

Reads = Annotated[Caller, Depends(requires("read"))]
Writes = Annotated[Caller, Depends(requires("write"))]

_RELAY = Usual("ChinesePRC", waits=True)
_NATIVE = Usual("ChinesePRC,English,Digits", waits=False)
_SUCCESS = {"message": "success"}  # which the relay leaves out


@router.post("/task/pic/ocr", summary="Read a file", responses=models.responses(413, 429), openapi_extra=models.body())
async def relayed(request: Request, caller: Writes) -> Response:
    """Answered when it is done, or as it stands after two minutes, to be polled for."""
    job, waits = await _begun(request, caller, _RELAY)
    data = _task(request, job) if waits else {"task_id": uuids.dashed(job.id)}
    return render.answer({"status": 200, "data": data})


@router.post(
    "/api/tasks/document/ocr",
    summary="Begin to read a file",
    responses=models.responses(413, 429),
    openapi_extra=models.body(),
)
async def native(request: Request, caller: Writes) -> Response:
    """Answered at once, unless `sync` is 1."""
    job, waits = await _begun(request, caller, _NATIVE)
    data = _task(request, job) if waits else {"task_id": uuids.dashed(job.id)}
    return render.answer({"status": 200, **_SUCCESS, "data": data})


@router.get("/task/{task_id}", summary="See how a task stands", responses=models.responses(404))
@router.get("/task/pic/ocr/{task_id}", summary="See how a task stands", responses=models.responses(404))
async def relayed_status(request: Request, task_id: str, caller: Reads) -> Response:
    """Cheap: ask as often as you like."""
    return render.answer({"status": 200, "data": _task(request, await _owned(request, caller, task_id))})


@router.get("/api/tasks/document/ocr/{task_id}", summary="See how a task stands", responses=models.responses(404))
async def native_status(request: Request, task_id: str, caller: Reads) -> Response:
    """Cheap: ask as often as you like."""
    data = _task(request, await _owned(request, caller, task_id))
    return render.answer({"status": 200, **_SUCCESS, "data": data})


async def _begun(request: Request, caller: Caller, usual: Usual) -> tuple[Job, bool]:
    """The job of a request, closed if it waits for that and has the patience; and whether it waits."""
    service = service_of(request)
    cap = admission.cap(service, caller)
    with Upload(service.uploads, cap) as upload:
        asked = await received(request, upload, cap, usual)
        part = Part(asked.name, url=asked.url) if asked.url else Part(asked.name, upload)
        ask = Ask(DIALECT, (part,), languages=asked.codes, formats=(asked.format,), password=asked.password)
        job = await asking.submit(request, caller, ask)
    if asked.waits:
        job = await asking.closed(request, job, PATIENCE)
    return job, asked.waits


def _task(request: Request, job: Job) -> rendering.Json:
    url = files.result_url(service_of(request), reached(request), job, rendering.format_of(job))
    return rendering.task(job, url)


async def _owned(request: Request, caller: Caller, task_id: str) -> Job:
    found = await asking.standing(request, caller, uuids.plain(task_id))
    if found.job.request.dialect != DIALECT or found.job.state == "expired":
        raise missing("task")
    return found.job
