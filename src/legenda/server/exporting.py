"""Formats nobody asked for when the job was made: written now, by the same workers, once for all who ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from legenda.errors import NotFoundError, PasswordRequiredError
from legenda.execute.base import Unit, UnitLostError
from legenda.exports import EXPORTERS
from legenda.jobs.record import Claim, Job, PageRecord, Stored
from legenda.options import Limits
from legenda.server.problems import ProblemError

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.execute.base import Executor
    from legenda.jobs.store import JobStore
    from legenda.settings import Settings

_AT_ONCE = 4  # threads that wait for a worker
_PAGES = 1000


class Exporting:
    """Makes results on demand.

    Args:
        store: knows the pages, and keeps what was made, so that it is deleted with its job.
        blobs: where they lie.
        executor: of the dispatcher; exports wait for a worker like pages do.
        settings: limits of workers.
    """

    def __init__(self, store: JobStore, blobs: BlobStore, executor: Executor, settings: Settings) -> None:
        self._store, self._blobs, self._executor, self._settings = store, blobs, executor, settings
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._running: dict[tuple[str, str], asyncio.Task[Stored]] = {}

    async def made(self, job: Job, format: str) -> Stored:
        """The result of a closed job in a format.

        Raises:
            ProblemError: 409, 410 or 422: it cannot be made, and why.
        """
        asked = job.id, format
        task = self._running.get(asked)
        if task is None:
            task = self._running[asked] = asyncio.create_task(self._make(job, format))
            task.add_done_callback(lambda ended: self._ended(asked, ended))
        return await asyncio.shield(task)  # others may wait for the same

    def _ended(self, asked: tuple[str, str], task: asyncio.Task[Stored]) -> None:
        del self._running[asked]
        if not task.cancelled():
            task.exception()  # seen, though all who asked may have left

    async def _make(self, job: Job, format: str) -> Stored:
        async with self._turns:
            return await run_in_threadpool(self._export, job, format)

    def _export(self, job: Job, format: str) -> Stored:
        found = self._store.job(job.id)
        if found is None or found.state == "expired":
            raise _gone()
        if format in found.results:
            return found.results[format]
        claim = _claim(self._store, replace(found, request=replace(found.request, formats=(format,))))
        results = self._assembled(claim)
        if not self._store.exported(job.id, results, claim.keys):
            now = self._store.job(job.id)
            if now is not None and now.state != "expired":  # a page was corrected while this was made
                return self._export(job, format)
            self._blobs.delete([stored.key for stored in results.values()])
            raise _gone()
        return results[format]

    def _assembled(self, claim: Claim) -> dict[str, Stored]:
        job = claim.job
        if EXPORTERS[job.request.formats[0]].keeps_original and not job.request.source.key:
            raise _deleted()
        settings = self._settings
        unit = Unit(claim, self._blobs.url, settings.worker_megabytes, settings.page_seconds, Limits())
        try:
            found = next(outcome for outcome in self._executor.run(unit) if isinstance(outcome, dict))
        except NotFoundError:
            raise _deleted() from None
        except PasswordRequiredError:
            detail = "The password is forgotten when a job is closed: ask for this format when the job is made."
            raise ProblemError(409, "password_required", detail) from None
        except (UnitLostError, StopIteration):
            raise ProblemError(409, "not_made", "The format could not be made; try again.", retry_after=5) from None
        return found


def _claim(store: JobStore, job: Job) -> Claim:
    pages: list[PageRecord] = []
    while batch := store.pages(job.id, after=pages[-1].number if pages else 0, limit=_PAGES):
        pages += batch
    done = [page for page in pages if page.key]
    failures = {page.number: page.failure for page in pages if page.failure}
    return Claim(
        "assemble",
        job,
        "",
        tuple(page.number for page in done),
        keys=tuple(page.key for page in done),
        failures=failures,
    )


def _deleted() -> ProblemError:
    return ProblemError(410, "input_deleted", "What this format is made of is deleted (the input, or the pages).")


def _gone() -> ProblemError:
    return ProblemError(410, "expired", "What was read is deleted: its time was over.")
