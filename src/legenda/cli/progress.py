"""A bar on standard error while more than one page is read: pages, rate, time left."""

from __future__ import annotations

import sys
import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, Task
    from rich.text import Text


class Bar(AbstractContextManager["Bar"]):
    """Shown from the second page on. Thread safe.

    Args:
        inputs: how many inputs there are; each has one page until it is opened.
        shown: whether to show anything at all.
    """

    def __init__(self, inputs: int, *, shown: bool) -> None:
        self._total, self._pages, self._shown = inputs, 0, shown
        self._lock = threading.Lock()
        self._progress: Progress | None = None

    def opened(self, pages: int) -> None:
        """An input turned out to have so many pages to read."""
        with self._lock:
            self._total += max(pages, 1) - 1
            self._refresh()

    def advance(self) -> None:
        """A page is done."""
        with self._lock:
            self._pages += 1
            self._refresh()

    def __exit__(self, *error: object) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()

    def _refresh(self) -> None:
        if not self._shown or self._total < 2:
            return
        if self._progress is None:
            self._progress = _started()
        self._progress.update(self._progress.task_ids[0], total=self._total, completed=self._pages)


def visible(*, quiet: bool, streaming: bool) -> bool:
    """Whether a bar helps: there is a terminal to show it on, and the results do not run over the same one."""
    return not quiet and sys.stderr.isatty() and not (streaming and sys.stdout.isatty())


def _started() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.speed or task.finished_speed
            return Text(f"{speed:.1f} pages/s" if speed else "", style="progress.data.speed")

    columns: list[Any] = [TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TextColumn("pages")]
    progress = Progress(*columns, Rate(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    progress.add_task("", total=None)
    progress.start()
    return progress
