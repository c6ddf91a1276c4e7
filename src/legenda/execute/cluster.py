"""Runs units on a Ray cluster. Ray ends the process that loses its head, so another one speaks to it for this one.

That process is `legenda.execute.ray`. It may die, or be killed, at any time: units under way are lost then, which the
store makes good. Until another one has reached the cluster, which takes as long as Ray Serve takes to start, this
machine reads itself, with as many processes as it has cores.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from legenda.errors import LegendaError
from legenda.execute.base import TICK, Outcome, Unit, UnitLostError
from legenda.execute.standby import Standby
from legenda.jobs.record import Cause
from legenda.pipeline.messages import receive, send
from legenda.pipeline.process import Process, usual_workers

_log = logging.getLogger(__name__)
CONNECTED = "connected"
_CONNECTING = 180.0
"""Seconds the cluster has for taking the deployments; meanwhile work goes on here."""
_PAUSE = 5.0
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
    """An `Executor` on a Ray cluster, and on this machine while the cluster is away.

    Args:
        cluster: which.
        workers: units that are run at once; the cluster starts as many replicas as all who use it have units.
    """

    def __init__(self, cluster: Cluster, workers: int) -> None:
        self._cluster, self.workers = cluster, workers
        self._standby = Standby(min(workers, usual_workers()), cluster.units)
        self._changed = threading.Condition()
        self._link: _Link | None = None
        self._connecting: threading.Thread | None = None
        self._closed = threading.Event()

    def capacity(self, lane: str) -> int:
        """One more than are run at once: its unit is there when another is done."""
        return self.workers + 1 if lane == "cpu" else 0

    def run(self, unit: Unit) -> Generator[Outcome | None]:
        """Run a unit as soon as a replica is free, or a process here while the cluster is away; see `Executor.run`."""
        while (link := self._connected()) is None:
            if unit.lane == "cpu":  # what wants a GPU waits for one
                with self._standby.place() as local:
                    if local:
                        yield from local.run(unit)
                        return
            with self._changed:
                self._changed.wait(TICK)
            yield None
        self._standby.rest()
        yield from link.run(unit)

    def close(self) -> None:
        """Leave the cluster; units being run raise `UnitLostError`."""
        with self._changed:
            self._closed.set()
            link, connecting = self._link, self._connecting
        if link:
            link.close()
        if connecting:
            connecting.join()
        self._standby.close()

    def _connected(self) -> _Link | None:
        """The way to the cluster; `None` while there is none: then somebody looks for one."""
        with self._changed:
            if self._closed.is_set():
                raise UnitLostError("lost", "the executor is closed")
            if self._link and self._link.alive:
                return self._link
            if self._connecting is None:
                self._connecting = threading.Thread(target=self._connect, name="cluster", daemon=True)
                self._connecting.start()
            return None

    def _connect(self) -> None:
        why = "nobody asked"
        if self._link:  # it was lost: what reads here instead starts first, and Ray Serve takes longer anyway
            self._closed.wait(_PAUSE)
        while why and not self._closed.is_set():
            why = self._refused()
            if not why:
                _log.info("the Ray cluster is there")
            elif not self._closed.is_set():
                _log.warning("the Ray cluster is away: reading here", extra={"fields": {"detail": why}})
                self._closed.wait(_PAUSE)
        with self._changed:
            self._connecting = None
            self._changed.notify_all()

    def _refused(self) -> str:
        """Reach for the cluster; why it cannot be had."""
        try:
            link = _Link()
        except OSError as error:
            return f"no process can be started ({type(error).__name__})"
        with self._changed:
            before, self._link = self._link, link
            if self._closed.is_set():
                link.close()
        if before:
            before.close()
        return link.refused(self._cluster)


class _Link:
    """The process that speaks to the cluster.

    Attributes:
        alive: it does.
    """

    def __init__(self) -> None:
        self._runs: dict[int, SimpleQueue[Any]] = {}
        self._numbers, self._sending, self._closing = count(), threading.Lock(), threading.Lock()
        self._process = Process("legenda.execute.ray")
        self.alive = self._closed = False

    def refused(self, cluster: Cluster) -> str:
        """Have it join the cluster; why it could not, empty if it could."""
        try:
            send(self._process.link, cluster)
            self._process.link.settimeout(_CONNECTING)
            said: str = receive(self._process.link)[0]
            self._process.link.settimeout(None)
        except (EOFError, OSError):
            said = "its answer did not come"
        if said != CONNECTED:
            return said
        self.alive = True
        threading.Thread(target=self._receive, name="ray", daemon=True).start()
        return ""

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
        with self._closing:
            if not self._closed:
                self._closed, self.alive = True, False
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
