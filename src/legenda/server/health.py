"""`/livez`: the process answers. `/readyz`: it can take work."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from legenda.server.api.render import answer
from legenda.server.service import service_of

router = APIRouter(tags=["health"])


@router.get("/livez", summary="Whether the process answers", responses={200: {"description": "It does."}})
async def livez() -> Response:
    """200 as long as the server runs."""
    return answer({"status": "ok"})


@router.get(
    "/readyz",
    summary="Whether work is taken",
    responses={200: {"description": "Yes."}, 503: {"description": "Not, or no more."}},
)
def readyz(request: Request) -> Response:
    """503 while the server ends, or when its database does not answer."""
    service = service_of(request)
    if service.draining:
        return answer({"status": "draining"}, 503)
    try:
        waiting = service.store.waiting()
    except Exception:
        # whatever is wrong with the database, the answer is the same, and the log of the next request says what
        return answer({"status": "no database"}, 503)
    return answer({"status": "ok", "queued_pages": waiting})
