"""Reads a shard with a process of its own, which is watched, killed and replaced."""

from __future__ import annotations

import contextlib
import select
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from legenda.errors import EngineError, LegendaError, StorageError, TimedOutError
from legenda.execute.batch import rows
from legenda.execute.batch.manifest import Done, Listed, Manifest, Order
from legenda.execute.batch.reader import PAGE, Read
from legenda.pipeline.messages import receive, send
from legenda.pipeline.process import Process

_AHEAD = 2
"""Documents a process is given at once: one is read while the next is fetched."""
_TRIES = 2
"""How often a document may end the process that reads it."""
_STARTING = 60.0
"""Seconds the first page may take more: models are loaded."""


class ShardReader:
    """One process that reads one document after the other. Used by one thread at a time.

    Args:
        order: what is read and how.
        advanced: called with a number of pages more that were read.
    """

    def __init__(self, order: Order, advanced: Callable[[int], None] = lambda pages: None) -> None:
        self._order, self._advanced = order, advanced
        self._process: Process | None = None

    def close(self) -> None:
        """Let the process go."""
        process, self._process = self._process, None
        if process:
            process.close()

    def _kill(self) -> None:
        """End the process, whatever it is at."""
        if self._process:
            self._process.kill_tree()
        self.close()

    def run(self, manifest: Manifest, shard: int) -> Done:
        """Read a shard and store it, unless somebody has done it meanwhile.

        Raises:
            StorageError: documents cannot be fetched, or results not be stored.
        """
        if done := manifest.marked(shard):
            return done
        began, listed = time.monotonic(), manifest.listed(shard)
        with rows.Results() as results:
            for document in self._read(listed):
                results.add(document)
            results.store(manifest.output, shard)
        pages = [row for row in results.rows if row["page"] is not None]
        failed = len(results.rows) - len(pages)
        faulty = sum(row["error"] is not None and not row["text"] for row in pages)
        size = sum(size for _, size in listed)
        seconds = round(time.monotonic() - began, 3)
        return manifest.mark(Done(shard, len(listed) - failed, len(pages), failed, faulty, size, seconds))

    def _read(self, listed: Sequence[Listed]) -> Iterator[Read]:
        """What each document gives, in order."""
        todo, sent, deaths = deque(listed), deque[Listed](), 0
        while todo or sent:
            try:
                while todo and len(sent) < _AHEAD:
                    self._send(todo[0][0])
                    sent.append(todo.popleft())
                answer = self._answer()
            except LegendaError as error:  # the process is gone; it was at the first of those it had
                todo.extendleft(reversed(sent))
                sent.clear()
                self._kill()
                deaths += 1
                if deaths < _TRIES:
                    continue
                answer = error
                sent.append(todo.popleft())
            deaths, document = 0, sent.popleft()
            if isinstance(answer, StorageError):
                self._kill()  # it may still be at the next
                raise answer
            yield rows.unread(document, answer) if isinstance(answer, LegendaError) else answer

    def _send(self, key: str) -> None:
        with self._dying():
            if self._process is None:
                self._process = Process("legenda.execute.batch.reader")
                self._deadline = time.monotonic() + _STARTING + self._order.page_seconds
                send(self._process.link, self._order)
            send(self._process.link, key)

    def _answer(self) -> Read | LegendaError:
        process: Any = self._process
        with self._dying():
            poll = select.poll()
            poll.register(process.link, select.POLLIN)
            while True:
                if not poll.poll(max(0.0, self._deadline - time.monotonic()) * 1000):
                    raise TimedOutError("The document could not be read", f"a page took {self._order.page_seconds:g} s")
                answer: Read | LegendaError | str = receive(process.link)[0]
                self._deadline = time.monotonic() + self._order.page_seconds
                if not isinstance(answer, LegendaError):
                    self._advanced(1)
                if answer != PAGE:
                    return answer  # type: ignore[return-value]

    @contextlib.contextmanager
    def _dying(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError):
            how = Process.how(self._process.ended()) if self._process else "early"
            raise EngineError("The document could not be read", f"its reader died {how}") from None
