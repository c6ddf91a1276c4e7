"""A worker process, seen from the process that started it: gives it units, watches it, and says what became of it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import tempfile
import time
from collections.abc import Generator
from typing import NamedTuple

from legenda.errors import LegendaError
from legenda.execute.base import TICK, Outcome, Unit, UnitLostError
from legenda.jobs.record import Cause
from legenda.pipeline.messages import receive, send
from legenda.pipeline.process import Process

READY, BEGUN, FINISHED, ENOUGH = "ready", "begun", "finished", "enough"
"""A worker's first message; its first and last of a unit; and to it: no further page of this unit."""

_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "TOKIO_WORKER_THREADS": "1"}  # each arena and thread takes address space
_STARTING = 60.0
"""Seconds a worker may take to import what it needs, on a machine that is busy."""
_ATTEMPTS = 4
_GRACE = 1.0
"""Seconds a worker has for the page it reads when the unit is not wanted any more: starting another takes longer."""
_COMPLAINTS = (b"bad_alloc", b"out of memory", b"cannot allocate", b"memory allocation")
_LAST_WORDS = 2000
_MANY_WORDS = 2**20


class Lost(NamedTuple):
    """The message of a worker that is not to be used again, nor its unit done."""

    cause: Cause
    detail: str


class Worker:
    """One process, used by one thread at a time.

    Attributes:
        units: it was given.
        source: key of the input it may have open.
        alive: whether it can be given another unit.
    """

    def __init__(self) -> None:
        self.units, self.source, self.alive = 0, "", True
        # what engines print may be text of a document: kept in a nameless file, looked through, and shown to nobody
        self._complaints = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self._start()

    def _start(self) -> None:
        self._ready = self._busy = False
        self._process = Process("legenda.execute.worker", self._complaints, _ENVIRONMENT)
        self._poll = select.poll()
        self._poll.register(self._process.link, select.POLLIN)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit; see `Executor.run`. Closing the generator stops the unit, and the process if need be."""
        try:
            yield from self._begin(unit)
            yield from self._outcomes(unit)
        except (EOFError, OSError):
            raise self._death() from None
        finally:
            if self._busy and self.alive:
                self._stop()

    def kill(self) -> None:
        """Kill the process and all it started; whoever runs a unit of it learns that it is gone."""
        self.alive = False
        self._process.kill_tree()

    def leave(self) -> None:
        """Let it go; it closes what it has open first."""
        self._process.leave()

    def close(self) -> None:
        """Wait for it, or kill it."""
        self._process.close()
        self._complaints.close()

    def _begin(self, unit: Unit) -> Generator[None]:
        """Have the process take the unit. If it dies before it does, that is not the unit's fault: it gets another."""
        self.units, self.source = self.units + 1, unit.claim.job.request.source.key
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._process.kill_tree()
                self._process.close()
                self._start()
            if not self.alive:
                break  # somebody killed it on purpose
            with contextlib.suppress(EOFError, OSError):
                yield from () if self._ready else self._heard(READY)
                self._ready = self._busy = True
                send(self._process.link, unit)
                yield from self._heard(BEGUN)
                return
        raise self._killed("lost", "no worker could be started")

    def _heard(self, word: str) -> Generator[None]:
        deadline = time.monotonic() + _STARTING
        while not self._poll.poll(TICK * 1000):
            if time.monotonic() > deadline:
                raise EOFError
            yield None
        if receive(self._process.link)[0] != word:
            raise EOFError

    def _outcomes(self, unit: Unit) -> Generator[Outcome | None]:
        deadline = time.monotonic() + unit.seconds
        while True:
            if not self._poll.poll(TICK * 1000):
                self._check(unit, deadline)
                yield None
                continue
            message, _ = receive(self._process.link)
            if message == FINISHED:
                self._busy = False
                self._forget_words()
                return
            if isinstance(message, LegendaError):
                self._busy = False
                raise message
            if isinstance(message, Lost):
                raise self._killed(*message)
            deadline = time.monotonic() + unit.seconds
            yield message

    def _check(self, unit: Unit, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise self._killed("timed_out", f"stopped after {unit.page_seconds:g} s")
        if self._process.resident() > unit.megabytes * 2**20:
            raise self._killed("out_of_memory", f"stopped at more than {unit.megabytes} MiB")

    def _stop(self) -> None:
        """The rest of the unit is not wanted; the process is kept if it is done with its page soon."""
        deadline = time.monotonic() + _GRACE
        with contextlib.suppress(EOFError, OSError):
            send(self._process.link, ENOUGH)
            while (left := deadline - time.monotonic()) > 0 and self._poll.poll(left * 1000):
                message, _ = receive(self._process.link)
                if message == FINISHED or isinstance(message, LegendaError):
                    self._busy = False
                    return
        self.kill()

    def _killed(self, cause: Cause, detail: str) -> UnitLostError:
        self.kill()
        return UnitLostError(cause, detail)

    def _death(self) -> UnitLostError:
        """Why the process is gone, by its exit status and what it last complained about."""
        self.kill()  # what it started; it is dead or dying, which leaves its status as it is
        status = self._process.ended()
        number = -status if status < 0 else 0
        if number == signal.SIGXCPU:
            return UnitLostError("timed_out", "stopped after too much CPU time")
        if number == signal.SIGABRT and any(words in self._last_words() for words in _COMPLAINTS):
            return UnitLostError("out_of_memory", "its engine could not get more memory")
        if number == signal.SIGKILL:
            return UnitLostError("lost", "its worker was killed")
        return UnitLostError("crash", f"its worker died {Process.how(status)}")

    def _forget_words(self) -> None:
        if os.fstat(self._complaints.fileno()).st_size > _MANY_WORDS:
            self._complaints.truncate(0)

    def _last_words(self) -> bytes:
        end = self._complaints.seek(0, 2)
        self._complaints.seek(max(0, end - _LAST_WORDS))
        return self._complaints.read().lower()
