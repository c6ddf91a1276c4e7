"""What came of a job that is closed."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from legenda.errors import NotFoundError
from legenda.server.asking import Job
from legenda.server.dialects.fal import errors
from legenda.server.dialects.fal.answers import answer
from legenda.server.dialects.fal.errors import Fault
from legenda.server.dialects.queue import outputs
from legenda.server.problems import missing
from legenda.server.service import Service


@dataclass(frozen=True, slots=True)
class Outcome:
    """Strings, or why there are none."""

    outputs: list[str] = field(default_factory=list)
    fault: Fault | None = None


async def outcome(service: Service, job: Job) -> Outcome:
    """What came of it.

    Raises:
        ProblemError: 404, it is deleted.
    """
    if job.state == "expired":
        raise missing()
    if found := await fault(service, job):
        return Outcome(fault=found)
    try:
        return Outcome(await outputs.outputs(service, job))
    except NotFoundError:
        raise missing() from None


async def fault(service: Service, job: Job) -> Fault | None:
    """Why there are no outputs, if there are none."""
    return errors.of_job(job, await outputs.unread(service, job))


def told(request: HTTPConnection, job: Job, found: Outcome) -> Response:
    """The answer."""
    if why := found.fault:
        return answer(request, why.body, why.status, why.headers)
    return answer(request, {"outputs": found.outputs}, headers={"x-fal-billable-units": str(job.page_count)})
