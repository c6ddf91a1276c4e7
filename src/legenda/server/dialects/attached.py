"""Runs that clients wait for. A client that lost patience asks again, and is led to the job that runs already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from legenda.server.asking import Job

Key = tuple[str, ...]
Leave = Callable[[Job], Awaitable[Any]]
"""Calls a job off."""


@dataclass
class Run:
    """A job that somebody waits for.

    Attributes:
        submitted: gives the job.
        waiting: how many requests wait for it.
        answered: somebody who is still there has been waiting until it was closed.
        end: of the time in which somebody may come back, while nobody waits.
    """

    submitted: asyncio.Task[Job]
    waiting: int = 0
    answered: bool = False
    end: asyncio.Task[None] | None = None

    async def ended(self, request: Request, job: Job) -> None:
        """One of those who wait does so no longer; a client that is gone by now will ask again."""
        if job.final and not self.answered:
            self.answered = not await request.is_disconnected()


class Attached:
    """Which requests wait for which jobs; of those that wait in this process, since they end with it.

    Args:
        grace: seconds after which a job is called off that nobody waits for any more. fal-client asks again after up to
            30, the JavaScript client after less.
    """

    def __init__(self, grace: float = 40.0) -> None:
        self._grace, self._runs = grace, dict[Key, Run]()

    @asynccontextmanager
    async def waiting(
        self, key: Key, submit: Callable[[], Coroutine[Any, Any, Job]], leave: Leave
    ) -> AsyncIterator[tuple[Run, Job]]:
        """The job of a run, as long as one waits for it.

        Args:
            key: of the run: who asks, for what.
            submit: makes the job, if none runs for the same key. Raises what it likes, to all who wait.
            leave: is called with the job if nobody was answered and nobody came back to it.
        """
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = Run(asyncio.create_task(submit()))
        run.waiting += 1
        if run.end is not None:
            run.end.cancel()
            run.end = None
        try:
            yield run, await asyncio.shield(run.submitted)
        finally:
            run.waiting -= 1
            if not run.waiting:
                self._left(key, run, leave)

    def _left(self, key: Key, run: Run, leave: Leave) -> None:
        if run.answered or (run.submitted.done() and (run.submitted.cancelled() or run.submitted.exception())):
            del self._runs[key]
        else:
            run.end = asyncio.create_task(self._ended(key, run, leave))

    async def _ended(self, key: Key, run: Run, leave: Leave) -> None:
        await asyncio.sleep(self._grace)
        del self._runs[key]
        try:
            job = await run.submitted
        except Exception:  # nobody is there to be told
            return
        await leave(job)
