"""Tells waiting requests that their job changed: one reader of the event table for all of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from legenda.jobs.record import FINAL
from legenda.server.logs import log

if TYPE_CHECKING:
    from legenda.jobs.record import Event
    from legenda.jobs.store import JobStore

_LISTEN = 1.0  # seconds; changes made by other machines are seen this late
_GATHER = 0.02  # a page more or less a moment later is nothing to those who wait, but waking them has its price
_BATCH = 500


class Hub:
    """Reads new events as they come, in a thread of its own, and wakes the listeners of their jobs.

    Args:
        store: whose events.
        witness: is shown every event, in that thread (metrics, the log).

    Attributes:
        closed: listeners should end.
    """

    def __init__(self, store: JobStore, witness: Callable[[Sequence[Event]], None]) -> None:
        self._store, self._witness = store, witness
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._waiting: dict[str, set[asyncio.Event]] = {}  # for the end of a job
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cursor = 0
        self.closed = False

    def start(self, cursor: int) -> None:
        """Begin, in a running event loop, with the events after `cursor`."""
        self._loop, self._cursor = asyncio.get_running_loop(), cursor
        self._thread.start()

    def close(self) -> None:
        """Wake every listener for the last time; from the event loop's thread."""
        self.closed = True
        self._stop.set()
        self.tell((*self._listeners, *self._waiting))

    @contextmanager
    def listening(self, job: str, *, only_end: bool = False) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens to a job (to any: the empty id), or only when it is over."""
        event, listeners = asyncio.Event(), self._waiting if only_end else self._listeners
        listeners.setdefault(job, set()).add(event)
        try:
            yield event
        finally:
            left = listeners[job]
            left.discard(event)
            if not left:
                del listeners[job]

    def tell(self, jobs: Iterable[str], over: Iterable[str] | None = None) -> None:
        """Wake the listeners of jobs; from the event loop's thread.

        Args:
            jobs: something happened to.
            over: those of them that are over; all unless said.
        """
        jobs = list(jobs)
        for listeners, told in ((self._listeners, (*jobs, "")), (self._waiting, jobs if over is None else over)):
            for job in told:
                for event in listeners.get(job, ()):
                    event.set()

    def _run(self) -> None:
        version = self._store.changed.version
        while not self._stop.is_set():
            try:
                version = self._store.changed.wait(version, _LISTEN)
                self._read()
            except Exception:
                # a database that is away for a while must not end the server's hearing
                log.exception("events were not read")
                self._stop.wait(_LISTEN)
            self._stop.wait(_GATHER)

    def _read(self) -> None:
        full = True
        while full and not self._stop.is_set():
            events = self._store.events(None, self._cursor, _BATCH)
            full = len(events) == _BATCH
            if not events:
                return
            self._cursor = events[-1].id
            jobs, over = {event.job for event in events}, {event.job for event in events if _ends(event)}
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self.tell, jobs, over)
            self._witness(events)


def _ends(event: Event) -> bool:
    return event.kind == "state" and event.data.get("state") in FINAL


async def changed(event: asyncio.Event, seconds: float) -> bool:
    """Wait for a listener's event, at most so long; whether it came."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True
