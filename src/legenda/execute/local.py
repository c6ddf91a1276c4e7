"""Runs units in worker processes on this machine, each started when it is first needed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator
from queue import Empty, SimpleQueue
from typing import TypeAlias

from legenda.execute.base import TICK, Outcome, Unit, UnitLostError
from legenda.execute.supervisor import Worker
from legenda.pipeline.process import usual_workers

_Turn: TypeAlias = "SimpleQueue[Worker | Exception]"
"""What a thread waits at: a worker comes, or why there is none."""


class LocalExecutor:
    """An `Executor` on this machine.

    Args:
        workers: processes; 0 for one a core, as long as there is a gigabyte of memory for each.
        units: of work after which a process is replaced.
    """

    def __init__(self, workers: int = 0, units: int = 500) -> None:
        self.workers = workers or usual_workers()
        self._units = units
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []
        self._waiting: deque[_Turn] = deque()
        self._started = 0
        self._closed = False
        self._settled = threading.Condition(self._lock)

    def capacity(self, lane: str) -> int:
        """One more than there are workers: its unit is there when a worker has done another."""
        return self.workers + 1 if lane == "cpu" else 0

    def pids(self) -> list[int]:
        """The processes there are."""
        with self._lock:
            return [worker.pid for worker in (*self._idle, *self._busy)]

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit as soon as a worker is free; see `Executor.run`."""
        worker = yield from self._taken(unit)
        running = worker.run(unit)
        try:
            yield from running
        finally:
            running.close()
            self._given_back(worker)

    def close(self) -> None:
        """Stop all workers and wait for them; units being run raise `UnitLostError`."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
            while self._waiting:
                self._waiting.popleft().put(_closed())
            self._settled.wait_for(lambda: not self._busy)
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.leave()
        for worker in idle:
            worker.close()

    def _taken(self, unit: Unit) -> Generator[None, None, Worker]:
        with self._lock:
            if self._closed:
                raise _closed()
            if worker := self._free(unit):
                self._busy.append(worker)
                return worker
            turn: _Turn = SimpleQueue()
            self._waiting.append(turn)
        try:
            while True:
                try:
                    given = turn.get(timeout=TICK)
                except Empty:
                    yield None
                    continue
                if isinstance(given, Exception):
                    raise given
                return given
        except GeneratorExit:
            self._left(turn)
            raise

    def _free(self, unit: Unit) -> Worker | None:
        """A worker that has the input open, or any, or a new one."""
        if self._idle:
            key = unit.claim.job.request.source.key
            worker = next((worker for worker in self._idle if worker.source == key), self._idle[-1])
            self._idle.remove(worker)
            return worker
        return Worker() if len(self._busy) < self.workers else None

    def _left(self, turn: _Turn) -> None:
        """The unit is not wanted any more; a worker that was handed over meanwhile goes to the next."""
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        given = turn.get()
        if isinstance(given, Worker):
            self._given_back(given)

    def _given_back(self, worker: Worker) -> None:
        spent = not worker.alive or worker.units >= self._units
        if spent:
            worker.close()
        with self._lock:
            self._busy.remove(worker)
            self._settled.notify_all()
            if self._closed and not spent:
                self._idle.append(worker)
                return
            if self._waiting:
                self._waiting.popleft().put(self._handed(worker, spent))
            elif not spent:
                self._idle.append(worker)

    def _handed(self, worker: Worker, spent: bool) -> Worker | OSError:
        try:
            worker = Worker() if spent else worker
        except OSError as error:
            return error
        self._busy.append(worker)
        return worker


class ExportsOnly(LocalExecutor):
    """Takes no work from the queue, but what a caller waits for: formats that nobody asked for before."""

    def capacity(self, lane: str) -> int:
        """None."""
        return 0


def _closed() -> UnitLostError:
    return UnitLostError("lost", "the executor is closed")
