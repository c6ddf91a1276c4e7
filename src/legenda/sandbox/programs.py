"""Runs a program of others on an untrusted file: cut off from network, files and processes, or not at all.

The program may use no socket and make no process (seccomp), so that there is never a tree of them to be killed; it
sees a folder of its own and what it is installed in, by bubblewrap where that works, else by Landlock. Where the kernel
offers neither, or no seccomp, it is not run: what would be left are resource limits, and a document could send any file
this user may read to anybody.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from legenda.errors import TimedOutError
from legenda.sandbox import become, bubblewrap
from legenda.sandbox.launch import search_path

_RUN = """
import json, sys
settings = json.loads(sys.argv[1])
sys.path[:] = settings.pop("path")
from legenda.sandbox.become import main
main(settings)
"""
_MAX_SAID = 4000
_SAID = "said"


class Caps(NamedTuple):
    """What a run may use: seconds of wall time and of CPU, address space, and bytes of each file it writes."""

    seconds: float
    memory: int
    file_bytes: int


class Ended(NamedTuple):
    """How a run ended: exit status, minus the signal that ended it, and what it said last."""

    status: int
    said: str


class UnconfinedError(Exception):
    """The program cannot be confined on this machine, so it was not run."""


def run(
    command: Sequence[str], folder: Path, readable: Sequence[str], caps: Caps, environment: Mapping[str, str]
) -> Ended:
    """Run a program to its end.

    Args:
        command: its path, resolved, and its arguments.
        folder: where it may read and write; empty files `started` or `said` appear in it.
        readable: files and folders it may read and run besides.
        caps: what it may use.
        environment: all of it.

    Raises:
        TimedOutError: it was killed when its time was over.
        UnconfinedError: it cannot be confined here.
        OSError: nothing can be started.
    """
    for name in (become.STARTED, become.REFUSED):
        (folder / name).unlink(missing_ok=True)
    settings = {
        "path": search_path(),
        "command": list(command),
        "folder": str(folder),
        "readable": [*readable],
        "files": False,
        "memory": caps.memory,
        "file_bytes": caps.file_bytes,
        "seconds": caps.seconds,
        "environment": dict(environment),
    }
    if bubblewrap.program():
        start = [bubblewrap.interpreter(), "-I", "-S", "-c", _RUN, json.dumps(settings)]
        options = ("--unshare-pid", "--die-with-parent", "--proc", "/proc", "--bind", str(folder), str(folder))
        ended = _run(bubblewrap.wrap(start, [*bubblewrap.python(), *readable], options), folder, caps.seconds)
        if (folder / become.STARTED).exists():
            return ended
        (folder / become.REFUSED).unlink(missing_ok=True)
    settings["files"] = True
    ended = _run([sys.executable, "-I", "-S", "-c", _RUN, json.dumps(settings)], folder, caps.seconds)
    if not (folder / become.STARTED).exists():
        raise UnconfinedError(ended.said)
    return ended


def _run(command: list[str], folder: Path, seconds: float) -> Ended:
    with (folder / _SAID).open("w+b") as said:
        process = subprocess.Popen(  # noqa: S603  (bubblewrap, or our own interpreter)
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"} | _kept(),
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimedOutError("converting took too long", "the program was stopped", "split the file") from None
        finally:
            _kill(process)
        said.seek(max(0, said.seek(0, os.SEEK_END) - _MAX_SAID))
        return Ended(status, said.read().decode("utf-8", "replace").strip())


def _kept() -> dict[str, str]:
    """What the interpreter needs to find its own libraries."""
    return {k: os.environ[k] for k in ("LD_LIBRARY_PATH",) if k in os.environ}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and, under bubblewrap, all in its process namespace: that ends with its parent (`--die-with-parent`).

    A parent, to the kernel, is the thread that started it: this one, which waits for it.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
