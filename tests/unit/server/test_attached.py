from __future__ import annotations

import asyncio
from typing import Any

import pytest

from legenda.jobs.record import Input, Job, JobRequest
from legenda.server.dialects.attached import Attached

JOB = Job("j", "queued", JobRequest("t", Input("")), 0.0)


class Desk:
    """Submits, and calls off; counts both."""

    def __init__(self, fails: bool = False) -> None:
        self.submitted, self.left, self._fails = 0, asyncio.Event(), fails

    async def submit(self) -> Job:
        self.submitted += 1
        await asyncio.sleep(0)
        if self._fails:
            raise ValueError
        return JOB

    async def leave(self, job: Job) -> None:
        self.left.set()


async def wait(attached: Attached, desk: Desk, seconds: float, closed: bool) -> str:
    async with attached.waiting(("k",), desk.submit, desk.leave) as (run, job):
        await asyncio.sleep(seconds)
        run.answered = closed
        return job.id


def test_the_same_asked_at_once_is_one_job() -> None:
    async def main() -> Any:
        attached, desk = Attached(0.01), Desk()
        found = await asyncio.gather(*(wait(attached, desk, 0.01, True) for _ in range(3)))
        return found, desk.submitted, desk.left.is_set(), attached._runs

    assert asyncio.run(main()) == (["j"] * 3, 1, False, {})


def test_who_comes_back_finds_the_job() -> None:
    async def main() -> Any:
        attached, desk = Attached(30.0), Desk()
        impatient = asyncio.create_task(wait(attached, desk, 30.0, False))
        await asyncio.sleep(0.02)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        await wait(attached, desk, 0.0, True)
        return desk.submitted, desk.left.is_set(), attached._runs

    assert asyncio.run(main()) == (1, False, {})


@pytest.mark.parametrize("seconds", [0.0, 0.02])
def test_nobody_comes_back(seconds: float) -> None:
    """Also where the caller went before the job was made."""

    async def main() -> Any:
        attached, desk = Attached(0.01), Desk()
        impatient = asyncio.create_task(wait(attached, desk, 30.0, False))
        await asyncio.sleep(seconds)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        await asyncio.wait_for(desk.left.wait(), 10)
        return desk.submitted, attached._runs

    assert asyncio.run(main()) == (1, {})


def test_what_cannot_be_made_is_told_to_all_and_forgotten() -> None:
    async def main() -> Any:
        attached, desk = Attached(30.0), Desk(fails=True)
        found = await asyncio.gather(*(wait(attached, desk, 0.0, True) for _ in range(2)), return_exceptions=True)
        return [type(error) for error in found], attached._runs

    assert asyncio.run(main()) == ([ValueError, ValueError], {})
