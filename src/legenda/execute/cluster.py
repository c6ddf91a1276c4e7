"""Runs units on a Ray cluster. Ray ends the process that loses its head, so another one speaks to it for this one.

That process is `legenda.execute.ray`. It may die, or be killed, at any time: units under way are lost then, which the
store makes good, and the next unit starts another.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from legenda.errors import LegendaError
from legenda.execute.base import TICK, Outcome, Unit, UnitLostError
from legenda.jobs.record import Cause
from legenda.pipeline.messages import receive, send
from legenda.pipeline.process import Process

CONNECTED = "connected"
_CONNECTING = 60.0
"""Seconds the cluster has for taking the deployments."""
_PAUSE = 1.0
"""Seconds until a cluster that did not answer is asked again."""
_SILENT = 5.0
"""Seconds without a word, of which there are four a second, after which a unit that was begun counts as lost."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which cluster, and what is deployed there.

    Attributes:
        address: as `RAY_ADDRESS` has it; empty for that variable, or the cluster of this machine.
        units: of work after which a worker process is replaced.
        gpus: share of a GPU that a replica of the lane `vlm` takes.
    """

    address: str = ""
    units: int = 500
    gpus: float = 0.5


class Ask(NamedTuple):
    """To the cluster: run a unit; without one, stop it."""

    number: int
    unit: Unit | None


class Said(NamedTuple):
    """By the cluster, about a unit: an outcome, `None` for nothing new, an error, `Gone`, or `ENDED`."""

    number: int
    what: Any


class Gone(NamedTuple):
    """The unit did not come back."""

    cause: Cause
    detail: str


ENDED = "ended"


class RayExecutor:
    """An `Executor` on a Ray cluster.

    Args:
        cluster: which.
        workers: units that are run at once; the cluster starts as many replicas as all who use it have units.
    """

    def __init__(self, cluster: Cluster, workers: int) -> None:
        self._cluster, self.workers = cluster, workers
        self._lock = threading.Lock()
        self._link: _Link | None = None
        self._not_before = 0.0
        self._closed = False

    def capacity(self, lane: str) -> int:
        """One more than are run at once: its unit is there when another is done."""
        return self.workers + 1 if lane == "cpu" else 0

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit as soon as a replica is free; see `Executor.run`."""
        yield from self._connected().run(unit)

    def close(self) -> None:
        """Leave the cluster; units being run raise `UnitLostError`."""
        with self._lock:
            self._closed = True
            if self._link:
                self._link.close()

    def _connected(self) -> _Link:
        with self._lock:
            if self._closed:
                raise UnitLostError("lost", "the executor is closed")
            if self._link is None or not self._link.alive:
                time.sleep(max(0.0, self._not_before - time.monotonic()))
                self._not_before = time.monotonic() + _PAUSE
                if self._link:
                    self._link.close()
                self._link = _Link(self._cluster)
            return self._link


class _Link:
    """The process that speaks to the cluster.

    Attributes:
        alive: it does.

    Raises:
        OSError: it cannot be reached.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._runs: dict[int, SimpleQueue[Any]] = {}
        self._numbers, self._sending = count(), threading.Lock()
        self._process = Process("legenda.execute.ray")
        self.alive = True
        try:
            send(self._process.link, cluster)
            self._process.link.settimeout(_CONNECTING)
            said = receive(self._process.link)[0]
            self._process.link.settimeout(None)
        except (EOFError, OSError):
            said = "its answer did not come"
        if said != CONNECTED:
            self.close()
            raise OSError(f"the Ray cluster cannot be used: {said}")
        self._thread = threading.Thread(target=self._receive, name="ray", daemon=True)
        self._thread.start()

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit; see `Executor.run`."""
        number, said = next(self._numbers), SimpleQueue[Any]()
        self._runs[number] = said
        ended = False
        try:
            self._send(Ask(number, unit))
            yield from self._outcomes(said)
            ended = True
        finally:
            del self._runs[number]
            if not ended:
                with contextlib.suppress(UnitLostError):
                    self._send(Ask(number, None))

    def close(self) -> None:
        """End it."""
        self.alive = False
        self._process.kill_tree()
        self._process.close()

    def _outcomes(self, said: SimpleQueue[Any]) -> Generator[Outcome | None]:
        heard: float | None = None  # until the unit is begun it may wait for a replica
        while True:
            try:
                what = said.get(timeout=TICK)
                heard = time.monotonic()
            except Empty:
                if not self.alive:
                    raise UnitLostError("lost", "the Ray cluster is away") from None
                if heard is not None and time.monotonic() - heard > _SILENT:
                    raise UnitLostError("lost", "its node is silent") from None
                yield None
                continue
            if what == ENDED:
                return
            if isinstance(what, Gone):
                raise UnitLostError(what.cause, what.detail)
            if isinstance(what, LegendaError):
                raise what
            yield what

    def _send(self, ask: Ask) -> None:
        try:
            with self._sending:
                send(self._process.link, ask)
        except OSError:
            self.alive = False
            raise UnitLostError("lost", "the Ray cluster is away") from None

    def _receive(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                said: Said = receive(self._process.link)[0]
                if waiting := self._runs.get(said.number):
                    waiting.put(said.what)
        self.alive = False
