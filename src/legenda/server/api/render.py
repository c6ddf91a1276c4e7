"""A `Job` as plain values: the one place dialects start from. Nothing is validated, since it is ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from legenda.document.jsonio import dumps
from legenda.jobs.record import Failure, Job, PageRecord

Json = dict[str, Any]
PREFIX = "/v1"


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON, compact."""
    return Response(dumps(value), status, headers, "application/json")


def job(record: Job, *, base: str = "", position: int | None = None, seconds_left: float | None = None) -> Json:
    """A job as it stands.

    Args:
        record: the job.
        base: put before links; how clients reach the server.
        position: in the queue, where it waits.
        seconds_left: until it is done, where that can be told.
    """
    request, reading = record.request, record.request.reading
    here = f"{base}{PREFIX}/jobs/{record.id}"
    return {
        "id": record.id,
        "state": record.state,
        "created": time(record.created),
        "started": time(record.started),
        "finished": time(record.finished),
        "expires": time(record.expires),
        "name": request.source.name,
        "format": record.format,
        "size": request.source.size,
        "tier": reading.tier,
        "engine": reading.engine,
        "languages": list(reading.languages),
        "pages": request.pages,
        "text_layer": reading.text_layer,
        "content": reading.content,
        "structure": reading.structure,
        "dpi": reading.dpi,
        "box": list(reading.box) if reading.box else None,
        "color": reading.color,
        "formats": list(request.formats),
        "tool": request.tool,
        "priority": request.priority,
        "metadata": dict(request.metadata),
        "file_metadata": dict(record.metadata),
        "progress": {"pages": record.page_count, "done": record.pages_done, "failed": record.pages_failed},
        "position": position,
        "seconds_left": None if seconds_left is None else round(seconds_left, 1),
        "confidence": None if record.confidence is None else round(record.confidence, 4),
        "characters": record.characters,
        "language": record.language,
        "credits": record.charged,
        "failure": failure(record.failure),
        "results": {
            name: {"size": stored.size, "sha256": stored.sha256, "url": f"{here}/result?format={name}"}
            for name, stored in record.results.items()
        },
        "links": {"self": here, "events": f"{here}/events", "pages": f"{here}/pages", "result": f"{here}/result"},
    }


def page(record: PageRecord) -> Json:
    """A page as it stands, without what was read."""
    return {
        "number": record.number,
        "state": record.state,
        "engine": record.engine,
        "words": record.words,
        "characters": record.characters,
        "confidence": round(record.confidence / record.words, 4) if record.words else None,
        "language": record.language,
        "seconds": round(record.seconds, 3),
        "failure": failure(record.failure),
    }


def failure(record: Failure | None) -> Json | None:
    """Why, or nothing."""
    return None if record is None else {"code": record.code, "message": record.message}


def time(seconds: float | None) -> str | None:
    """RFC 3339, in UTC, to the millisecond."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
