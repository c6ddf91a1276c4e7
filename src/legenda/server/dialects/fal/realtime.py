"""`/run/…/realtime`: inputs and outputs over a WebSocket."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.errors import LegendaError
from legenda.server import asking, problems
from legenda.server.asking import Job
from legenda.server.auth import Caller
from legenda.server.dialects.fal import requests
from legenda.server.dialects.fal.outcome import Outcome, outcome
from legenda.server.dialects.queue.inputs import Inputs
from legenda.server.dialects.queue.realtime import MOST_WAITING, RefusedError, converse
from legenda.server.problems import ProblemError
from legenda.server.service import service_of

router = APIRouter()
_REFUSED = 1008  # before the socket is accepted, that is a 403


@router.websocket("/run/{path:path}/realtime")
async def realtime(socket: WebSocket) -> None:
    """Each message is an input; its answer the output."""
    try:
        caller = await requests.runs(socket)
        found = requests.endpoint(socket, "/run/", "realtime")
    except ProblemError:
        await socket.close(_REFUSED)
        return
    waiting = socket.query_params.get("max_buffering", "")
    most = int(waiting) if waiting.isdecimal() and len(waiting) < 4 else MOST_WAITING

    async def answer(given: Any) -> Any:
        return await _answered(cast(Request, socket), caller, found.app, given)

    await converse(socket, "x-fal", answer, most)


async def _answered(connection: Request, caller: Caller, app: str, given: Any) -> Any:
    try:
        found = await _outcome(connection, caller, app, Inputs.model_validate(given))
    except (LegendaError, ProblemError, ValidationError) as error:
        told = problems.told(error)
        raise RefusedError(told.code.upper(), told.detail) from None
    if found.fault:
        raise RefusedError((found.fault.type or "error").upper(), found.fault.message)
    return {"outputs": found.outputs}


async def _outcome(connection: Request, caller: Caller, app: str, inputs: Inputs) -> Outcome:
    if not inputs.input_image_urls:
        return Outcome()
    job = await asking.submit(connection, caller, requests.ask(connection, inputs, app))
    return await outcome(service_of(connection), await _closed(connection, job))


async def _closed(connection: Request, job: Job) -> Job:
    """The job when it is closed; called off if nobody waits for it any more."""
    closed = False
    try:
        async for current in asking.changes(connection, job):
            job, closed = current, current.final
        return job
    finally:
        if not closed:
            await run_in_threadpool(service_of(connection).store.cancel, job.id)
