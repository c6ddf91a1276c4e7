"""From what was submitted to a job in the store: the checks that stand before it, and the input in the blob store."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from starlette.requests import Request

from legenda.desk.tools import tool
from legenda.errors import EmptySourceError, InvalidOptionError, LegendaError, UnsupportedFormatError
from legenda.exports import EXPORTERS, STRUCTURED
from legenda.jobs.names import upload_key
from legenda.jobs.plans import most_megabytes
from legenda.jobs.record import Input, Job, JobRequest, Member, Prepared, Reading
from legenda.languages import resolve
from legenda.net import policy
from legenda.net.names import clean
from legenda.options import ReadOptions, check_order, page_numbers
from legenda.server.api.models import JobOptions, QueryOptions
from legenda.server.auth import Caller
from legenda.server.intake import Submission
from legenda.server.problems import ProblemError
from legenda.server.service import Service
from legenda.server.uploads import Upload, too_large
from legenda.sources import archive_parts
from legenda.sources.sniff import HEAD_BYTES, describe, sniff, still

_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Part:
    """An input.

    Attributes:
        name: of the file.
        data: bytes that came along, or `None`.
        url: else where to fetch them from.
    """

    name: str = ""
    data: bytes | Upload | None = field(default=None, repr=False)
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be made.

    Attributes:
        options: how to read; validated.
        parts: what; none makes a job without pages, which is done as soon as somebody looks at it.
        idempotency: key of the caller.
        more: fields of `JobRequest` that only dialects fill.
    """

    options: QueryOptions
    parts: Sequence[Part]
    idempotency: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


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
    """Make the job of a submission; see `take`."""
    part = Part(asked.name, url=asked.url) if asked.url else Part(asked.name, upload)
    return take(service, caller, Order(asked.options, (part,), idempotency))


def take(service: Service, caller: Caller, order: Order) -> tuple[Job, bool]:
    """Make a job. Blocks: resolves names, writes the blob, writes the store.

    Returns:
        The job, and whether it is new.

    Raises:
        LegendaError: an option, the input or a URL is refused; no credits; the queue is full; the key was used before.
            `place` tells which of several inputs it is about.
    """
    parts = order.parts
    if len(parts) > archive_parts.MOST:
        raise InvalidOptionError(f"There are {len(parts)} inputs", f"a job has at most {archive_parts.MOST}")
    if not parts:
        return _of_nothing(service, caller, order)
    whole = len(parts) == 1
    urls = {place: part.url for place, part in enumerate(parts) if part.data is None}
    source = Input(parts[0].name if whole else "", url=urls[0]) if whole and urls else Input(parts[0].name)
    request = replace(_request(caller, order.options, source, order.idempotency), **order.more)
    _check_urls(service, request, urls)
    held = {place: _held(part) for place, part in enumerate(parts) if part.data is not None}
    if (most := cap(service, caller)) < sum(part.size for part in held.values()):
        raise too_large(most)
    if whole:
        return _stored(service, request, held[0]) if held else service.store.submit(request)
    request = replace(request, source=replace(source, name="", urls=urls), pages_reserved=len(parts))
    return _joined(service, request, held) if held else service.store.submit(request)


def _of_nothing(service: Service, caller: Caller, order: Order) -> tuple[Job, bool]:
    request = replace(_request(caller, order.options, Input(""), order.idempotency), **order.more)
    _check_urls(service, request, {})
    return service.store.submit(replace(request, pages_reserved=0), Prepared("", ()))


def _request(caller: Caller, options: QueryOptions, source: Input, idempotency: str) -> JobRequest:
    options = _as_its_tool(options)
    if unknown := [name for name in options.formats if name not in EXPORTERS]:
        raise InvalidOptionError(f"There is no format {unknown[0]!r}", f"there are {', '.join(EXPORTERS)}")
    languages = tuple(dict.fromkeys(resolve(name).code for name in options.languages if name.lower() != "auto"))
    structure = not STRUCTURED.isdisjoint(options.formats) if options.structure is None else options.structure
    check_order(options.pages)
    region = ReadOptions(box=options.box, color=options.color)  # checked there
    reading = Reading(
        options.tier,
        options.engine,
        languages,
        options.text_layer,
        options.dpi,
        structure,
        region.box,
        region.color,
        options.content,
    )
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


def _as_its_tool(options: QueryOptions) -> QueryOptions:
    """The options with what the tool needs where nothing else is said; other names are the caller's own."""
    if not options.tool:
        return options
    try:
        read = tool(options.tool).read
    except InvalidOptionError:
        return options
    named = {"tier" if name == "effort" else name: value for name, value in read.items()}
    missing = {name: value for name, value in named.items() if name not in options.model_fields_set}
    return options.model_copy(update={name: value for name, value in missing.items() if hasattr(options, name)})


def _check_urls(service: Service, request: JobRequest, urls: Mapping[int, str]) -> None:
    allow = service.settings.allow_hosts
    for url in filter(None, (request.webhook, request.deliver)):
        policy.check(url, allow=allow)
    for place, url in urls.items():
        try:
            policy.check(url, allow=allow)
        except LegendaError as error:
            error.place = place
            raise


@dataclass(frozen=True, slots=True)
class _Held:
    """An input that came along."""

    name: str
    size: int
    sha256: str
    head: bytes
    data: bytes | Path


def _held(part: Part) -> _Held:
    if isinstance(part.data, Upload):
        upload, data = part.data, part.data.finish()
        return _Held(part.name or upload.name, upload.size, upload.sha256, upload.head, data)
    given = part.data or b""
    return _Held(part.name, len(given), hashlib.sha256(given).hexdigest(), given[:HEAD_BYTES], given)


def _stored(service: Service, request: JobRequest, held: _Held) -> tuple[Job, bool]:
    format = _format(held)
    source = Input(held.name, upload_key(held.sha256), held.sha256, held.size)
    request = replace(request, source=source)
    prepared = None
    if still(held.head):  # counted here, so that they need no look of their own
        prepared = Prepared(format, tuple(page_numbers(request.pages, 1)), {}, source)
    return _kept(service, request, prepared, held.data)


def _joined(service: Service, request: JobRequest, held: Mapping[int, _Held]) -> tuple[Job, bool]:
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.NamedTemporaryFile(dir=service.uploads, prefix="upload-"))
        pieces = [archive_parts.Piece(place, clean(x.name), x.size, x.data) for place, x in held.items()]
        archive_parts.join(pieces, cast(BinaryIO, file))
        file.flush()
        sha256 = _digest(Path(file.name))
        source = replace(request.source, key=upload_key(sha256), sha256=sha256, size=sum(x.size for x in held.values()))
        request = replace(request, source=source)
        return _kept(service, request, _counted(request, held), Path(file.name))


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _counted(request: JobRequest, held: Mapping[int, _Held]) -> Prepared | None:
    """Several pictures need no look either."""
    if request.source.urls or not all(still(x.head) for x in held.values()):
        return None
    members = [Member(x.name, sniff(x.head), 1) for _, x in sorted(held.items())]
    pages = tuple(page_numbers(request.pages, len(members)))
    return Prepared("zip", pages, {}, request.source, tuple(members))


def _kept(service: Service, request: JobRequest, prepared: Prepared | None, data: bytes | Path) -> tuple[Job, bool]:
    key = request.source.key
    service.blobs.put(key, data)
    new = False
    try:
        job, new = service.store.submit(request, prepared)
    finally:
        if not new:
            service.blobs.delete([key])
    return job, new


def _format(held: _Held) -> str:
    name = held.name or "the input"
    if not held.size:
        raise EmptySourceError(f"{name} is empty", "it has no bytes", "send the file itself")
    if format := sniff(held.head):
        return format
    seems = describe(held.head)
    why = f"it seems to be {seems}, which cannot be read yet" if seems else "it is no image, PDF, office file or ZIP"
    raise UnsupportedFormatError(f"{name} cannot be read", why, "send images, PDFs or office files")


def spool_folder(data_dir: Path) -> Path:
    """Folder of temporary files, emptied of what a server that was killed left in it."""
    folder = data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob("upload-*"):
        left.unlink(missing_ok=True)
    return folder
