"""What fal's webhooks say, and how they are signed."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from legenda.errors import NotFoundError
from legenda.execute.hooks import Content, Delivery, Job, Material, Message, Signer
from legenda.net.retries import FAL
from legenda.net.webhooks import signed_fal
from legenda.server.dialects.fal import errors
from legenda.server.dialects.queue.ids import uuid_of
from legenda.server.dialects.queue.outputs import rendered, unread_of


class FalHook:
    """Tells of the end of a request, ten times more if need be."""

    seconds = 15.0

    def message(self, delivery: Delivery, job: Job, open_document: Material) -> Message:
        """The outputs, or the error."""
        id = uuid_of(job.id)
        body = {"request_id": id, "gateway_request_id": id} | _told(job, open_document)
        return Message(
            json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
            sign=partial(_signed, id, delivery.tenant),
        )

    def content(self, delivery: Delivery, job: Job, open_document: Material) -> Content:
        """Nothing is ever PUT."""
        raise NotFoundError("There is nothing to PUT")

    def delay(self, tries: int) -> float | None:
        """Two hours in all."""
        return FAL.delay(tries)


def _told(job: Job, material: Material) -> dict[str, Any]:
    unread = unread_of(job.members, material.pages()) if job.pages_failed else []
    if fault := errors.of_job(job, unread):
        return {"status": "ERROR", "error": f"Invalid status code: {fault.status}", "payload": fault.body}
    outputs = rendered(material(), job.request.told) if job.page_count else []
    return {"status": "OK", "payload": {"outputs": outputs}, "error": None}


def _signed(request: str, user: str, signer: Signer, body: bytes, at: float) -> dict[str, str]:
    return signed_fal(signer.ed25519, request, user, body, at)
