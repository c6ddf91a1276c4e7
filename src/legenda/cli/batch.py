"""`legenda batch`: a folder or a bucket of documents, read in shards; the same command again goes on with it."""

from __future__ import annotations

import random
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from legenda.cli.progress import visible
from legenda.cli.status import say
from legenda.errors import ExitCode, InvalidOptionError, MissingComponentError

if TYPE_CHECKING:
    from legenda.execute.batch.manifest import Done, Manifest, Order
    from legenda.options import ReadOptions


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        input: folder or URL of a bucket.
        output: folder or URL of a bucket.
        options: how to read.
        formats: of files a document.
        executor: `local` or `ray`.
        jobs: processes; `None` for one a core.
        shard: most documents of a shard.
        price: of an hour of all that reads, for the cost of a million pages; 0 for unknown.
        quiet: no bar and no summary.
    """

    input: str
    output: str
    options: ReadOptions
    formats: tuple[str, ...] = ()
    executor: str = "local"
    jobs: int | None = None
    shard: int = 64
    price: float = 0.0
    quiet: bool = False


def run(request: Request) -> ExitCode:
    """Do what is not done yet.

    Raises:
        LegendaError: the input cannot be listed, the output not be written, or the options not be used.
    """
    _check(request)
    from legenda.execute.batch.manifest import Manifest, Order

    input, output = _url(request.input), _url(request.output)
    if input == output or output.startswith(input.rstrip("/") + "/"):
        raise InvalidOptionError("OUTPUT lies in INPUT", "results would be read as documents", "choose another")
    order = Order(input, output, request.options, request.formats)
    manifest = Manifest.of(order, request.shard)
    with _Progress(manifest, request) as progress:
        for done in manifest.done():
            progress.before(done)
        left = [shard for shard in range(manifest.shards) if shard not in progress.seen]
        random.shuffle(left)  # whoever runs the same command elsewhere begins with others
        with closing(_shards(request, order, manifest, left, progress)) as shards:
            for done in shards:
                progress.done(done)
    return progress.sum_up()


def _shards(
    request: Request, order: Order, manifest: Manifest, left: list[int], progress: _Progress
) -> Generator[Done]:
    if request.executor == "ray":
        from legenda.execute.ray import run_shards

        return run_shards(order, manifest, left, progress.advanced)
    from legenda.execute.batch.run import locally
    from legenda.pipeline.process import usual_workers

    return locally(order, manifest, left, request.jobs or usual_workers(), progress.advanced)


def _check(request: Request) -> None:
    from importlib.util import find_spec

    from legenda.exports import EXPORTERS

    needed = ["obstore", "pyarrow", *(["ray"] if request.executor == "ray" else [])]
    if missing := [name for name in needed if find_spec(name) is None]:
        extra = "ray" if "ray" in missing else "batch"
        raise MissingComponentError(f"{missing[0]} is not installed", "", f"pip install 'legenda[{extra}]'")
    if request.executor not in ("local", "ray"):
        raise InvalidOptionError(f"executor is {request.executor!r}", "it must be local or ray")
    if unknown := [name for name in request.formats if name not in EXPORTERS]:
        raise InvalidOptionError(f"There is no format {unknown[0]!r}", "", f"choose of {', '.join(EXPORTERS)}")


def _url(place: str) -> str:
    from pathlib import Path

    return place if "://" in place else Path(place).resolve().as_uri()


class _Progress:
    """What is done, before and by this run, shown while it grows."""

    def __init__(self, manifest: Manifest, request: Request) -> None:
        self._manifest, self._price, self._quiet = manifest, request.price, request.quiet
        self.seen: set[int] = set()
        self._documents = self._pages = self._failed = self._faulty = 0
        self._read = 0  # pages of this run, those of shards that are not done yet among them
        self._began = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> _Progress:
        if visible(quiet=self._quiet, streaming=False):
            self._bar = _bar(self._manifest.documents)
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def before(self, done: Done) -> None:
        """A shard was done by an earlier run, or by another."""
        self.seen.add(done.shard)
        self._add(done)

    def done(self, done: Done) -> None:
        """A shard is done."""
        self._add(done)

    def advanced(self, pages: int) -> None:
        """So many pages more were read."""
        self._read += pages
        if self._bar:
            self._show()

    def sum_up(self) -> ExitCode:
        """Say what came of it, and how the command ends."""
        if not self._quiet:
            of = f"{self._documents + self._failed} documents, {self._pages} pages"
            bad = f"; {self._failed} documents and {self._faulty} pages could not be read" if self._bad else ""
            say(f"legenda: {of}{bad}; {self._rate():.2f} pages/s{self._cost()}")
        return ExitCode.PARTIAL if self._bad else ExitCode.OK

    @property
    def _bad(self) -> int:
        return self._failed + self._faulty

    def _add(self, done: Done) -> None:
        self._documents += done.documents
        self._pages += done.pages
        self._failed += done.failed
        self._faulty += done.faulty
        if self._bar:
            self._show()

    def _rate(self) -> float:
        return self._read / max(time.monotonic() - self._began, 1e-3)

    def _cost(self) -> str:
        if not self._price or not self._read:
            return ""
        return f", {self._price / self._rate() / 3600 * 1e6:,.2f} per million pages"

    def _show(self) -> None:
        told = f"{self._rate():.1f} pages/s{self._cost()}"
        self._bar.update(self._bar.task_ids[0], completed=self._documents + self._failed, told=told)


def _bar(documents: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TextColumn("documents")]
    columns += [TextColumn("{task.fields[told]}"), TimeRemainingColumn()]
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=documents, told="")
    bar.start()
    return bar
