"""The process side of `local`: runs units for the process that started it; `supervisor` is that side.

What is read here has passed the sandbox, but engines are native code of third parties: what they do to this process
is watched from outside, and limited here by the kernel.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Iterator
from functools import cache

from legenda.blobs import BlobStore
from legenda.errors import EngineError, LegendaError
from legenda.execute import converted, reading
from legenda.execute.base import Outcome, Unit
from legenda.execute.prepare import looked_at
from legenda.execute.sheets import Kept
from legenda.execute.supervisor import BEGUN, FINISHED, READY, Lost
from legenda.pipeline.messages import receive, send, sendable
from legenda.sandbox import confinement
from legenda.sources import Source, conversions, open_source

NICE = 10
"""So that polls are answered while all cores read."""

HEADROOM = 1536
"""MiB of address space beyond the memory that is used: 1,440 with the models of every tier and Tesseract's."""

_IDLE = 5.0
"""Seconds after which an input nobody asks for is closed: it may be deleted by then."""


def work(link: socket.socket) -> None:
    """Run units for the parent. Raises `EOFError` or `ConnectionError` when it has closed its end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # service managers send it to all; the parent drains
    os.nice(NICE)
    desk = _Desk()
    send(link, READY)
    try:
        while True:
            if desk.occupied and not _asked(link, _IDLE):
                desk.clear()
            message, _ = receive(link)
            if isinstance(message, Unit):  # else `ENOUGH` of one that was finished meanwhile
                send(link, BEGUN)
                _serve(link, message, desk)
    finally:
        desk.clear()


class _Desk:
    """The input opened last, and the page read last, kept for the next unit of the same."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._key: object = None
        self.kept: Kept = {}

    @property
    def occupied(self) -> bool:
        return bool(self._source or self.kept)

    def source(self, unit: Unit) -> Source:
        """The input of a unit, open. Raises like `open_source` and `BlobStore.get`."""
        given, password = unit.claim.job.request.source, unit.claim.job.request.password
        key = (unit.blobs, given.key, given.name, password, unit.limits)
        if self._source is None or self._key != key:
            self.clear()
            with _blobs(unit.blobs).path(given.key) as path:
                converted.recall(unit.claim.job, path, _blobs(unit.blobs))
                counts = tuple(member.pages for member in unit.claim.job.members)
                self._source = open_source(path, name=given.name, password=password, limits=unit.limits, counts=counts)
            self._key = key
        return self._source

    def clear(self) -> None:
        """Close it, and forget the page."""
        self.kept.clear()
        conversions.forget()
        source, self._source = self._source, None
        if source:
            source.close()


def _serve(link: socket.socket, unit: Unit, desk: _Desk) -> None:
    confinement.allow_memory(unit.megabytes + HEADROOM)
    try:
        for outcome in _outcomes(unit, desk):
            send(link, outcome)
            if _asked(link, 0):
                break
        send(link, FINISHED)
    except (EOFError, ConnectionError):
        raise
    except (reading.MemoryRanOutError, MemoryError) as error:
        send(link, Lost("out_of_memory", str(error) or "memory ran out"))
        raise EOFError from None
    except LegendaError as error:
        send(link, sendable(error))
    except Exception as error:  # a bug of ours: the job fails, the worker lives
        send(link, EngineError(f"The job could not be done ({unit.claim.stage})", f"{type(error).__name__}: {error}"))


def _outcomes(unit: Unit, desk: _Desk) -> Iterator[Outcome | None]:
    claim, blobs = unit.claim, _blobs(unit.blobs)
    if claim.stage == "assemble":
        from legenda.execute.assemble import assembled

        confinement.allow_cpu(unit.seconds)
        yield from assembled(claim, blobs, desk.kept)
        return
    confinement.allow_cpu(unit.page_seconds)
    source = desk.source(unit)
    if claim.stage == "prepare":
        converted.keep(claim.job, source, blobs)
        yield looked_at(claim, source)
    for number in claim.pages:
        confinement.allow_cpu(unit.page_seconds)
        yield reading.read(source, number, unit, blobs, desk.kept)


@cache
def _blobs(url: str) -> BlobStore:
    return BlobStore(url)


def _asked(link: socket.socket, seconds: float) -> bool:
    """Whether the parent has said something, or gone, within so many seconds."""
    poll = select.poll()
    poll.register(link, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
