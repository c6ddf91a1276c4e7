"""Who asks, how their account stands, and the keys that open this server."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.jobs.database import reading
from legenda.jobs.keys import Key, Scope
from legenda.jobs.record import Input, JobRequest
from legenda.server.api import render
from legenda.server.api.jobs import Reads
from legenda.server.api.models import Name, Strict
from legenda.server.auth import LOCAL, Caller, requires
from legenda.server.problems import missing
from legenda.server.service import service_of

router = APIRouter(prefix="/v1", tags=["account"])

Admins = Annotated[Caller, Depends(requires("admin"))]


class AccountOut(BaseModel):
    """Who asks. Credits: `used` of the free ones in this `period`, of `cap` (`null`: no limit); `paid` ones left."""

    tenant: str
    key: str = Field(description="id of the key; empty without one")
    plan: str
    scopes: list[str]
    anonymous: bool
    charged: bool = Field(description="whether pages are charged at all")
    used: int
    cap: int | None
    period: str
    paid: int


class KeyOut(BaseModel):
    """A key without its secret."""

    id: str
    tenant: str
    name: str
    shown: str
    scopes: list[str]
    plan: str
    created: str
    revoked: str | None
    last_used: str | None


class NewKeyOut(KeyOut):
    """A key with its secret, which is not to be had again."""

    secret: str


class KeyIn(Strict):
    """A key to be made."""

    tenant: Name = Field("", description="whose jobs it opens; your own if it is left out")
    name: Name = ""
    scopes: list[Scope] = Field(default=["read", "write"], min_length=1, max_length=3)
    plan: str = Field("default", min_length=1, max_length=32)


@router.get("/account", summary="See who you are", responses={200: {"model": AccountOut}})
def account(request: Request, caller: Reads) -> Response:
    """The account that your requests are charged to, and how it stands."""
    service = service_of(request)
    asked = JobRequest(caller.tenant, Input(""), caller.key_id, caller.address, caller.plan)
    with reading(service.store.engine).connect() as db:
        standing = service.store.meter.standing(db, asked, time.time())
    return render.answer(
        {
            "tenant": "" if caller.address else caller.tenant,
            "key": caller.key_id,
            "plan": caller.plan,
            "scopes": sorted(caller.scopes),
            "anonymous": bool(caller.address) or (caller.tenant == LOCAL and not caller.key_id),
            "charged": service.settings.balances or standing.cap is not None,
            "used": standing.used,
            "cap": standing.cap,
            "period": standing.period,
            "paid": standing.paid,
        }
    )


@router.get("/keys", summary="List keys", responses={200: {"model": list[KeyOut]}})
def listed(request: Request, caller: Admins) -> Response:
    """All keys of the installation, the oldest first, without their secrets."""
    return render.answer([_shown(key) for key in service_of(request).keys.list()])


@router.post("/keys", status_code=201, summary="Make a key", responses={201: {"model": NewKeyOut}})
async def made(request: Request, caller: Admins, body: KeyIn) -> Response:
    """Its secret is in this answer and nowhere else. With the first key, everybody needs one."""
    service = service_of(request)
    tenant = body.tenant or caller.tenant
    key, secret = await run_in_threadpool(service.keys.create, tenant, body.name, body.scopes, body.plan)
    service.doors.look_again()
    return render.answer(_shown(key) | {"secret": secret}, 201)


@router.delete("/keys/{key}", status_code=204, summary="Revoke a key", responses={204: {"description": "Revoked."}})
async def revoked(request: Request, caller: Admins, key: str) -> Response:
    """Whoever uses it is turned away from then on."""
    service = service_of(request)
    if not await run_in_threadpool(service.keys.revoke, key):
        raise missing("key")
    service.doors.look_again()
    return Response(status_code=204)


def _shown(key: Key) -> render.Json:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "shown": key.shown,
        "scopes": list(key.scopes),
        "plan": key.plan,
        "created": render.time(key.created),
        "revoked": render.time(key.revoked),
        "last_used": render.time(key.last_used),
    }
