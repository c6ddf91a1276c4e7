"""Worker processes, from the side of the process that starts them; `worker` is the other."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

from legenda.errors import EngineError, LegendaError
from legenda.options import ReadOptions
from legenda.pipeline.messages import receive, send
from legenda.pipeline.process import Process
from legenda.pipeline.worker import Answer, Request


class WorkerDiedError(EngineError):
    """The process that read a page is gone: an engine crashed, or the system killed it."""


class Handed:
    """An input as it is handed to workers.

    Args:
        pool: that reads it.
        descriptor: of the file; this object's from now on.
        name: for messages.
        options: how to read.
    """

    def __init__(self, pool: Pool, descriptor: int, name: str, options: ReadOptions) -> None:
        self._pool, self._descriptor, self.name, self.options = pool, descriptor, name, options
        self.key = pool.admit()
        self._lock = threading.Lock()

    def read(self, page: int) -> Future[Answer]:
        """Have a page read (0: the first of those asked for) as soon as a worker is free."""
        return self._pool.submit(self, page)

    def copy(self) -> int:
        """Another descriptor of the file."""
        return os.dup(self._descriptor)

    def send(self, link: socket.socket, page: int, *, known: bool) -> None:
        """Send a request for a page; with the file, unless it is known to the other side."""
        with self._lock:  # a descriptor closed meanwhile may be another file by now
            if self._descriptor < 0:
                raise CancelledError
            request = Request(self.key, page, self.name, self.options)
            send(link, request, None if known else self._descriptor)

    def close(self) -> None:
        """Let go of the file, here and in the workers."""
        with self._lock:
            if self._descriptor < 0:
                return
            os.close(self._descriptor)
            self._descriptor = -1
        self._pool.forget(self.key)


class Pool:
    """Workers, each started when it is first needed.

    Attributes:
        jobs: most workers.
        started: there are workers, or are to be.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs, self.started = jobs, False
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="page")
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._keys = itertools.count()
        self._open: set[int] = set()
        self._closed = False

    def submit(self, handed: Handed, page: int) -> Future[Answer]:
        """Have a page read as soon as a worker is free.

        The future raises a `WorkerDiedError` if the worker did not survive it, or the typed error it met.
        """
        self.started = True
        return self._threads.submit(self._ask, handed, page)

    def admit(self) -> int:
        """A key for an input."""
        with self._lock:
            self._open.add(key := next(self._keys))
        return key

    def forget(self, key: int) -> None:
        """Have the workers close an input; those that are reading do so after their page."""
        with self._lock:
            self._open.discard(key)
            for worker in self._idle:
                worker.keep(self._open)

    def close(self) -> None:
        """Stop the workers; pages being read are not finished."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._idle:
            worker.leave()
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _ask(self, handed: Handed, page: int) -> Answer:
        worker = self._taken(handed.key)
        try:
            return worker.ask(handed, page)
        finally:
            self._given_back(worker)

    def _taken(self, key: int) -> _Worker:
        """A worker that has the input open, or any, or a new one: there are as many as threads that ask."""
        with self._lock:
            if self._closed:
                raise CancelledError
            knowing = [worker for worker in self._idle if key in worker.known] or self._idle
            worker = knowing[-1] if knowing else _Worker()
            if knowing:
                self._idle.remove(worker)
            self._busy.append(worker)
            return worker

    def _given_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.remove(worker)
            if not worker.alive:
                worker.close()
                return
            worker.keep(self._open)
            self._idle.append(worker)


class _Worker:
    """One process, asked by one thread at a time.

    Attributes:
        known: keys of the inputs it has open.
        alive: whether it can be asked again.
    """

    def __init__(self) -> None:
        self.known: set[int] = set()
        self.alive = True
        self._process = Process("legenda.pipeline.worker")

    def ask(self, handed: Handed, page: int) -> Answer:
        try:
            handed.send(self._process.link, page, known=handed.key in self.known)
            answer, _ = receive(self._process.link)
        except (EOFError, OSError):
            self.alive = False
            raise self._death(handed.name, page) from None
        if isinstance(answer, LegendaError):
            raise answer
        self.known.add(handed.key)
        assert isinstance(answer, Answer)  # noqa: S101  (there is nothing else)
        return answer

    def keep(self, keys: set[int]) -> None:
        """Have it close all inputs but these."""
        for key in self.known - keys:
            with contextlib.suppress(OSError):  # it died: asking it will tell
                send(self._process.link, key)
        self.known &= keys

    def kill(self) -> None:
        self._process.kill()

    def leave(self) -> None:
        """Let it go; it closes what it has open first."""
        self._process.leave()

    def close(self) -> None:
        self._process.close()

    def _death(self, name: str, page: int) -> WorkerDiedError:
        status = self._process.ended()
        remedy = "if memory ran out, read with fewer jobs" if -status == signal.SIGKILL else "try another engine"
        what = f"page {page or 1} of {name or 'the input'} was not read"
        return WorkerDiedError(what, f"the process reading it died {Process.how(status)}", remedy)
