"""Confines this fresh process and becomes a program of others in it. Started by `programs`; imports next to nothing."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

from legenda.sandbox import confinement, landlock

STARTED, REFUSED = "started", "refused"
"""Files in the folder of the run: written before the program starts, or when it may not be started here."""
_DESCRIPTORS = 512
_PR_SET_PDEATHSIG = 1
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_TEMPORARY = "/tmp"  # noqa: S108  (LibreOffice listens there, wherever its own temporary folder is)


def main(settings: dict[str, Any]) -> None:
    """Give up what the program must not have, then be it.

    Args:
        settings: `command`; `folder`, where it may write; `readable`, what it may read; `files`, whether this process
            must shut the other files off itself; `memory`, `file_bytes`, `seconds` (of CPU); `environment`.
    """
    folder = settings["folder"]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if settings["files"] and not landlock.restrict(
        [*settings["readable"], *_DEVICES], [folder, "/dev/null"], [_TEMPORARY]
    ):
        _note(folder, REFUSED)
    confinement.limit_resources(settings["memory"], settings["file_bytes"], _DESCRIPTORS)
    confinement.allow_cpu(settings["seconds"])
    if not confinement.forbid_syscalls(program=True):
        _note(folder, REFUSED)
    _note(folder, STARTED)
    os.chdir(folder)
    command = settings["command"]
    os.execve(command[0], command, settings["environment"])  # noqa: S606  (what it may do was just taken from it)


def _note(folder: str, name: str) -> None:
    os.close(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if name == REFUSED:
        os._exit(1)
