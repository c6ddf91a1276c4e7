"""Jobs that are waited for, and how they came out, where the answer to the request that made them says it."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from itertools import takewhile

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.server import asking
from legenda.server.asking import Ask, Job, PageRecord
from legenda.server.auth import Caller
from legenda.server.dialects.attached import Attached
from legenda.server.problems import STATUS, ProblemError
from legenda.server.service import Service, service_of

_PATIENCE = 3600.0  # seconds; no client known here waits for longer
_BATCH = 100
_OVER = frozenset(("done", "failed", "cancelled"))
_attached = Attached()


async def awaited(request: Request, caller: Caller, ask: Ask, body: bytes) -> Job:
    """The job of a request, when it is closed, or nobody waits any longer.

    The same request, asked again meanwhile, waits for the same job.

    Args:
        request: that waits.
        caller: whose.
        ask: the job.
        body: of the request.

    Raises:
        LegendaError: as `asking.submit`.
    """
    service = service_of(request)
    key = (str(service.uploads), ask.dialect, caller.tenant, caller.key_id, sha256(body).hexdigest())
    submit, leave = partial(asking.submit, request, caller, ask), partial(_call_off, service)
    async with _attached.waiting(key, submit, leave) as (run, job):
        job = await asking.closed(request, job, _PATIENCE)
        await run.ended(request, job)
    return job


async def _call_off(service: Service, job: Job) -> None:
    await run_in_threadpool(service.store.cancel, job.id)


def following(service: Service, job: Job, after: int) -> list[PageRecord]:
    """Pages after a number, as far as all before them are read, or never will be. Blocks."""
    return list(takewhile(lambda row: row.state in _OVER, service.store.pages(job.id, after=after, limit=_BATCH)))


def check(job: Job) -> None:
    """Whether there is something to answer with.

    Raises:
        ProblemError: the job failed, was called off, or takes longer than anybody waits.
    """
    if job.state in ("done", "partial"):
        return
    if job.state == "failed" and job.failure:
        code = job.failure.code
        raise ProblemError(STATUS.get(code, 500), code, job.failure.message, part=job.failure.part)
    if job.final:
        raise ProblemError(410, "no_result", f"The job is {job.state}.")
    raise ProblemError(503, "not_done", "The job is not done yet.", retry_after=5)
