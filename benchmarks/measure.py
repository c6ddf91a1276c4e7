"""Processes that are measured: CPU seconds with their children, wall seconds, peak memory of the whole tree."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

SAMPLING = 0.05  # seconds between two looks at a worker's memory
MEGABYTE = 1e6
# every pool of threads that the libraries of the programs compared may open
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OMP_THREAD_LIMIT",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    )
}


def pin() -> None:
    """Hold this process and those it starts to one thread per pool; to be called before anything heavy is imported."""
    os.environ |= ONE_THREAD
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


@dataclass(frozen=True, slots=True)
class Measured:
    """What a call gave and cost.

    Attributes:
        value: what it returned.
        cpu: seconds of processor time, user and system, of the process and its children (`processor_seconds`).
        wall: seconds that passed.
        peak: most bytes resident over the process and its children at any look; 0 if nobody looked.
    """

    value: Any
    cpu: float
    wall: float
    peak: int


class CallFailedError(Exception):
    """A call in a worker raised, crashed or took too long."""


class Worker:
    """A process that makes something slow to make once (an engine) and then answers calls to it.

    Args:
        make: called in the process; returns the callable that answers.
        log: where its standard output and error go.
        seconds: longest a call, or the making, may take.
        watched: look at its memory all the while, which slows it a little.

    Raises:
        CallFailedError: it could not be made.
    """

    def __init__(
        self, make: Callable[[], Callable[..., Any]], log: Path, seconds: float = 600.0, *, watched: bool = False
    ) -> None:
        self._make, self._log, self._seconds, self._watched = make, log, seconds, watched
        self._start()

    def _start(self) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, self._make, str(self._log)))
        self._process.start()
        theirs.close()
        try:
            self._answer()  # made
        except (EOFError, TimeoutError, OSError) as error:
            self.close()
            raise CallFailedError(f"the process did not start, see {self._log}") from error
        except BaseException:
            self.close()
            raise

    def call(self, *args: Any) -> Measured:
        """Ask the process; one that has died or was too slow is replaced.

        Raises:
            CallFailedError: the call raised, or the process did not survive it.
        """
        self._pipe.send(args)
        try:
            return self._answer()
        except (EOFError, TimeoutError, OSError) as error:
            self.close()
            self._start()
            raise CallFailedError(f"the process died or took too long ({type(error).__name__})") from error

    def _answer(self) -> Measured:
        peak = self._wait()
        ok, value, cpu, wall = self._pipe.recv()
        if not ok:
            raise CallFailedError(value)
        return Measured(value, cpu, wall, peak)

    def _wait(self) -> int:
        peak, deadline = 0, time.monotonic() + self._seconds
        while not self._pipe.poll(SAMPLING):
            if self._watched:
                peak = max(peak, resident(self._process.pid or 0))
            if time.monotonic() > deadline:
                raise TimeoutError
        return max(peak, resident(self._process.pid or 0)) if self._watched else 0

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(2)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def apart(log: Path, function: Callable[..., Any], *args: Any, seconds: float = 1800.0) -> Measured:
    """Call a function in a fresh process.

    Raises:
        CallFailedError: as for `Worker.call`.
    """
    with Worker(functools.partial(_itself, function), log, seconds) as worker:
        return worker.call(*args)


def command(args: Sequence[str | Path], repeats: int, environment: dict[str, str] | None = None) -> Measured:
    """Run a whole program some times; medians of its CPU and wall seconds, and its exit code as value.

    A program that is not installed has exit code 127, as in a shell.
    """
    if not shutil.which(args[0]):
        return Measured(127, 0.0, 0.0, 0)
    cpu, wall, code = [], [], 0
    for _ in range(repeats):
        began, spent = time.perf_counter(), processor_seconds()
        done = subprocess.run(
            [str(a) for a in args], capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False
        )
        wall.append(time.perf_counter() - began)
        cpu.append(processor_seconds() - spent)
        code = code or done.returncode
    return Measured(code, statistics.median(cpu), statistics.median(wall), 0)


def processor_seconds() -> float:
    """User and system time so far of this process, the children it has waited for, and those that wait for more work.

    The latter on Linux only, and of their first threads.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used) + sum(map(_so_far, _children()))


def _children() -> list[str]:
    return [pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()]


def _so_far(pid: str) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def tree_seconds() -> float:
    """User and system time so far of this process and all below it, those that live included."""
    total = 0.0
    process = psutil.Process()
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            total += sum(one.cpu_times()[:4])
    return total


def resident(pid: int) -> int:
    """Bytes resident over a process and all its children; what they share counts once (proportional set size)."""
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error, OSError, ValueError, StopIteration):
                lines = Path(f"/proc/{one.pid}/smaps_rollup").read_text("ascii").splitlines()
                total += 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total


def owned(pid: int) -> int:
    """Like `resident`, without memory that belongs to files: the input is mapped, and libraries are shared."""
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                used = one.memory_info()
                total += used.rss - getattr(used, "shared", 0)
    return total


def _itself(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _serve(pipe: Connection, make: Callable[[], Callable[..., Any]], log: str) -> None:
    """In the worker: make, then answer until the other end is gone."""
    pin()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    try:
        answer = make()
        pipe.send((True, None, 0.0, 0.0))
    except Exception as error:
        pipe.send((False, f"could not start: {type(error).__name__}: {error}", 0.0, 0.0))
        return
    while True:
        try:
            args = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        pipe.send(_timed(answer, args))


def _timed(answer: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any, float, float]:
    spent, began = processor_seconds(), time.perf_counter()
    try:
        value = answer(*args)
    except Exception as error:  # whatever a program throws is its result
        return False, f"{type(error).__name__}: {error}", 0.0, 0.0
    return True, value, processor_seconds() - spent, time.perf_counter() - began
