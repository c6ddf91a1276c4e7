"""`/mr/run/…/realtime`: inputs and outputs over a WebSocket."""

from __future__ import annotations

from typing import Any, cast

from anyio import CancelScope
from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.requests import Request

from legenda.errors import LegendaError
from legenda.server import asking, problems
from legenda.server.asking import Job
from legenda.server.auth import Caller
from legenda.server.dialects.modelrunner import asked, results
from legenda.server.dialects.queue.apps import Target
from legenda.server.dialects.queue.inputs import Inputs
from legenda.server.dialects.queue.realtime import RefusedError, converse
from legenda.server.problems import ProblemError
from legenda.server.service import service_of

router = APIRouter()

_REFUSED = 1008  # before the socket is accepted, that is a 403


@router.websocket("/mr/run/{app:path}/realtime")
async def realtime(socket: WebSocket, app: str) -> None:
    """Each message is an input; its answer the output."""
    try:
        caller = await asked.runs(socket)
        found = asked.endpoint(socket, f"{app}/realtime", "realtime")
    except ProblemError:
        await socket.close(_REFUSED)
        return

    async def answer(given: Any) -> Any:
        return await _answered(cast(Request, socket), caller, found, given)

    await converse(socket, "x-modelrunner", answer)


async def _answered(connection: Request, caller: Caller, found: Target, given: Any) -> Any:
    try:
        ask = asked.asked(connection, found, Inputs.model_validate(given), given)
        job = await _closed(connection, caller, await asking.submit(connection, caller, ask))
    except (LegendaError, ProblemError, ValidationError) as error:
        told = problems.told(error)
        raise RefusedError(told.code.upper(), told.detail) from None
    outcome = await results.settled(service_of(connection), job)
    if outcome.outputs is None:
        raise RefusedError("INVALID_OUTPUT", outcome.error or "There is no output")
    return results.result(job, outcome)["output"]


async def _closed(connection: Request, caller: Caller, job: Job) -> Job:
    """The job when it is closed; called off if nobody waits for it any more."""
    try:
        async for current in asking.changes(connection, job):
            job = current
        return job
    finally:
        if not job.final:
            with CancelScope(shield=True):
                await asking.cancel(connection, caller, job.id)
