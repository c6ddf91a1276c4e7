"""What a run measures and where it keeps what it measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of the command line.

    Attributes:
        evaldata: folder of the evaluation data; need not exist.
        out: where measurements are kept, one file a part.
        areas: of the corpus; empty for all.
        peers: names of the programs.
        limit: items an area; 0 for all.
        quick: smaller documents and fewer repeats everywhere.
    """

    evaldata: Path
    out: Path
    areas: tuple[str, ...]
    peers: tuple[str, ...]
    limit: int
    quick: bool

    def size(self, full: int, quick: int) -> int:
        """How many of something."""
        return quick if self.quick else full

    def log(self, name: str) -> Path:
        """File for what a program prints."""
        return self.out / f"{name}.log"

    def keep(self, part: str, measured: Any) -> None:
        """Write what a part measured."""
        (self.out / f"{part}.json").write_text(json.dumps(measured, ensure_ascii=False, indent=1), "utf-8")

    def kept(self, part: str) -> Any:
        """What a part measured in this run or an earlier one; `None` where it never ran."""
        file = self.out / f"{part}.json"
        return json.loads(file.read_text("utf-8")) if file.is_file() else None


class Bar:
    """Progress on the terminal: one line a part."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:16s}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[now]}"),
        )
        self._task = self._progress.add_task("", visible=False, now="")

    @contextmanager
    def shown(self) -> Iterator[Bar]:
        """While it is on the screen."""
        with self._progress:
            yield self

    def begin(self, part: str, total: int) -> None:
        """Start a line with this many steps."""
        self._task = self._progress.add_task(part, total=total, now="")

    def step(self, now: str = "") -> None:
        """One step is done; `now` says what comes."""
        self._progress.update(self._task, advance=1, now=now)
