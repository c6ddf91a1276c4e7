"""Takes work from the store, has an executor do it, and tells the store what became of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from legenda.errors import LegendaError, StorageError
from legenda.execute import prepare
from legenda.execute.base import Executor, Outcome, Unit, UnitLostError
from legenda.execute.chores import Chores
from legenda.execute.courier import Courier
from legenda.execute.leases import Lease, Leases
from legenda.jobs.keys import Keys
from legenda.jobs.names import input_key
from legenda.jobs.plans import check_input, most_megabytes
from legenda.jobs.record import Claim, Failure, Input, PageDone, Prepared
from legenda.jobs.seal import Seal
from legenda.options import Limits

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.execute.hooks import Hook
    from legenda.jobs.store import JobStore
    from legenda.settings import Settings

_log = logging.getLogger(__name__)
_IDLE = 1.0
"""Seconds after which the queue is looked at though nobody of this process changed it."""
_PAUSE = 2.0
"""Seconds of rest when the database or the blob store fails."""
_PAGES = 4
"""Most pages of a unit: few enough that many workers share a document, and that little waits behind a bad page."""
_FAREWELL = 5.0
"""Seconds a thread has for telling the store what became of a unit that was stopped."""
_FETCHES = 16
"""Inputs that are fetched at once: servers may be slow, and workers are not for waiting."""


class Dispatcher:
    """The one that makes things happen; a process has one.

    Args:
        store: of jobs.
        blobs: of inputs and results.
        executor: does the work.
        settings: of the installation.
        node: names this process among others; a process that follows it has the same.
        hooks: how dialects tell their callers.
    """

    def __init__(
        self,
        store: JobStore,
        blobs: BlobStore,
        executor: Executor,
        settings: Settings,
        *,
        node: str,
        hooks: Mapping[str, Hook] | None = None,
    ) -> None:
        self._store, self._blobs, self._executor, self._settings = store, blobs, executor, settings
        self._node = node
        self._leases = Leases(store, settings.lease_seconds)
        courier = Courier(store, blobs, Keys(store.engine, Seal.of(settings)), settings, node=node, hooks=hooks)
        self._chores = Chores(store, blobs, courier, settings.retention_hours * 3600, node=node)
        self._limits = Limits(bytes=settings.upload_megabytes * 2**20, pages=settings.pages)
        self._claiming = threading.Lock()
        self._nothing, self._looked = -1, 0.0  # version of the store at which there was nothing to claim, and when
        self._stopping = threading.Event()
        self._closed = False
        self._fetches = threading.BoundedSemaphore(_FETCHES)
        self._fetching: dict[str, Claim] = {}  # by token
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take up what this node left when it ended, and begin."""
        self._store.recover(self._node)
        self._leases.start()
        self._chores.start()
        for number in range(self._executor.capacity("cpu")):
            self._begin(self._work, f"unit-{number}")

    def drain(self, seconds: float) -> None:
        """Claim nothing more, wait so many seconds for what is being done, give back the rest, and close the executor.

        Servers that inputs are fetched from are not waited for.
        """
        deadline = time.monotonic() + seconds
        self._stopping.set()
        self._store.changed.notify()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._closed = True
        self._executor.close()
        for thread in self._threads:
            thread.join(_FAREWELL)
        for claim in list(self._fetching.values()):
            self._store.release(claim, ())
        self._leases.close()
        self._chores.close(max(0.0, deadline - time.monotonic()))

    def _begin(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                if claim := self._claimed():
                    self._do(claim)
            except Exception:  # the database is away; or a bug: the lease runs out, and the work is lost, not we
                _log.exception("a unit was left")
                self._stopping.wait(_PAUSE)

    def _claimed(self) -> Claim | None:
        """The next work; `None` after waiting for some in vain. One thread asks for all."""
        changed = self._store.changed
        with self._claiming:
            version = changed.version
            due = version != self._nothing or time.monotonic() - self._looked > _IDLE
            if due and not self._stopping.is_set():
                claim = self._store.claim(self._node, lease=self._leases.seconds, pages=_PAGES)
                if claim:
                    return claim
                self._nothing, self._looked = version, time.monotonic()
        changed.wait(version, _IDLE)
        return None

    def _do(self, claim: Claim) -> None:
        source = claim.job.request.source
        partial = claim.stage == "prepare" and not source.complete
        if partial and self._fetches.acquire(blocking=False):
            self._fetching[claim.token] = claim
            threading.Thread(target=self._fetch_apart, args=(claim,), name="fetch", daemon=True).start()
            return
        with self._leases.held(claim) as lease:
            self._fetch(claim, lease) if partial else self._run(claim, lease)

    def _fetch_apart(self, claim: Claim) -> None:
        try:
            with self._leases.held(claim) as lease:
                self._fetch(claim, lease)
        except Exception:
            _log.exception("an input was left")
        finally:
            self._fetching.pop(claim.token, None)
            self._fetches.release()

    def _fetch(self, claim: Claim, lease: Lease) -> None:
        """Fetch the input, then look at it; without having been looked at, it does not stay."""
        request, key = claim.job.request, input_key(claim.job.id)
        megabytes = most_megabytes(self._settings, request.plan)
        try:
            source = prepare.fetched(request.source, key, self._blobs, megabytes, self._settings.allow_hosts)
        except StorageError as error:
            self._unstored(claim, (), error)
            return
        except LegendaError as error:
            self._store.failed(claim, _failure(error))
            return
        kept = not lease.lost and self._run(_from(claim, source), lease)
        if not kept and ((job := self._store.job(claim.job.id)) is None or job.final):
            self._blobs.delete([key])  # else somebody else looks at it

    def _run(self, claim: Claim, lease: Lease) -> bool:
        """Have a unit run, and report; tells whether all of it was done and wanted."""
        left = set(claim.pages) if claim.stage == "read" else {0}
        running = self._executor.run(self._unit(claim))
        try:
            for outcome in running:
                if lease.lost or (outcome is not None and not self._report(claim, outcome, left)):
                    break
        except UnitLostError as error:
            self._lost(claim, left - {0}, error)
        except StorageError as error:
            self._unstored(claim, left - {0}, error)
        except LegendaError as error:
            self._store.failed(claim, _failure(error))
        except OSError as error:
            _log.error("no worker can be started", exc_info=error)
            self._stopping.wait(_PAUSE)
            self._store.release(claim, sorted(left - {0}))
        finally:
            running.close()
        return not left

    def _report(self, claim: Claim, outcome: Outcome, left: set[int]) -> bool:
        done = 0
        if isinstance(outcome, Prepared):
            check_input(self._settings, claim.job.request, len(outcome.pages))
            wanted = self._store.prepared(claim, outcome)
        elif isinstance(outcome, PageDone):
            wanted, done = self._store.page(claim, outcome), outcome.number
        else:
            wanted = self._store.assembled(claim, outcome)
        if wanted:
            left.discard(done)
        return wanted

    def _lost(self, claim: Claim, pages: set[int], error: UnitLostError) -> None:
        if self._closed:
            self._store.release(claim, sorted(pages))
            return
        fields = {"job": claim.job.id, "stage": claim.stage, "pages": len(pages), "cause": error.cause}
        _log.warning("a unit was lost", extra={"fields": fields | {"detail": error.detail}})
        self._store.lost(claim, sorted(pages), error.cause, error.detail)

    def _unstored(self, claim: Claim, pages: set[int] | tuple[()], error: StorageError) -> None:
        """The blob store is away: no fault of the page, but it may not be tried forever."""
        _log.error("the blob store failed", exc_info=error)
        self._stopping.wait(_PAUSE)
        self._store.lost(claim, sorted(pages), "lost", error.what)

    def _unit(self, claim: Claim) -> Unit:
        settings = self._settings
        return Unit(_bare(claim), self._blobs.url, settings.worker_megabytes, settings.page_seconds, self._limits)


def _bare(claim: Claim) -> Claim:
    """Without the secrets that reading needs not: engines are others' code."""
    source = replace(claim.job.request.source, url="", urls={})
    request = replace(
        claim.job.request, webhook="", deliver="", deliver_headers={}, metadata={}, told={}, source=source
    )
    return replace(claim, job=replace(claim.job, request=request))


def _from(claim: Claim, source: Input) -> Claim:
    """The claim with its input there."""
    return replace(claim, job=replace(claim.job, request=replace(claim.job.request, source=source)))


def _failure(error: LegendaError) -> Failure:
    return Failure(error.code, str(error), error.place)
