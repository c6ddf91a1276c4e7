"""The child's side: read a request, run its job, answer. Imports next to nothing, so that it starts at once."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Callable
from typing import Any

from legenda.errors import LegendaError
from legenda.sandbox import confinement
from legenda.sandbox.frames import Buffer, pack, unpack
from legenda.sandbox.jobs import Answer, Task

_STANDARD_INPUT, _STANDARD_OUTPUT = 0, 1


def main(settings: dict[str, Any]) -> None:
    """Serve requests until the parent closes the pipe.

    Args:
        settings: `lifeline`, `source`, `target` (descriptors, the latter two may be null), `memory`, `file_bytes`
            and `frame_bytes` (limits in bytes).
    """
    confinement.die_with_parent(settings["lifeline"])
    replies = os.dup(_STANDARD_OUTPUT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), _STANDARD_OUTPUT)  # a library that prints must not break a frame
    os.set_blocking(2, False)  # nor may one that complains without end be held up
    confined = False
    while True:
        try:
            header, buffers = unpack(_read, settings["frame_bytes"])
        except EOFError:
            return
        confinement.allow_cpu(header["seconds"])
        try:
            job = _job(header["job"])
            if not confined:  # after the first import, which may write compiled modules; before the first job
                confinement.limit_resources(settings["memory"], settings["file_bytes"])
                confinement.forbid_syscalls()
                confined = True
        except Exception as error:
            parts = _failure(error)
        else:
            parts = _run(job, Task(header["args"], buffers, settings["source"], settings["target"]))
        _write(replies, parts)
        del parts


def _run(job: Callable[[Task], Answer], task: Task) -> list[Buffer]:
    try:
        answer = job(task)
        return pack({"args": answer.args}, answer.buffers)
    except Exception as error:  # a parser may raise anything on hostile input
        return _failure(error)


def _failure(error: Exception) -> list[Buffer]:
    if isinstance(error, LegendaError):
        fields = {"code": error.code, "what": error.what, "why": error.why, "remedy": error.remedy}
    elif isinstance(error, MemoryError):
        fields = {"code": "out_of_memory"}
    else:
        fields = {"code": "", "why": f"{type(error).__name__}: {error}"[:500]}
    return pack({"error": fields})


def _job(name: str) -> Callable[[Task], Answer]:
    module, _, function = name.partition(":")
    job: Callable[[Task], Answer] = getattr(importlib.import_module(module), function)
    return job


def _read(size: int) -> bytearray:
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        got = os.readv(_STANDARD_INPUT, [view[at:]])
        if not got:
            raise EOFError
        at += got
    return data


def _write(descriptor: int, parts: list[Buffer]) -> None:
    """All parts in one call where they fit, so that the parent wakes up once."""
    views = [memoryview(part) for part in parts]
    with contextlib.suppress(BrokenPipeError):  # the parent left; reading will tell
        while views:
            written = os.writev(descriptor, views)
            while views and written >= views[0].nbytes:
                written -= views.pop(0).nbytes
            if views:
                views[0] = views[0][written:]
