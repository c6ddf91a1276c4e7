"""What the vendor's clients call besides: their metrics, the version of the interface, a webhook to be tried out."""

from __future__ import annotations

import time
import uuid
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from legenda.net import deliver
from legenda.net.webhooks import signed
from legenda.server.api.render import answer
from legenda.server.dialects.bodies import described, received
from legenda.server.dialects.lazarus import description
from legenda.server.dialects.lazarus.callers import API_VERSION, Client, client
from legenda.server.dialects.lazarus.rendering import encoded
from legenda.server.problems import ProblemError
from legenda.server.service import Service, service_of
from legenda.server.uploads import check_length, chunks, too_large

router = APIRouter()

_METRICS_BYTES = 64 * 2**20
_PING_SECONDS = (10.0, 15.0)

Writes = Annotated[Client, Depends(client("write"))]
Reads = Annotated[Client, Depends(client("read"))]


class Ping(BaseModel):
    """A webhook to be tried out."""

    webhook: str = Field(min_length=1, max_length=8192, examples=["https://hooks.example/lazarus"])


@router.post("/api/library-metrics/forms-python", **description.METRICS)
async def metrics(request: Request, caller: Writes) -> Response:
    """Take what the client tells its vendor (all that was read), and throw it away."""
    check_length(request, _METRICS_BYTES)
    size = 0
    async for chunk in chunks(request):
        size += len(chunk)
        if size > _METRICS_BYTES:
            raise too_large(_METRICS_BYTES)
    return answer({})


@router.post("/api/library-metrics/forms-python/{model}", **description.METRICS)
async def metrics_of_model(request: Request, caller: Writes, model: str) -> Response:
    """The same of a model of the caller's."""
    return await metrics(request, caller)


@router.get("/api/developer/api-version", **description.STATUS)
async def api_version(caller: Reads) -> Response:
    """The version that requests have if they name none."""
    return answer({"apiVersion": API_VERSION, "status": "SUCCESS"})


@router.post("/api/developer/webhook", **description.of({"200": "It was told."}, described(Ping)))
async def ping(request: Request, caller: Writes) -> Response:
    """Tell a webhook something."""
    asked, _ = await received(request, caller.caller, Ping)
    service = service_of(request)
    code = await to_thread.run_sync(_pinged, service, caller, asked.webhook, limiter=service.slow)
    if not 200 <= code < 300:
        raise ProblemError(400, "not_delivered", f"The webhook answered with status {code}.")
    return answer({"status": "SUCCESS", "message": f"The webhook answered with status {code}."})


def _pinged(service: Service, caller: Client, url: str) -> int:
    """Status of the receiver's answer.

    Raises:
        LegendaError: the URL is refused, or nobody is there.
    """
    id, now = str(uuid.uuid4()), time.time()
    told = {"status": "SUCCESS", "id": id, "message": "This is a test.", "organization": caller.organization}
    body = encoded(told)
    headers = signed(service.keys.webhook_secrets(caller.caller.key_id), id, body, now)
    return deliver.post(url, body, headers, seconds=_PING_SECONDS, allow=service.settings.allow_hosts)
