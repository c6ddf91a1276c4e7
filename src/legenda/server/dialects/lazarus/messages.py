"""Webhooks and the PUT of the ZIP."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from legenda.execute.hooks import Content, Delivery, Job, Material, Message, standard
from legenda.net.retries import LAZARUS
from legenda.server.dialects.lazarus import archive
from legenda.server.dialects.lazarus.errors import failure
from legenda.server.dialects.lazarus.rendering import (
    Json,
    begun,
    done,
    encoded,
    id_of,
    milliseconds,
    status_id,
    status_of,
)

_PROVIDER = "legenda"


class Messages:
    """A `Hook`: bodies as Lazarus has them, with signatures of Standard Webhooks besides."""

    seconds = 60.0

    def message(self, delivery: Delivery, job: Job, open_document: Material) -> Message:
        """What is POSTed: how the job stands; when it is done, with all that was read, if that is wanted."""
        body = _common(job)
        if delivery.event == "queued":
            body["status"] = begun(job)  # whatever it is by now
        elif delivery.event == "warning":
            said = delivery.body.get("message") or "The ZIP could not be delivered."
            body["warning"] = {"code": 400, "message": said, "outputURL": job.request.told["output"]}
        elif delivery.event == "closed":
            body |= _outcome(job, open_document)
        return Message(encoded(body), sign=standard(delivery))

    def content(self, delivery: Delivery, job: Job, open_document: Material) -> Content:
        """The ZIP, in a file that is deleted when it is sent."""
        with tempfile.NamedTemporaryFile(prefix="legenda-", suffix=".zip", delete=False) as file:
            path = Path(file.name)
            try:
                archive.write(job, open_document(), open_document.original, cast(BinaryIO, file))
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return Content(path, "application/zip")

    def delay(self, tries: int) -> float | None:
        """Seconds to wait after so many failed tries."""
        return LAZARUS.delay(tries)


def _common(job: Job) -> Json:
    told = job.request.told
    return {
        "status": status_of(job),
        "statusId": status_id(job),
        "documentId": told["documentId"],
        "id": id_of(job),
        "model": "OCR",
        "apiVersion": told["api"],
        "metadata": dict(job.request.metadata),
        "organization": told["organization"],
        "provider": _PROVIDER,
        "startTime": milliseconds(job.created),
    }


def _outcome(job: Job, open_document: Material) -> dict[str, Any]:
    if status_of(job) == "FAILURE":
        said = failure(job, job.request.told["api"])
        return {
            "code": said.code,
            "message": said.message,
            "error": said.message,
            "endTime": milliseconds(job.finished),
        }
    if not job.request.told["full"]:
        return {}
    return {"code": 200} | done(job, open_document())
