"""Forks confined children from a process that has their libraries imported: a few milliseconds each, not 40 or 60.

The zygote is one more child of this process. It has one thread, is started without the user's environment, and never
reads a byte of any input: it takes requests over a socket, each with the descriptors of the child to be and the module
of its first job, which is imported when it is first asked for. So even one input costs no more than without: a PDF that
is read and written again has one interpreter started for it instead of two. A child is
made by `clone(2)` with CLONE_PARENT, so that it is this process' own, to be waited for and counted like any other, and
confines itself like one that was started anew. Linux only; `fork` returns `None` wherever any of it does not work.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from legenda.sandbox.launch import Offspring, Program, launch

_PREPARE = """
import gc, json, sys
gc.disable()
sys.path[:] = json.loads(sys.argv[1])
from legenda.sandbox.forking import main
"""
_PASSED = ("lifeline", "source", "target")
_PATIENCE = 30.0
"""Seconds the zygote may take to answer; the first time it imports the libraries before it does."""
_FAREWELL = 1.0
_ATTEMPTS = 3
_MAX_REPLY = 100


class Forked(Offspring):
    """A child made by the zygote."""

    def __init__(self, pid: int, pipes: tuple[int, int, int]) -> None:
        files = io.FileIO(pipes[0], "w"), io.FileIO(pipes[1]), io.FileIO(pipes[2])
        super().__init__(pid, *files)


class _Zygote:
    """This process' end of the socket."""

    def __init__(self, path: list[str], module: str) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        try:
            with theirs:
                streams = (theirs.fileno(), subprocess.DEVNULL, subprocess.DEVNULL)
                self.process = launch(Program(_PREPARE, module, "main()", json.dumps(path)), streams)
        except BaseException:
            self._socket.close()
            raise

    def ask(self, settings: Mapping[str, Any], descriptors: list[int]) -> int:
        """Process id of a new child. Raises OSError or ValueError: there is none."""
        socket.send_fds(self._socket, [json.dumps(settings).encode()], descriptors)
        return int(self._socket.recv(_MAX_REPLY))

    def close(self) -> None:
        """Let it end, and end the child it may have made for a request whose answer was not awaited."""
        with self._socket, contextlib.suppress(OSError, ValueError):
            self._socket.shutdown(socket.SHUT_WR)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_FAREWELL)
            self.process.kill()
            self.process.wait()
            self._socket.setblocking(False)
            pid = int(self._socket.recv(_MAX_REPLY))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def forget(self) -> None:
        """In a copy of this process, to which the zygote does not belong."""
        self._socket.close()
        self.process.returncode = 0


class _State:
    """What there is one of per process."""

    def __init__(self) -> None:
        self.lock, self.failures = threading.Lock(), 0
        self.zygote: _Zygote | None = None


_state = _State()


def fork(settings: Mapping[str, Any]) -> Forked | None:
    """A child that serves requests as `child.main(settings)` does, or `None` if it cannot be had this way.

    Args:
        settings: for the child, and `path`, its `sys.path`, and `module`, what it will need; the descriptors among
            them are handed over.
    """
    if not sys.platform.startswith("linux"):
        return None
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
        ends = [_pipe(ours, theirs, reading) for reading in (True, False, False)]
        descriptors = [theirs for _, theirs in ends] + [settings[n] for n in _PASSED if settings[n] is not None]
        pid = _ask(settings, descriptors)
        if pid is None:
            return None
        ours.pop_all()
        return Forked(pid, (ends[0][0], ends[1][0], ends[2][0]))


def _ask(settings: Mapping[str, Any], descriptors: list[int]) -> int | None:
    state = _state
    with state.lock:
        while state.failures < _ATTEMPTS:
            try:
                state.zygote = state.zygote or _Zygote(settings["path"], settings["module"])
                pid = state.zygote.ask(settings, descriptors)
            except (OSError, ValueError):  # it died, hangs, or was refused
                state.failures += 1
                _stop(state)
            except BaseException:  # an interrupt: its answer would be taken for that to the next request
                _stop(state)
                raise
            else:
                state.failures = 0
                return pid
    return None


def close() -> None:
    """Stop the zygote, if there is one; its children go on."""
    with _state.lock:
        _stop(_state)


def _stop(state: _State) -> None:
    zygote, state.zygote = state.zygote, None
    if zygote:
        zygote.close()


def _pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack, reading: bool) -> tuple[int, int]:
    """Our end and the child's, each closed by its stack."""
    read, write = os.pipe()
    ends = (write, read) if reading else (read, write)
    ours.callback(os.close, ends[0])
    theirs.callback(os.close, ends[1])
    return ends


def _after_fork() -> None:
    global _state
    if _state.zygote:
        _state.zygote.forget()
    _state = _State()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
