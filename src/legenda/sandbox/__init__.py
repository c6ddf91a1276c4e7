"""Runs what parses untrusted bytes in a child process with limits.

    reply = sandbox.call("legenda.sources.pdf_layer:write", {"title": "x"}, source=path_or_bytes, output=stream)

A job is a function `(Task) -> Answer` named in `jobs.ALLOWED`. In the child, `task.args` is the JSON object given,
`task.buffers` the raw buffers, `task.source` a seekable descriptor of the input (`os.fdopen(os.dup(task.source), "rb")`
or `mmap`), `task.target` a descriptor for output where `output` was given. It returns `Answer(json_object, buffers)`.
Typed errors of `legenda.errors` that a job raises are raised again in the parent; a crash, a time-out and too much
memory become `ParserCrashError`, `TimedOutError` and `OutOfMemoryError`; any other exception is a `ParserCrashError`.

A job's module is imported before the child is confined; modules imported later cannot be compiled to disk, and the
child can open no file for writing, no socket and no process. Where bubblewrap is installed and works, it has no network
at all and sees no files but the interpreter's, our own packages and fonts. Several calls that share state use a
`Child`, whose process lives until it is closed or dies.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from legenda.options import Limits
    from legenda.sandbox.process import Child, Reply

__all__ = ["Child", "Reply", "call"]

_CHUNK = 2**20


def call(
    job: str,
    args: Mapping[str, Any],
    buffers: Sequence[bytes | bytearray | memoryview] = (),
    *,
    source: Path | bytes | None = None,
    output: BinaryIO | None = None,
    limits: Limits | None = None,
) -> Reply:
    """Run one job in a child of its own.

    Args:
        job: `module:function`, one of `jobs.ALLOWED`.
        args: JSON for the job.
        buffers: raw bytes for the job.
        source: the input file or its bytes.
        output: where what the job wrote to its target goes, once the job has succeeded.
        limits: caps on size, memory and time; the job may take `open_seconds` plus a hundredth of `page_seconds` for
            each of `limits.pages`.

    Raises:
        LegendaError: see `Child.call`; also `NotFoundError`, `EmptySourceError`, `TooLargeError` for `source`.
    """
    from legenda.options import Limits
    from legenda.sandbox.descriptors import open_source, open_target
    from legenda.sandbox.process import Child

    limits = limits or Limits()
    opened: list[int] = []
    try:
        descriptor = open_source(source, limits) if source is not None else None
        opened += [descriptor] if descriptor is not None else []
        target = open_target() if output is not None else None
        opened += [target] if target is not None else []
        name = "" if source is None or isinstance(source, bytes) else str(source)
        with Child(descriptor, target, limits=limits, name=name) as child:
            seconds = limits.open_seconds + limits.pages * limits.page_seconds / 100
            reply = child.call(job, args, buffers, seconds=seconds)
        if output is not None and target is not None:
            os.lseek(target, 0, os.SEEK_SET)
            while chunk := os.read(target, _CHUNK):
                output.write(chunk)
        return reply
    finally:
        for number in opened:
            os.close(number)


def __getattr__(name: str) -> Any:
    # the child imports this package too and must not pay for the parent's side
    if name in __all__:
        from legenda.sandbox import process

        return getattr(process, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
