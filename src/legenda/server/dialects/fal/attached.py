"""Runs that clients wait for. A client that lost patience asks again; it is led to the job that runs already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from legenda.server.asking import Job

Key = tuple[str, ...]


@dataclass
class Run:
    """A job that somebody waits for.

    Attributes:
        submitted: gives the job.
        waiting: how many requests wait for it.
        closed: it is known to be closed.
    """

    submitted: asyncio.Task[Job]
    waiting: int = 0
    closed: bool = False


class Attached:
    """Which requests wait for which jobs; of those that wait in this process, since they end with it."""

    def __init__(self) -> None:
        self._runs: dict[Key, Run] = {}

    @asynccontextmanager
    async def waiting(
        self, key: Key, submit: Callable[[], Coroutine[Any, Any, Job]], leave: Callable[[Job], Awaitable[Any]]
    ) -> AsyncIterator[tuple[Run, Job]]:
        """The job of a run, as long as one waits for it.

        Args:
            key: of the run: who asks, for what.
            submit: makes the job, if none runs for the same key. Raises what it likes, to all who wait.
            leave: is called with the job when nobody waits any more and it is not closed.
        """
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = Run(asyncio.create_task(submit()))
        run.waiting += 1
        try:
            yield run, await asyncio.shield(run.submitted)
        finally:
            run.waiting -= 1
            if not run.waiting:
                del self._runs[key]
                if not run.closed:
                    await asyncio.shield(asyncio.create_task(_left(run, leave)))


async def _left(run: Run, leave: Callable[[Job], Awaitable[Any]]) -> None:
    """Also where the caller went while the job was still being made."""
    try:
        job = await run.submitted
    except Exception:  # those who waited were told
        return
    await leave(job)
