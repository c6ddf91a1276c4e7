"""API objects, lent to one thread at a time and kept for the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from legenda.engines.tesseract.library import API, started

# most pages need one pack, some two; 5 to 60 MB each
IDLE = 2


class Pool:
    """Lends Tesseract API objects, which must not be used by two threads at once.

    Args:
        idle: how many unused objects are kept; the one unused for longest goes first.
    """

    def __init__(self, idle: int = IDLE) -> None:
        self._idle: list[tuple[str, API]] = []
        self._limit = idle
        self._lock = Lock()

    @contextmanager
    def lend(self, packs: str) -> Iterator[API]:
        """An API object with these packs (`rus+eng`), to be used within the `with` block only."""
        api = self._taken(packs) or started(packs)
        try:
            yield api
            api.Clear()
        except BaseException:
            api.End()  # its state is not known any more
            raise
        self._keep(packs, api)

    def close(self) -> None:
        """Free every unused object."""
        with self._lock:
            spare, self._idle = self._idle, []
        for _, api in spare:
            api.End()

    def __len__(self) -> int:
        return len(self._idle)

    def _taken(self, packs: str) -> API | None:
        with self._lock:
            # the newest first: its pages are still in the cache
            for at in range(len(self._idle) - 1, -1, -1):
                if self._idle[at][0] == packs:
                    return self._idle.pop(at)[1]
        return None

    def _keep(self, packs: str, api: API) -> None:
        with self._lock:
            self._idle.append((packs, api))
            spare = [self._idle.pop(0) for _ in range(len(self._idle) - self._limit)]
        for _, old in spare:
            old.End()
