"""How jobs that were waited for came out, where the answer to the request that made them says it."""

from __future__ import annotations

from legenda.server.asking import Job
from legenda.server.problems import STATUS, ProblemError


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
