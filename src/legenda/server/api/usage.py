"""What keys used."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from legenda.jobs.database import reading
from legenda.server.api import render
from legenda.server.api.jobs import Reads
from legenda.server.api.models import UsageOut
from legenda.server.problems import ProblemError
from legenda.server.service import service_of

router = APIRouter(prefix="/v1", tags=["usage"])


@router.get("/usage", summary="Report usage", responses={200: {"model": UsageOut}})
def usage(
    request: Request,
    caller: Reads,
    period: Annotated[
        str, Query(pattern=r"^([0-9]{4}-(0[1-9]|1[0-2]))?$", description="such as 2026-11; empty for all")
    ] = "",
    tenant: Annotated[
        str, Query(max_length=64, description="another one's, or `*` for all: needs the scope admin")
    ] = "",
) -> Response:
    """Credits and pages by key and period, the newest period first."""
    service = service_of(request)
    if tenant and tenant != caller.tenant and "admin" not in caller.scopes:
        raise ProblemError(403, "forbidden", "The usage of others needs the scope admin.")
    if caller.address:
        return render.answer({"usage": [], "paid": {}})
    whose = None if tenant == "*" else tenant or caller.tenant
    with reading(service.store.engine).connect() as db:
        rows = service.store.meter.usage(db, whose, period or None)
        paid = service.store.meter.balances(db, whose)
    return render.answer({"usage": [dataclasses.asdict(row) for row in rows], "paid": paid})
