"""The parent's side: start a confined child, call jobs in it, say what happened to it when it dies."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import legenda.errors as errors
from legenda.errors import LegendaError, OutOfMemoryError, ParserCrashError, TimedOutError
from legenda.options import Limits
from legenda.sandbox import jobs
from legenda.sandbox.frames import Buffer, FrameError, Header, pack, unpack
from legenda.sandbox.launch import Process, Program, launch, search_path

if TYPE_CHECKING:
    from legenda.sandbox.zygote import Forked

_PREPARE = """
import json, sys
settings = json.loads(sys.argv[1])
sys.path[:] = settings["path"]
from legenda.sandbox.child import main
"""
_PIPE_BYTES = 2**20
_F_SETPIPE_SZ = 1031
_MAX_MESSAGE = 2000
_COMPLAINTS = (b"bad_alloc", b"out of memory", b"cannot allocate", b"memory allocation")
_ABORTS = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGSEGV, signal.SIGBUS}


class Reply(NamedTuple):
    """What a job gave back: JSON and raw buffers. Both come from a process that may be compromised: check them."""

    args: dict[str, Any]
    buffers: list[bytearray]


class Child:
    """One confined process. It starts at the first call and again at the first call after it died.

    Calls from several threads wait for one another.

    Args:
        source: descriptor of the input, handed to every job; stays the caller's.
        target: descriptor jobs may write to; stays the caller's.
        limits: `memory` caps the address space (the size of the input comes on top, since it is mapped).
        name: of the input, for messages.
    """

    def __init__(
        self, source: int | None = None, target: int | None = None, *, limits: Limits | None = None, name: str = ""
    ) -> None:
        self.source, self.target, self.limits, self.name = source, target, limits or Limits(), name or "the input"
        self._lock = threading.RLock()
        self._process: Process | None = None
        self._lifeline = -1

    @property
    def alive(self) -> bool:
        """Whether a process is there, so that what earlier calls left in it still stands."""
        return self._process is not None

    def call(self, job: str, args: Mapping[str, Any], buffers: Sequence[Buffer] = (), *, seconds: float) -> Reply:
        """Run a job.

        Args:
            job: `module:function`, one of `jobs.ALLOWED`.
            args: JSON for the job.
            buffers: raw bytes for the job.
            seconds: wall time the job may take.

        Raises:
            ParserCrashError: the child crashed, or answered nonsense.
            OutOfMemoryError: it needed more than `limits.memory`.
            TimedOutError: it took longer than `seconds`.
            LegendaError: whatever typed error the job raised.
        """
        if job not in jobs.ALLOWED:
            raise ValueError(f"{job} is not a job for the sandbox")
        request = pack({"job": job, "args": dict(args), "seconds": seconds}, buffers)
        with self._lock:
            try:
                process = self._process or self._start(job.partition(":")[0])
                header, data = self._exchange(process, request, time.monotonic() + seconds)
            except BaseException:  # also an interrupt: what is left in the pipes fits no later call
                self.close()
                raise
        if "error" in header:
            raise self._error(header["error"])
        answer = header.get("args")
        if not isinstance(answer, dict):
            raise ParserCrashError(f"{self.name} was not read", "the parser answered nonsense")
        return Reply(answer, data)

    def close(self) -> None:
        """Kill the child, and all it may have started."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()  # it may not lead its group yet
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()
            os.close(self._lifeline)
            process.wait()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _start(self, module: str) -> Process:
        theirs, ours = os.pipe()
        try:
            process = self._forked(theirs, module) or self._spawned(theirs, module)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._lifeline, self._process = ours, process
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None  # noqa: S101  (three pipes were asked for)
            os.set_blocking(stream.fileno(), False)
            with contextlib.suppress(OSError):
                _enlarge(stream.fileno())
        return process

    def _forked(self, lifeline: int, module: str) -> Forked | None:
        from legenda.sandbox import zygote

        return zygote.fork(self._settings(lifeline) | {"module": module})

    def _spawned(self, lifeline: int, module: str) -> Process:
        program = Program(_PREPARE, module, "main(settings)", json.dumps(self._settings(lifeline)))
        passed = [d for d in (self.source, self.target, lifeline) if d is not None]
        return launch(program, (subprocess.PIPE,) * 3, passed)

    def _settings(self, lifeline: int) -> dict[str, Any]:
        size = os.fstat(self.source).st_size if self.source is not None else 0
        return {
            "path": search_path(),
            "lifeline": lifeline,
            "source": self.source,
            "target": self.target,
            "memory": self.limits.memory + size,
            "file_bytes": 2 * self.limits.bytes if self.target is not None else 0,
            "frame_bytes": self.limits.memory,
        }

    def _exchange(self, process: Process, request: list[Buffer], deadline: float) -> tuple[Header, list[bytearray]]:
        assert process.stdin and process.stdout  # noqa: S101
        pipes = _Pipes(process.stdin.fileno(), process.stdout.fileno(), deadline)
        try:
            for part in request:
                pipes.write(memoryview(part))
            return unpack(pipes.read, self.limits.raster_pixels * 3 + 2**26)
        except TimeoutError:
            raise TimedOutError(
                f"reading {self.name} took too long", "the parser was stopped", "raise the time limit, or leave it out"
            ) from None
        except FrameError as error:
            raise ParserCrashError(f"{self.name} was not read", f"the parser answered nonsense ({error})") from error
        except (EOFError, BrokenPipeError):
            raise self._death(process) from None

    def _death(self, process: Process) -> LegendaError:
        """Why the child is gone, by its exit status and what it last complained about."""
        try:
            status = process.wait(5)
        except subprocess.TimeoutExpired:  # it closed its pipes and lives on
            status = 0
        complaint = b""
        with contextlib.suppress(OSError):
            complaint = os.read(process.stderr.fileno(), _MAX_MESSAGE) if process.stderr else b""
        number = -status if status < 0 else 0
        if number == signal.SIGXCPU:
            return TimedOutError(f"reading {self.name} took too long", "the parser was stopped", "leave it out")
        if number in _ABORTS and any(c in complaint.lower() for c in _COMPLAINTS):
            return self._out_of_memory()
        how = f"by signal {signal.Signals(number).name}" if number else f"with status {status}"
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        why = f"the parser died {how}" + (f": {last[0][:200]}" if last and not number else "")
        return ParserCrashError(f"{self.name} was not read", why, "the file is damaged or hostile; repair it")

    def _out_of_memory(self) -> OutOfMemoryError:
        memory = f"more than {self.limits.memory // 2**20} MiB"
        return OutOfMemoryError(f"{self.name} was not read", f"the parser needed {memory}", "raise the memory limit")

    def _error(self, error: object) -> LegendaError:
        """The typed error a job raised, rebuilt from its code; anything else is a crash of the parser."""
        fields: dict[str, Any] = error if isinstance(error, dict) else {}
        code, what, why, remedy = (str(fields.get(k, ""))[:_MAX_MESSAGE] for k in ("code", "what", "why", "remedy"))
        if code == OutOfMemoryError.code and not what:
            return self._out_of_memory()
        kinds = {k.code: k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, LegendaError)}
        kind = kinds.get(code)
        if kind is None or not what:
            return ParserCrashError(f"{self.name} was not read", why or "the parser failed", "repair the file")
        return kind(what, why, remedy)


class _Pipes:
    """Reads and writes until a deadline."""

    def __init__(self, writing: int, reading: int, deadline: float) -> None:
        self._writing, self._reading, self._deadline = writing, reading, deadline

    def write(self, view: memoryview) -> None:
        while view.nbytes:
            try:
                view = view[os.write(self._writing, view) :]
            except BlockingIOError:
                self._wait(self._writing, select.POLLOUT)

    def read(self, size: int) -> bytearray:
        data = bytearray(size)
        view, at = memoryview(data), 0
        while at < size:
            try:
                got = os.readv(self._reading, [view[at:]])
            except BlockingIOError:
                self._wait(self._reading, select.POLLIN)
                continue
            if not got:
                raise EOFError
            at += got
        return data

    def _wait(self, descriptor: int, event: int) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, self._deadline - time.monotonic()) * 1000):
            raise TimeoutError


def _enlarge(descriptor: int) -> None:
    """Fewer turns of the scheduler for a raster; Linux only."""
    import fcntl

    if sys.platform.startswith("linux"):
        fcntl.fcntl(descriptor, _F_SETPIPE_SZ, _PIPE_BYTES)
