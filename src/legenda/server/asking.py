"""What every dialect calls: ask for a job, wait for it, see what was read. Dialects know nothing of the store."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from inspect import isawaitable
from io import BytesIO
from typing import Any

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.desk.ask import Answer, Generating
from legenda.desk.model import Model
from legenda.document import Document, Page, Problem, assemble, from_json, page_from_dict
from legenda.errors import LegendaError, NotFoundError
from legenda.exports import EXPORTERS, Origin
from legenda.jobs.chats import Citation, Said
from legenda.jobs.meter import Standing
from legenda.jobs.record import (
    DeliveryEvent,
    DeliveryRecord,
    DeliveryState,
    Event,
    Failure,
    Input,
    Job,
    JobRequest,
    Member,
    PageRecord,
    Stored,
)
from legenda.jobs.searching import Phase, Sought
from legenda.options import Effort
from legenda.server import admission, files
from legenda.server.admission import Order, Part
from legenda.server.api import jobs, results
from legenda.server.api.models import JobOptions
from legenda.server.auth import Caller
from legenda.server.hub import changed
from legenda.server.problems import missing
from legenda.server.service import Service, service_of
from legenda.server.snapshots import Snapshot

__all__ = [
    "Answer",
    "Ask",
    "Citation",
    "DeliveryRecord",
    "DeliveryState",
    "Event",
    "Failure",
    "Job",
    "Member",
    "PageRecord",
    "Part",
    "Phase",
    "Said",
    "Snapshot",
    "Sought",
    "Standing",
    "Stored",
    "answered",
    "cancel",
    "changes",
    "closed",
    "credits",
    "delete",
    "document",
    "exported",
    "generating",
    "named",
    "owned",
    "page_document",
    "page_documents",
    "rows",
    "said",
    "say",
    "standing",
    "submit",
    "text",
    "waiting",
]

INTERIM_SECONDS = 10.0
"""How often a client that waits is told that somebody is still there."""
_PAGES = 1000


@dataclass
class Ask:
    """A job as a dialect wants it; what is not said is as in `legenda.jobs.record.JobRequest`.

    Attributes:
        dialect: which protocol asked; at most 16 characters.
        parts: the inputs; several are one job whose pages count on, in this order, and none one without pages.
        metadata: the caller's own; at most 16 KiB as JSON.
        told: what the dialect needs to answer later, as JSON, at most 256 KiB: `job.request.told`. Sealed.
        expires_seconds: results are kept for so long after the end, at most as long as usual.
        start_seconds: the job fails with the code `not_started` if nobody has begun it by then.
        idempotency: the same one of the same tenant gives the same job, if all of the request is the same.
    """

    dialect: str
    parts: Sequence[Part]
    tier: Effort = "balanced"
    languages: Sequence[str] = ()
    pages: str = ""
    formats: Sequence[str] = ()
    structure: bool | None = None
    box: Sequence[float] | None = None
    color: str | None = None
    tool: str = ""
    password: str | None = field(default=None, repr=False)
    priority: int = 0
    webhook: str = field(default="", repr=False)
    webhook_events: tuple[DeliveryEvent, ...] = ("closed",)
    deliver: str = field(default="", repr=False)
    deliver_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    idempotency: str = ""
    expires_seconds: float | None = None
    start_seconds: float | None = None


async def submit(request: Request, caller: Caller, ask: Ask) -> Job:
    """Make a job, through the same checks as those of `/v1`.

    Raises:
        ValidationError: an option cannot be (pydantic).
        LegendaError: an option, an input or a URL is refused (`place` tells which input); no credits; the queue is
            full; the idempotency key stands for another request.
    """
    service = service_of(request)
    options, cap = _options(ask), admission.cap(service, caller)
    with ExitStack() as stack:
        parts = [await _at_hand(request, stack, part, cap, place) for place, part in enumerate(ask.parts)]
        order = Order(options, parts, ask.idempotency, _more(ask))
        job, _ = await to_thread.run_sync(admission.take, service, caller, order, limiter=service.slow)
    return job


async def _at_hand(request: Request, stack: ExitStack, part: Part, cap: int, place: int) -> Part:
    """The part; where it names a file that lies here, the file itself."""
    try:
        found = await files.own(request, part.url, cap=cap) if part.url else None
    except LegendaError as error:
        error.place = place
        raise
    if found is None:
        return part
    stack.enter_context(found.data)  # type: ignore[arg-type]
    return Part(part.name or found.name, found.data)


def _options(ask: Ask) -> JobOptions:
    names = ("tier", "pages", "structure", "box", "color", "tool", "password", "priority", "webhook", "deliver")
    given = {name: getattr(ask, name) for name in names} | {"metadata": dict(ask.metadata)}
    return JobOptions.model_validate(given | {"languages": list(ask.languages), "formats": list(ask.formats)})


def _more(ask: Ask) -> dict[str, Any]:
    return {
        "dialect": ask.dialect,
        "told": dict(ask.told),
        "webhook_events": ask.webhook_events,
        "deliver_headers": dict(ask.deliver_headers),
        "expires_seconds": ask.expires_seconds,
        "start_seconds": ask.start_seconds,
    }


async def closed(request: Request, job: Job, seconds: float, enough: Callable[[Job], bool] = lambda job: False) -> Job:
    """The job when it is closed, or as it stands when the time is over, the caller gone or the server ending.

    Args:
        request: that waits.
        job: as it stood.
        seconds: most it waits.
        enough: ends the waiting, too, such as when the job turns out to be large.
    """
    until, silent = time.monotonic() + seconds, time.monotonic() + INTERIM_SECONDS
    with service_of(request).hub.listening(job.id) as news:
        while True:
            job = await _again(request, job)
            if job.final or enough(job) or time.monotonic() >= until or service_of(request).hub.closed:
                return job
            await changed(news, min(until, silent) - time.monotonic())
            if await request.is_disconnected():
                return job
            if time.monotonic() >= silent:  # however many pages came meanwhile
                silent = time.monotonic() + INTERIM_SECONDS
                await _still_here(request)


async def changes(request: Request, job: Job, every: float = 10.0) -> AsyncIterator[Job]:
    """The job as it stands, then whenever something happens to it or `every` so many seconds, until it is closed."""
    hub = service_of(request).hub
    with hub.listening(job.id) as news:
        while True:
            job = await _again(request, job)
            yield job
            if job.final or hub.closed:
                return
            await changed(news, every)


async def _again(request: Request, job: Job) -> Job:
    found: Job | None = await run_in_threadpool(service_of(request).store.job, job.id)
    if found is None:
        raise missing()
    return found


async def _still_here(request: Request) -> None:
    interim = request.scope.get("extensions", {}).get("legenda.interim")
    if callable(interim) and isawaitable(sent := interim()):
        await sent


async def owned(request: Request, caller: Caller, id: str) -> Job:
    """A job of the caller's tenant, whichever dialect asked for it. Raises `ProblemError`: 404, there is none."""
    return await run_in_threadpool(jobs.owned, service_of(request), caller, id)


async def named(request: Request, caller: Caller, idempotency: str) -> Job:
    """The job of the caller's tenant that was asked for with this key; raises like `owned`."""
    found = await run_in_threadpool(service_of(request).store.named, caller.tenant, idempotency)
    if found is None:
        raise missing()
    return found


async def standing(request: Request, caller: Caller, id: str) -> Snapshot:
    """The same from memory, with its place in the queue, for those who ask often; see `api.jobs.standing`."""
    return await jobs.standing(request, caller, id)


async def waiting(request: Request) -> int:
    """How many jobs nobody has begun yet, of all callers."""
    return await run_in_threadpool(service_of(request).store.unbegun)


async def cancel(request: Request, caller: Caller, id: str) -> Job:
    """Call off what is not closed yet; raises like `owned`."""
    job, service = await owned(request, caller, id), service_of(request)
    cancelled = await run_in_threadpool(service.store.cancel, job.id)
    service.snapshots.forget((id,))
    return cancelled or job


async def delete(request: Request, caller: Caller, id: str) -> None:
    """Delete a job with all that is known of it; raises like `owned`."""
    await jobs.delete(request, id, caller)
    service_of(request).snapshots.forget((id,))


def rows(service: Service, job: Job) -> list[PageRecord]:
    """How each page stands, in order. Blocks."""
    found: list[PageRecord] = []
    while batch := service.store.pages(job.id, after=found[-1].number if found else 0, limit=_PAGES):
        found += batch
    return found


async def page_documents(service: Service, job: Job) -> Document:
    """What was read; pages that failed are there without text, with a problem.

    Raises:
        NotFoundError: it is deleted, or nothing was made of it yet.
    """
    return await run_in_threadpool(document, service, job)


async def page_document(service: Service, row: PageRecord) -> Page | None:
    """A page as soon as it is read, with spans of its own; `None` if it is not, or is deleted by now."""
    return await run_in_threadpool(_page, service, row)


async def exported(request: Request, job: Job, format: str) -> Stored:
    """The result of a done job in a format, made now if nobody asked for it before; `service.blobs` has its bytes.

    Raises:
        ProblemError: 409, 410 or 422: it cannot be made, and why.
    """
    return job.results.get(format) or await results.made(service_of(request), job, format)


async def answered(request: Request, job: Job, question: str) -> Answer:
    """What a done job's document says to a question.

    Raises:
        NotFoundError: what was read is deleted.
    """
    found = await generating(request, job, question)
    if isinstance(found, Answer):
        return found
    await run_in_threadpool(list, found)
    return found.answer


async def generating(request: Request, job: Job, question: str) -> Generating | Answer:
    """The answer, or where a language model is configured, the answer it is going to word.

    Raises:
        NotFoundError: what was read is deleted.
    """
    service = service_of(request)
    asker = await run_in_threadpool(service.askers.of, job, lambda: document(service, job))
    model = Model.configured(service.settings)
    if model is None:
        return await run_in_threadpool(asker.answer, question)
    before = [{"role": one.role, "content": one.content} for one in await said(request, job)]
    return Generating(asker, model, question, before)


async def said(request: Request, job: Job) -> list[Said]:
    """The conversation about a job, in order."""
    return await run_in_threadpool(service_of(request).store.chats.of, job.id)


async def say(request: Request, job: Job, said: Sequence[Said]) -> None:
    """Keep what was said about a job.

    Raises:
        ProblemError: 404, it is gone by now.
        LimitError: there is too much of it.
    """
    if not await run_in_threadpool(service_of(request).store.chats.add, job.id, said):
        raise missing()


def credits(service: Service, caller: Caller) -> Standing:
    """How the account of a caller stands. Blocks."""
    of = JobRequest(caller.tenant, Input(""), key_id=caller.key_id, caller=caller.address, plan=caller.plan)
    with service.store.engine.connect() as db:
        return service.store.meter.standing(db, of, time.time())


def text(pages: Iterable[Page], format: str) -> str:
    """Pages as a text format (`txt`, `md`, ...) has them, without the end of the last line."""
    out = BytesIO()
    exporter = EXPORTERS[format](out, Origin())
    for page in pages:
        exporter.add(page)
    exporter.close()
    return out.getvalue().decode().rstrip("\n")


def document(service: Service, job: Job) -> Document:
    """What was read, as `page_documents` gives it. Blocks."""
    if stored := job.results.get("json"):
        return from_json(service.blobs.get(stored.key))
    found = rows(service, job)
    if job.state != "failed":
        raise NotFoundError("There is no document", f"the job is {job.state}")
    pages = [Page(row.number, 0.0, 0.0, "pixel", problems=_problems(row.failure)) for row in found]
    return assemble(pages, job.request.source.name)


def _problems(failure: Failure | None) -> tuple[Problem, ...]:
    return (Problem(failure.code, failure.message),) if failure else ()


def _page(service: Service, row: PageRecord) -> Page | None:
    if not row.key:
        return None
    try:
        return page_from_dict(json.loads(service.blobs.get(row.key)))
    except NotFoundError:
        return None
