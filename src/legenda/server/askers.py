"""Documents that were asked about lately, ready to be asked again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legenda.desk.ask import Asker
    from legenda.document import Document
    from legenda.jobs.record import Job

_MOST = 16  # a page takes some 60 kB with its vectors


class Askers:
    """Keeps the passages and vectors of the last documents; a corrected document is another one. Thread safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Asker] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, job: Job, document: Callable[[], Document]) -> Asker:
        """The asker of a job's document, which is only loaded where it is new. Takes its time.

        Args:
            job: that has read it.
            document: loads it.
        """
        stored = job.results.get("json")
        key = job.id, stored.sha256 if stored else ""
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found
        from legenda.desk.ask import Asker

        made = Asker(document().pages)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made
