"""A process of ours: our own interpreter with our own program, not `multiprocessing`.

Nothing is forked from a process with threads, the caller's main module is not run again (scripts need no guard,
notebooks and standard input work), and the process dies with its parent, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

_BOOT = (
    "import sys;sys.path[:]=sys.argv[4:];from legenda.pipeline.process import begin;"
    "begin(sys.argv[1],*map(int,sys.argv[2:4]))"
)
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_CGROUP = Path("/sys/fs/cgroup")
"""Where a container sees its limits (cgroup v2); a file says `max` where there is none."""
PATIENCE = 2.0
"""Seconds an idle process has for closing what it has open."""
PER_WORKER = 2**30
"""Bytes of memory a process that reads must have by default: twice what it takes, for others live here, too."""


def cores() -> int:
    """Cores this process may use, no more than its container has the time of."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):
        quota, period = map(int, (_CGROUP / "cpu.max").read_text().split())
        return max(1, min(found, quota // period))
    return found


def usual_workers() -> int:
    """Processes that read at once by default: one per core, as long as there is `PER_WORKER` of memory for each."""
    return max(1, min(cores(), _memory() // PER_WORKER))


def _memory() -> int:
    """Bytes this machine has, or its container may use."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        return min(found, int((_CGROUP / "memory.max").read_text()))
    return found


def begin(module: str, descriptor: int, lifeline: int) -> NoReturn:
    """The process itself: have a module `work(link)` until the parent closes its end of the link, or dies.

    Args:
        module: whose `work` returns, or raises `EOFError` or `ConnectionError`, when the parent is gone.
        descriptor: of a socket to the parent.
        lifeline: of a pipe the parent holds the other end of; should the parent die, this process is killed.
    """
    from legenda.sandbox import confinement, zygote

    confinement.die_with_parent(lifeline)
    with contextlib.suppress(EOFError, ConnectionError), socket.socket(fileno=descriptor) as link:
        import_module(module).work(link)
    zygote.close()
    os._exit(0)  # taking models apart would only take time


class Process:
    """Runs `work(link)` of a module, see `begin`.

    Its native pools have one thread each. It stays in our session, whose priority is its own, but leads a process
    group, since Ctrl-C is for us, who stop it.

    Args:
        module: of the program.
        complaints: takes its standard error; by default ours does.
        environment: more variables for it.

    Attributes:
        link: our end of the socket whose other end is `descriptor`.
        pid: its number.
    """

    def __init__(
        self, module: str, complaints: IO[bytes] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        with contextlib.ExitStack() as failed, contextlib.ExitStack() as theirs:
            self.link, link = socket.socketpair()
            failed.callback(self.link.close)
            theirs.callback(link.close)
            lifeline, self._lifeline = os.pipe()
            failed.callback(os.close, self._lifeline)
            theirs.callback(os.close, lifeline)
            path = [str(Path(__file__).parents[2]), *(p for p in sys.path if p)]
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter, our own program)
                [sys.executable, "-P", "-c", _BOOT, module, str(link.fileno()), str(lifeline), *path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # an engine that prints must not write between results
                stderr=complaints,
                pass_fds=[link.fileno(), lifeline],
                process_group=0,
                env={**os.environ, **_ONE_THREAD, **(environment or {})},
            )
            failed.pop_all()
        self.pid = self._process.pid

    def leave(self) -> None:
        """Let it go; it closes what it has open first."""
        self.link.close()

    def kill(self) -> None:
        """Kill it, unless it has been waited for."""
        self._process.kill()

    def kill_tree(self) -> None:
        """Kill it with its process group and all that descend from it: programs of an engine, sandbox children."""
        if self._process.returncode is not None:
            return  # its number may be another's by now
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP)  # it has no more children from here on, and waits for none
        for pid in [self.pid, *_descendants(self.pid)]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def ended(self) -> int:
        """Its exit status, minus the signal that ended it; it is killed if it closed its end and lives on."""
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    @staticmethod
    def how(status: int) -> str:
        """How a process ended that has this exit status, for people."""
        return f"by signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"

    def close(self) -> None:
        """Let it go and wait for it, not longer than `PATIENCE`."""
        self.leave()
        self.ended()
        os.close(self._lifeline)

    def resident(self) -> int:
        """Bytes of memory it has; 0 where that cannot be known."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0


def _descendants(pid: int) -> list[int]:
    """Children, their children and so on; as far as the system tells (Linux)."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found += [child, *_descendants(child)]
    return found
