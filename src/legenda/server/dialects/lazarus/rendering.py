"""A job as this interface answers: of both versions of its OCR, of its forms, and while it is not done."""

from __future__ import annotations

from typing import Any

from legenda.document import Document
from legenda.document.jsonio import dumps
from legenda.server.api import render
from legenda.server.asking import Job
from legenda.server.dialects.lazarus.errors import NEWER, failure
from legenda.server.dialects.read import MODEL_DATE, Rendition, current, former, handwriting
from legenda.server.dialects.uuids import dashed

Json = dict[str, Any]

_KINDS = {
    **dict.fromkeys(("xls", "xlsx", "xlsb", "ods", "csv"), "sheet"),
    **dict.fromkeys(("ppt", "pptx", "odp"), "slide"),
}
_PREFIX = "/api/forms"


def encoded(body: Json) -> bytes:
    """JSON as it is sent, everywhere the same."""
    return dumps(body).encode("utf-8", "replace")


def id_of(job: Job) -> str:
    """The job's id as this interface has ids."""
    return dashed(job.id)


def status_of(job: Job) -> str:
    """The word for how a job stands."""
    if job.state in ("done", "partial"):
        return "SUCCESS"
    if job.final:
        return "FAILURE"
    return begun(job) if job.state == "queued" else "RUNNING"


def begun(job: Job) -> str:
    """The word for a job that waits."""
    return "SUBMITTED" if job.request.told["api"] >= NEWER else "RUNNING"


def status_id(job: Job) -> str:
    """Under what the job's status can be asked for."""
    return job.request.told["statusId"] or id_of(job)


def done(job: Job, document: Document) -> Json:
    """All that was read."""
    return _form(job, document) if job.request.told["kind"] == "generic" else _read(job, document)


def waiting(job: Job) -> Json:
    """A job that is not done, to be asked for again."""
    told = job.request.told
    path = f"ocr/zip/async/{status_id(job)}" if told["kind"] == "zip" else f"ocr/results/{id_of(job)}"
    return {
        "status": status_of(job),
        "statusId": status_id(job),
        "documentId": told["documentId"],
        "id": id_of(job),
        "resultUrl": f"{told['base']}{_PREFIX}/{path}",
    }


def status(job: Job) -> Json:
    """How a job stands, for those who ask."""
    said = failure(job, job.request.told["api"]) if status_of(job) == "FAILURE" else None
    return {
        "status": status_of(job),
        "statusId": status_id(job),
        "documentId": job.request.told["documentId"],
        "id": id_of(job),
        "model": "OCR",
        "apiVersion": job.request.told["api"],
        "code": said.code if said else 200,
        "message": said.message if said else None,
        "error": said.message if said else None,
        "startTime": milliseconds(job.created),
        "endTime": milliseconds(job.finished),
    }


def milliseconds(seconds: float | None) -> int | None:
    """Since 1970."""
    return None if seconds is None else int(seconds * 1000)


def _read(job: Job, document: Document) -> Json:
    told = job.request.told
    version = str(told["version"])
    return _head(job, document, "OCR") | {
        "ocrResults": ocr_results(job, document),
        "resultUrl": f"{told['base']}{_PREFIX}/ocr/results/{id_of(job)}",
        "metadata": dict(job.request.metadata),
        "ocrVersion": version,
    }


def _form(job: Job, document: Document) -> Json:
    """A form of which nothing but the text is known."""
    results = ocr_results(job, document)
    return _head(job, document, "Forms") | {
        "keyValuePairs": [],
        "tablesExtracted": [],
        "entitiesExtracted": [],
        "isUrgent": False,
        "rawText": results["rawText"],
        **({"ocrResults": results} if job.request.told["ocr"] else {}),
        "metadata": dict(job.request.metadata),
    }


def _head(job: Job, document: Document, model: str) -> Json:
    return {
        "status": "SUCCESS",
        "documentId": job.request.told["documentId"],
        "modelType": model,
        "id": id_of(job),
        "requestDateTime": render.time(job.created),
        "startTime": milliseconds(job.created),
        "endTime": milliseconds(job.finished),
        "pages": len(document.pages),
    }


def ocr_results(job: Job, document: Document) -> Json:
    """What was read: version 2 with spans and styles, version 1 as Read 3.x has it."""
    made = Rendition(document, job.request.told["index"])
    head = {"version": str(job.request.told["version"]), "modelVersion": MODEL_DATE}
    if job.request.told["version"] == 1:
        return head | {"readResults": [former(page) for page in made.pages], "rawText": made.content}
    kind = {"kind": _KINDS.get(job.format, "document")}
    return head | {
        "readResults": [current(page, made.ruler) | kind for page in made.pages],
        "readStyles": handwriting(made.pages, made.ruler),
        "rawText": made.content,
    }
