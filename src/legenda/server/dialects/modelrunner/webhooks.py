"""`/mr/rest/webhooks`: the secret that signs, and what became of messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from legenda.server.asking import DeliveryRecord, DeliveryState
from legenda.server.auth import LOCAL, Caller
from legenda.server.dialects.modelrunner import asked
from legenda.server.dialects.modelrunner.answers import answer
from legenda.server.dialects.modelrunner.results import stamp
from legenda.server.dialects.queue.ids import job_of_nano, nano_of
from legenda.server.problems import ProblemError, missing
from legenda.server.service import service_of

router = APIRouter(prefix="/mr/rest/webhooks")
Reads = Annotated[Caller, Depends(asked.reads)]
Writes = Annotated[Caller, Depends(asked.writes)]
Status = Literal["pending", "delivering", "delivered", "failed"]

_STATES: dict[str, tuple[DeliveryState, ...]] = {
    "pending": ("held", "waiting"),
    "delivering": ("sending",),
    "delivered": ("sent",),
    "failed": ("given_up",),
}
_STATUS = {state: status for status, states in _STATES.items() for state in states}
_MOST = 1000  # messages that are looked through


@router.get("/default/secret")
def secret(request: Request, caller: Writes) -> Response:
    """What signs your messages."""
    return answer(request, {"key": service_of(request).keys.webhook_secret(_signer(caller))})


@router.post("/default/secret/rotate")
def rotate(request: Request, caller: Writes) -> Response:
    """Another secret; the one before signs, too, for a day."""
    return answer(request, {"key": service_of(request).keys.rotate_webhook_secret(_signer(caller))})


@router.get("/deliveries")
def deliveries(
    request: Request,
    caller: Reads,
    requestId: Annotated[str, Query(max_length=64)] = "",
    status: Status | None = None,
    event: Literal["start", "completed"] | None = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """Your messages, the newest first."""
    job = job_of_nano(requestId)
    found: list[DeliveryRecord] = []
    if job or not requestId:
        found = service_of(request).store.messages(
            caller.tenant,
            job=job,
            states=_STATES[status] if status else (),
            event=asked.EVENTS[event] if event else None,
            limit=_MOST,
        )
    data = [_shown(record) for record in found[(page - 1) * limit :][:limit]]
    pages = -(-len(found) // limit)
    return answer(request, {"page": page, "limit": limit, "total": len(found), "totalPages": pages, "data": data})


@router.post("/deliveries/{delivery_id}/replay")
def replay(request: Request, caller: Writes, delivery_id: str) -> Response:
    """Send a message again, under the same id."""
    record = service_of(request).store.replay(caller.tenant, delivery_id)
    if record is None:
        raise missing("delivery")
    return answer(request, _shown(record))


def _signer(caller: Caller) -> str:
    """Whose secret it is: the key's, or that of the installation, which strangers do not learn.

    Raises:
        ProblemError: 403, the caller has no key.
    """
    if not caller.key_id and caller.tenant != LOCAL:
        raise ProblemError(403, "forbidden", "Webhook secrets belong to keys; use one.")
    return caller.key_id


def _shown(record: DeliveryRecord) -> dict[str, Any]:
    over = record.state in ("sent", "given_up")
    return {
        "id": record.id,
        "requestId": nano_of(record.job),
        "event": "start" if record.event == "started" else "completed",
        "status": cast(Status, _STATUS[record.state]),
        "attempts": record.tries,
        "lastResponseStatus": record.status,
        "lastError": record.error or None,
        "nextAttemptAt": None if over else stamp(record.due),
        "deliveredAt": stamp(record.finished) if record.state == "sent" and record.finished else None,
        "createdAt": stamp(record.created),
        "updatedAt": stamp(record.finished or record.created),
    }
