"""From what was submitted to a job in the store: the checks that stand before it, and the input in the blob store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from legenda.errors import EmptySourceError, InvalidOptionError, UnsupportedFormatError
from legenda.exports import EXPORTERS
from legenda.jobs.names import upload_key
from legenda.jobs.plans import most_megabytes
from legenda.jobs.record import Input, Job, JobRequest, Prepared, Reading
from legenda.languages import resolve
from legenda.net import policy
from legenda.options import page_numbers
from legenda.server.api.models import JobOptions, QueryOptions
from legenda.server.auth import Caller
from legenda.server.intake import Submission
from legenda.server.problems import ProblemError
from legenda.server.service import Service
from legenda.server.uploads import Upload
from legenda.sources.sniff import describe, sniff

_SINGLE = frozenset(("png", "jpeg", "webp", "bmp", "gif"))
"""Formats that are one page whatever they hold: an animation is its first picture (`legenda.sources.picture`)."""

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job to be made.

    Attributes:
        request: whole, but for the input's blob.
        format: of the input, empty where it is not there yet.
    """

    request: JobRequest
    format: str = ""


def cap(service: Service, caller: Caller) -> int:
    """Most bytes of an input."""
    return most_megabytes(service.settings, caller.plan) * 2**20


def idempotency_key(request: Request) -> str:
    """The header `Idempotency-Key`, or nothing.

    Raises:
        ProblemError: 422, it cannot be one.
    """
    given = request.headers.getlist("idempotency-key")
    if not given:
        return ""
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise ProblemError(422, "invalid_request", "Idempotency-Key must be 1 to 255 visible ASCII characters, once.")
    return given[0]


def admit(service: Service, caller: Caller, asked: Submission, upload: Upload, idempotency: str) -> tuple[Job, bool]:
    """Make the job. Blocks: resolves names, writes the blob, writes the store.

    Returns:
        The job, and whether it is new.

    Raises:
        LegendaError: an option, the input or a URL is refused; no credits; the queue is full; the key was used before.
    """
    source = Input(asked.name, url=asked.url) if asked.url else Input(asked.name)
    request = _request(caller, asked.options, source, idempotency)
    _check_urls(service, request)
    if asked.url:
        return service.store.submit(request)
    return _stored(service, request, upload)


def _request(caller: Caller, options: QueryOptions, source: Input, idempotency: str) -> JobRequest:
    if unknown := [name for name in options.formats if name not in EXPORTERS]:
        raise InvalidOptionError(f"There is no format {unknown[0]!r}", f"there are {', '.join(EXPORTERS)}")
    languages = tuple(dict.fromkeys(resolve(name).code for name in options.languages if name.lower() != "auto"))
    reading = Reading(options.tier, options.engine, languages, options.text_layer, options.dpi)
    secret = options if isinstance(options, JobOptions) else JobOptions()
    return JobRequest(
        tenant=caller.tenant,
        key_id=caller.key_id,
        caller=caller.address,
        plan=caller.plan,
        source=source,
        reading=reading,
        pages=options.pages.strip(),
        formats=tuple(dict.fromkeys(options.formats)),
        tool=options.tool,
        password=secret.password,
        metadata=secret.metadata,
        webhook=secret.webhook,
        deliver=secret.deliver,
        priority=options.priority,
        idempotency_key=idempotency,
        delete_input=options.delete_input,
    )


def _check_urls(service: Service, request: JobRequest) -> None:
    for url in filter(None, (request.source.url, request.webhook, request.deliver)):
        policy.check(url, allow=service.settings.allow_hosts)


def _stored(service: Service, request: JobRequest, upload: Upload) -> tuple[Job, bool]:
    from dataclasses import replace

    format = _format(upload, request.source.name)
    data = upload.finish()
    key = upload_key(upload.sha256)
    source = replace(request.source, key=key, sha256=upload.sha256, size=upload.size)
    request = replace(request, source=source)
    prepared = _prepared(format, request)
    service.blobs.put(key, data)
    new = False
    try:
        job, new = service.store.submit(request, prepared)
    finally:
        if not new:
            service.blobs.delete([key])
    return job, new


def _format(upload: Upload, name: str) -> str:
    name = name or "the input"
    if not upload.size:
        raise EmptySourceError(f"{name} is empty", "it has no bytes", "send the file itself")
    if format := sniff(upload.head):
        return format
    seems = describe(upload.head)
    why = f"it seems to be {seems}, which cannot be read yet" if seems else "it is neither an image nor a PDF"
    raise UnsupportedFormatError(f"{name} cannot be read", why, "send an image or a PDF")


def _prepared(format: str, request: JobRequest) -> Prepared | None:
    """Single pictures are counted here, so that they need no look of their own."""
    if format not in _SINGLE:
        return None
    return Prepared(format, tuple(page_numbers(request.pages, 1)), {}, request.source)


def spool_folder(data_dir: Path) -> Path:
    """Folder of temporary files, emptied of what a server that was killed left in it."""
    folder = data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("upload-*"):
        left.unlink(missing_ok=True)
    return folder
