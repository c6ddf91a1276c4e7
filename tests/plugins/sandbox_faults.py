"""Jobs that have the fault a test is about; run in a sandbox child only."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from legenda.errors import CorruptSourceError
from legenda.sandbox.jobs import Answer, Task

_state: list[int] = []


def echo(task: Task) -> Answer:
    return Answer(task.args, list(task.buffers))


def count(task: Task) -> Answer:
    _state.append(1)
    return Answer({"calls": len(_state)})


def abort(task: Task) -> Answer:
    os.abort()


def die(task: Task) -> Answer:
    signal.raise_signal(task.args["signal"])
    return Answer({})


def segfault(task: Task) -> Answer:
    return Answer({"never": ctypes.string_at(1)})


def leave(task: Task) -> Answer:
    os._exit(3)


def loop(task: Task) -> Answer:
    while True:
        pass


def sleep(task: Task) -> Answer:
    time.sleep(task.args["seconds"])
    return Answer({})


def hog(task: Task) -> Answer:
    return Answer({"bytes": len(bytearray(task.args["bytes"]))})


def complain(task: Task) -> Answer:
    for _ in range(100):
        os.write(1, b"printed " * 1000)
        try:
            os.write(2, b"complaint " * 1000)
        except BlockingIOError:
            break
    return Answer({"done": True})


def refuse(task: Task) -> Answer:
    raise CorruptSourceError("x is damaged", "a byte is missing", "repair it")


def fail(task: Task) -> Answer:
    raise ZeroDivisionError("by a hostile width")


def lie(task: Task) -> Answer:
    """Announces a frame far beyond any limit."""
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\xff" * 8)
        except OSError:
            continue
    time.sleep(5)
    return Answer({})


def copy(task: Task) -> Answer:
    assert task.source is not None and task.target is not None
    data = os.pread(task.source, 2**20, 0)
    os.write(task.target, data[::-1])
    return Answer({"size": len(data)})


def flood(task: Task) -> Answer:
    assert task.target is not None
    written = 0
    while True:
        written += os.write(task.target, bytes(2**20))


def escape(task: Task) -> Answer:
    """Tries what a compromised parser would try; tells what it was allowed."""
    done = []
    attempts = {
        "network": lambda: socket.socket(),
        "program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "process": lambda: os.fork(),
        "write": lambda: Path(task.args["file"]).write_text("x"),
        "remove": lambda: Path(task.args["victim"]).unlink(),
        "kill": lambda: os.kill(os.getppid(), 0),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, subprocess.SubprocessError):
            continue
        done.append(name)
    return Answer({"allowed": done, "environment": dict(os.environ)})


def look(task: Task) -> Answer:
    """Names which of these files it can open, and what lies in these folders."""
    opened, listed = [], {}
    for file in task.args["files"]:
        try:
            opened.append((file, os.close(os.open(file, os.O_RDONLY))))
        except OSError:
            continue
    for folder in task.args["folders"]:
        try:
            listed[folder] = sorted(path.name for path in Path(folder).iterdir())
        except OSError:
            continue
    return Answer({"opened": [file for file, _ in opened], "listed": listed})
