"""The log: one JSON object a line. No text of documents, no names of files, no secrets, no values from exceptions."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from legenda.jobs.record import Job

log = logging.getLogger("legenda.server")
_TOKEN = re.compile(r"((?:api_token|token|key|sig|signature|x-amz-[a-z-]+)=)[^&\s\"']+", re.IGNORECASE)


def configure(level: str) -> None:
    """Send every logger of this process to standard error, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    # libraries may say anything, so only their warnings are heard
    logging.basicConfig(handlers=[handler], level="ERROR" if level == "error" else "WARNING", force=True)
    logging.getLogger("legenda").setLevel(level.upper())
    # requests are counted (metrics), not logged, unless somebody looks for a fault; even then without tokens
    logging.getLogger("uvicorn.access").setLevel(logging.INFO if level == "debug" else logging.CRITICAL)


def redacted(text: str) -> str:
    """The text without the values of query parameters that open doors."""
    return _TOKEN.sub(r"\1…", text)


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "event", ...}`; what is given as `extra={"fields": {...}}` becomes members."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redacted(record.getMessage()),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "frames": _frames(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=True, default=str)


def _frames(trace: TracebackType | None) -> list[str]:
    """Where it happened. The message of an exception may quote what it choked on, so it is left out."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]


def closed(job: Job) -> None:
    """The line of a job that has come to its end."""
    fields = {
        "job": job.id,
        "tenant": job.request.tenant,
        "key": job.request.key_id,
        "state": job.state,
        "format": job.format,
        "bytes": job.request.source.size,
        "tier": job.request.reading.tier,
        "pages": job.page_count,
        "pages_failed": job.pages_failed,
        "credits": job.charged,
        "waited": _between(job.created, job.started),
        "seconds": _between(job.started, job.finished),
        "failure": job.failure.code if job.failure else "",
    }
    log.info("job", extra={"fields": fields})


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else round(end - start, 3)
