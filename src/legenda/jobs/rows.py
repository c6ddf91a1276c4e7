"""Rows of the database as values, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, NamedTuple

from legenda.errors import InvalidOptionError
from legenda.jobs import names, schema
from legenda.jobs.meter import Meter
from legenda.jobs.plans import priority
from legenda.jobs.record import (
    Failure,
    Input,
    Job,
    JobRequest,
    Member,
    PageDone,
    PageRecord,
    Prepared,
    Reading,
    Stored,
)
from legenda.jobs.seal import Seal
from legenda.net.policy import check_headers
from legenda.settings import Settings

_TOLD_BYTES = 256 * 2**10
_PAGE_BYTES = 100_000
"""Of an input, for each page expected in it. A scanned page has about so many, and the usual limits (500 MB and 5,000
pages) say the same."""


class Rules(NamedTuple):
    """What every part of the store goes by."""

    settings: Settings
    seal: Seal
    meter: Meter


def job_of(row: Any, seal: Seal, *, secrets: bool = False) -> Job:
    """A row of `jobs`; its secrets are opened only where they are asked for."""
    opened = seal.open(row.secrets) if secrets and row.secrets else {}
    failure = Failure(row.failure_code, row.failure_message, row.failure_part) if row.failure_code else None
    return Job(
        id=row.id,
        state=row.state,
        request=_request(row, opened, seal),
        created=row.created,
        format=row.format,
        page_count=row.page_count,
        pages_done=row.pages_done,
        pages_failed=row.pages_failed,
        started=row.started,
        finished=row.finished,
        expires=row.expires,
        failure=failure,
        confidence=row.confidence_sum / row.words if row.words else None,
        characters=row.characters,
        language=row.language,
        charged=row.charged,
        results={name: Stored(**told) for name, told in row.results.items()},
        metadata=row.file_metadata,
        members=tuple(Member(**told) for told in row.members),
    )


def _reading(told: dict[str, Any]) -> Reading:
    """As JSON has it, which knows no tuples."""
    box = told.get("box")
    return Reading(**told | {"languages": tuple(told["languages"]), "box": tuple(box) if box else None})


def _request(row: Any, secrets: dict[str, Any], seal: Seal) -> JobRequest:
    reading = row.reading
    urls = {int(place): url for place, url in secrets.get("urls", {}).items()}
    return JobRequest(
        tenant=row.tenant,
        source=Input(row.name, row.source_key, row.source_sha256, row.source_size, secrets.get("url", ""), urls),
        key_id=row.key_id,
        caller=row.caller,
        plan=row.plan,
        reading=_reading(reading) if reading else Reading(),
        pages=row.pages_wanted,
        formats=tuple(row.formats),
        tool=row.tool,
        password=secrets.get("password"),
        metadata=row.caller_metadata,
        webhook=secrets.get("webhook", ""),
        webhook_events=tuple(secrets.get("webhook_events", ("closed",))),
        deliver=secrets.get("deliver", ""),
        deliver_headers=secrets.get("deliver_headers", {}),
        priority=row.priority,
        idempotency_key=row.idempotency_key or "",
        delete_input=row.delete_input,
        dialect=row.dialect,
        told=seal.open(row.told) if row.told else {},
        start_seconds=None if row.start_by is None else row.start_by - row.created,
        expires_seconds=row.keep_seconds,
    )


def job_row(id: str, request: JobRequest, rules: Rules, now: float) -> dict[str, Any]:
    """What is stored of a new job.

    Raises:
        InvalidOptionError: a text is longer than there is place for, or cannot be stored.
        OutboundError: a header may not be sent.
    """
    source = request.source
    secrets = _secrets(request)
    row = {
        "id": id,
        "tenant": request.tenant,
        "key_id": request.key_id,
        "caller": rules.meter.caller(request.caller, now),
        "plan": request.plan,
        "dialect": request.dialect,
        "state": "queued",
        "name": readable(source.name, 255),
        "source_key": source.key,
        "source_sha256": source.sha256,
        "source_size": source.size,
        "reading": asdict(request.reading),
        "reading_hash": names.reading_hash(request.reading),
        "pages_wanted": request.pages,
        "formats": list(request.formats),
        "tool": request.tool,
        "caller_metadata": dict(request.metadata),
        "secrets": rules.seal.seal(secrets) if secrets else None,
        "told": rules.seal.seal(_told(request)) if request.told else None,
        "start_by": None if request.start_seconds is None else now + request.start_seconds,
        "keep_seconds": request.expires_seconds,
        "priority": priority(rules.settings, request),
        "idempotency_key": request.idempotency_key or None,
        "request_hash": names.request_hash(request, rules.seal),
        "delete_input": request.delete_input or rules.settings.delete_inputs,
        "file_metadata": {},
        "results": {},
        "pages_queued": max(request.pages_reserved, min(source.size // _PAGE_BYTES, rules.settings.pages)),
        "created": now,
    }
    _check(row)
    return row


def _secrets(request: JobRequest) -> dict[str, Any]:
    """What is sealed until the job is closed."""
    check_headers(request.deliver_headers)
    secrets = {
        "url": request.source.url,
        "urls": dict(request.source.urls),
        "password": request.password,
        "webhook": request.webhook,
        "webhook_events": list(request.webhook_events) if request.webhook else [],
        "deliver": request.deliver,
        "deliver_headers": dict(request.deliver_headers),
    }
    return {name: value for name, value in secrets.items() if value}


def _told(request: JobRequest) -> dict[str, Any]:
    told = dict(request.told)
    if len(json.dumps(told)) > _TOLD_BYTES:
        raise InvalidOptionError("What comes with the input is too long", f"at most {_TOLD_BYTES // 1024} KiB are kept")
    return told


def source_row(prepared: Prepared) -> dict[str, Any]:
    """What looking at the input told, for the row of its job."""
    row: dict[str, Any] = {
        "format": readable(prepared.format, 16),
        "file_metadata": {readable(k, 64): readable(v, 1000) for k, v in prepared.metadata.items()},
        "members": [
            {"name": readable(m.name, 255), "format": readable(m.format, 16), "pages": m.pages}
            for m in prepared.members
        ],
    }
    if source := prepared.source:
        row |= {"name": readable(source.name, 255), "source_key": source.key}
        row |= {"source_sha256": source.sha256, "source_size": source.size}
    return row


def page_row(done: PageDone) -> dict[str, Any]:
    """A page as it was read, or as it failed."""
    failure = done.failure
    return {
        "state": "failed" if failure else "done",
        "key": "" if failure else done.key,
        "engine": readable(done.engine, 64),
        "words": done.words,
        "confidence_sum": done.confidence,
        "characters": done.characters,
        "language": readable(done.language, 16),
        "seconds": done.seconds,
        "failure_code": readable(failure.code, 64) if failure else "",
        "failure_message": readable(failure.message, 1000) if failure else "",
    }


def page_of(row: Any) -> PageRecord:
    """A row of `pages`."""
    return PageRecord(
        number=row.number,
        state=row.state,
        key=row.key,
        tries=row.tries,
        engine=row.engine,
        words=row.words,
        confidence=row.confidence_sum,
        characters=row.characters,
        language=row.language,
        seconds=row.seconds,
        failure=Failure(row.failure_code, row.failure_message) if row.state == "failed" else None,
    )


def readable(value: str, most: int) -> str:
    """A text for people as any database takes it: no NUL, no lone surrogates, not too long."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _check(row: dict[str, Any]) -> None:
    for name, value in row.items():
        if isinstance(value, str):
            most = getattr(schema.jobs.c[name].type, "length", None) or 0
            if len(value) > most:
                raise InvalidOptionError(f"{name} is too long", f"it has {len(value)} characters, {most} at most fit")
            if value != readable(value, most):
                raise InvalidOptionError(f"{name} cannot be stored", "it has characters that are not text")
