"""Standard output shared by inputs that are read at once: what comes out is in the order of the inputs."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
from typing import BinaryIO, cast

_IN_MEMORY = 2**20


class Turns:
    """Gives each input a stream of its own; only the one whose turn it is goes straight through.

    Args:
        out: standard output.
        inputs: how many inputs there are; each takes one turn.
    """

    def __init__(self, out: BinaryIO, inputs: int) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._turn = 0
        self._waiting: list[tempfile.SpooledTemporaryFile[bytes] | None] = [None] * inputs
        self._done = [False] * inputs

    def stream(self, index: int) -> BinaryIO:
        """The stream of input `index`; `close` ends its turn and must come in any case."""
        return cast(BinaryIO, io.BufferedWriter(_Turn(self, index)))

    def write(self, index: int, data: bytes) -> None:
        """Write now, or keep it until the turn comes."""
        with self._lock:
            if index == self._turn:
                self._out.write(data)
                self._out.flush()  # a page is out when it is read, not when a buffer is full
                return
            kept = self._waiting[index]
            if kept is None:
                kept = self._waiting[index] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
            kept.write(data)

    def line(self, data: bytes) -> None:
        """Write a line that may come at any time."""
        with self._lock:
            self._out.write(data)
            self._out.flush()

    def end(self, index: int) -> None:
        """Input `index` has nothing more to write."""
        with self._lock:
            self._done[index] = True
            while self._turn < len(self._done) and self._done[self._turn]:
                self._turn += 1
                self._let_out()

    def _let_out(self) -> None:
        kept = self._waiting[self._turn] if self._turn < len(self._waiting) else None
        if kept is not None:
            self._waiting[self._turn] = None
            kept.seek(0)
            with kept:
                shutil.copyfileobj(kept, self._out)
            self._out.flush()


class _Turn(io.RawIOBase):
    def __init__(self, turns: Turns, index: int) -> None:
        self._turns, self._index = turns, index

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(cast(bytes, data))
        self._turns.write(self._index, chunk)
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._turns.end(self._index)
        super().close()
