"""Starts an interpreter for the sandbox, under bubblewrap where that is installed and works.

Containers and some distributions refuse the namespaces it needs. So the first start of a process is the trial: if the
program does not come so far that it has imported what its jobs need, this and all further ones start without.

`bwrap` stays beside what it started, as its parent. That would be in the way twice: a zygote's children would belong to
it, and the status of a child would come through it, changed. So once the program is up, this process declares itself
the one that inherits orphans (PR_SET_CHILD_SUBREAPER), kills `bwrap`, and has the program for its own child.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from legenda.sandbox import bubblewrap

NOT_INSTALLED = "not installed"
_INTERPRETER = ("-I", "-S", "-c")
_PATIENCE = 30.0
"""Seconds a program may take until it has imported what it needs, on a machine that is busy."""
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_MAX_REASON, _MAX_NUMBER = 300, 20
_PARSERS = "legenda.sources.pdf, legenda.sources.picture"
_HANDSHAKE = """
import os
os.write({0}, b"%d" % os.getpid())
os.read({0}, 1) or os._exit(1)
os.close({0})
"""
"""Tell that all was imported; go on once adopted, else end."""
_GIVEN_BACK_BYTES = 2**22
"""Larger blocks malloc takes from the system one by one and gives back at once: rasters. What a page of text needs is
kept for the next, which saves 5 % of its time."""


class Program(NamedTuple):
    """What an interpreter is to do.

    Attributes:
        prepare: statements that set `sys.path` and import what is ours.
        module: what its job needs; under bubblewrap it must be there before anything else counts as working.
        run: the statement that does not end.
        argument: `sys.argv[1]`.
    """

    prepare: str
    module: str
    run: str
    argument: str


class Offspring:
    """A child that `subprocess` did not start; what is used of it is what `subprocess.Popen` has too."""

    def __init__(self, pid: int, stdin: IO[bytes] | None, stdout: IO[bytes] | None, stderr: IO[bytes] | None) -> None:
        self.pid, self.returncode = pid, None if pid else 0
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr

    def kill(self) -> None:
        """Send SIGKILL, unless it has been waited for."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; minus the signal that ended it.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        until, pause = time.monotonic() + (timeout or 0), 0.0005
        while self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, 0 if timeout is None else os.WNOHANG)
            except ChildProcessError:  # the user ignores SIGCHLD, or waits for all children
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                raise subprocess.TimeoutExpired("a child", timeout or 0)
            else:
                time.sleep(pause)
                pause = min(2 * pause, 0.05)
        return self.returncode


Process = subprocess.Popen[bytes] | Offspring
Streams = tuple[int, int, int]


class _State:
    """What there is one of per process."""

    def __init__(self, refused: Program | None = None) -> None:
        self.lock, self.refused = threading.Lock(), refused


_state = _State()


def launch(program: Program, streams: Streams, descriptors: Sequence[int] = ()) -> Process:
    """Start an interpreter in a session of its own.

    Args:
        program: what it is to do.
        streams: standard input, output and error, as `subprocess.Popen` takes them.
        descriptors: what more it inherits, under the same numbers.

    Raises:
        OSError: it cannot be started.
    """
    if not _state.refused and bubblewrap.program():
        if process := _wrapped(program, streams, descriptors):
            return process
        _state.refused = program
    code = f"{program.prepare}\n{program.run}"
    return _start([sys.executable, *_INTERPRETER, code, program.argument], streams, descriptors)


def obstacle() -> str:
    """Why the sandbox goes without bubblewrap here; empty where it does not. Tries it where no child tried yet."""
    if not bubblewrap.program():
        return NOT_INSTALLED
    silent = (subprocess.DEVNULL,) * 3
    launch(Program(f"import sys; sys.path[:] = {search_path()!r}", _PARSERS, "", ""), silent).wait()
    if not (refused := _state.refused):
        return ""
    # a file, not a pipe: what bwrap leaves behind when it fails half-way would hold that open
    with tempfile.TemporaryFile() as said:
        process = _start(_confined(refused, ""), (subprocess.DEVNULL, subprocess.DEVNULL, said.fileno()), ())
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        _abandon(process)
        said.seek(0)
        last = said.read().decode("utf-8", "replace").strip().splitlines()[-1:]
    return "".join(last)[:_MAX_REASON] or "its children are not this process' own"


def search_path() -> list[str]:
    """`sys.path` of what is started; it begins with where this package was found."""
    return [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]


def _wrapped(program: Program, streams: Streams, descriptors: Sequence[int]) -> Offspring | None:
    """The program under bubblewrap; `None` if it does not come up there."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            command = _confined(program, _HANDSHAKE.format(theirs.fileno()) + program.run)
            process = _start(command, streams, [*descriptors, theirs.fileno()])
        try:
            pid = _announced(ours)
            if pid and _adopt(process, pid):
                ours.send(b"1")
                return Offspring(pid, process.stdin, process.stdout, process.stderr)
        except BaseException:
            _abandon(process)
            raise
    _abandon(process)
    return None


def _confined(program: Program, run: str) -> list[str]:
    code = f"{program.prepare}\nimport {program.module}\n{run}"
    command = [bubblewrap.interpreter(), *_INTERPRETER, code, program.argument]
    return bubblewrap.wrap(command, bubblewrap.python())


def _environment() -> dict[str, str]:
    """One thread per native pool, and nothing of the user's but where the interpreter finds its own libraries."""
    kept = {k: os.environ[k] for k in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if k in os.environ}
    kept_bytes = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(_GIVEN_BACK_BYTES))
    malloc = {"MALLOC_ARENA_MAX": "1"} | kept_bytes
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"} | malloc | kept


def _start(command: list[str], streams: Streams, descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (our own interpreter, our own program)
        command,
        stdin=streams[0],
        stdout=streams[1],
        stderr=streams[2],
        bufsize=0,
        pass_fds=descriptors,
        start_new_session=True,
        cwd="/",
        env=_environment(),
    )


def _announced(link: socket.socket) -> int:
    """The process id the program tells once it is up; 0 if it dies or hangs before."""
    link.settimeout(_PATIENCE)
    with contextlib.suppress(OSError, ValueError):
        return int(link.recv(_MAX_NUMBER))
    return 0


def _adopt(bwrap: subprocess.Popen[bytes], pid: int) -> bool:
    """Take the place of `bwrap` as parent. Whether that was done and the program lives."""
    try:
        with _state.lock, _subreaper():
            bwrap.kill()
            bwrap.wait()
        return not os.waitpid(pid, os.WNOHANG)[0]
    except OSError:  # the kernel refuses; or the number is of another namespace
        return False


@contextlib.contextmanager
def _subreaper() -> Iterator[None]:
    """For this moment only, since orphans of others would come to this process, too."""
    import ctypes

    libc, before = ctypes.CDLL(None, use_errno=True), ctypes.c_int()
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    if libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.addressof(before), 0, 0, 0) or libc.prctl(
        _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0
    ):
        raise OSError(ctypes.get_errno(), "no subreaper")
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def _abandon(bwrap: subprocess.Popen[bytes]) -> None:
    """End it, with its copy that prepares namespaces. A program already started is not told to go on, and ends."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(bwrap.pid, signal.SIGKILL)
    bwrap.kill()
    for stream in (bwrap.stdin, bwrap.stdout, bwrap.stderr):
        if stream:
            stream.close()
    bwrap.wait()


def _after_fork() -> None:
    global _state
    _state = _State(_state.refused)  # another thread may have held the lock


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
