"""`legenda read`: every input to its pages, every page to its places."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Protocol

from legenda.cli.outputs import Plan, of_content, plan, stems
from legenda.cli.progress import Bar, visible
from legenda.cli.report import Report
from legenda.cli.turns import Turns
from legenda.cli.writing import exporters
from legenda.document import Page
from legenda.document.jsonio import dumps, page_to_dict
from legenda.document.text import printable
from legenda.errors import ExitCode, LegendaError
from legenda.exports import Exporter, Origin
from legenda.options import ReadOptions
from legenda.pipeline import FEW, Reader
from legenda.sources.inputs import Input, expand

_HEADED = ("txt", "txt-layout", "md")  # several of these on one stream get a heading each
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        paths: files, folders, patterns, `-`.
        options: how to read.
        formats: as given.
        output: file or folder as given, empty for standard output.
        jobs: pages read at once; `None` for one per core.
        quiet: no bar, no notes, no summary.
        json_lines: a JSON object per page on standard output.
        server: address of the server that is to read, empty for this machine.
        key: its API key, or empty.
    """

    paths: tuple[str, ...]
    options: ReadOptions
    formats: tuple[str, ...] = ()
    output: str = ""
    jobs: int | None = None
    quiet: bool = False
    json_lines: bool = False
    server: str = ""
    key: str = field(default="", repr=False)


class _Opened(Protocol):
    """Pages of an input, see `legenda.pipeline.reader.Pages`."""

    count: int
    metadata: Mapping[str, str]

    def __iter__(self) -> Iterator[Page]: ...
    def __next__(self) -> Page: ...
    def close(self) -> None: ...


class _Reads(Protocol):
    """Reads here (`legenda.pipeline.Reader`) or elsewhere (`legenda.cli.remote.RemoteReader`)."""

    jobs: int

    def start(self) -> None: ...
    def pages(self, data: Path | bytes, name: str = "") -> _Opened: ...


def run(request: Request) -> ExitCode:
    """Read all inputs; errors of one do not stop the others.

    Raises:
        LegendaError: the options or the list of inputs cannot be used at all.
    """
    report = Report(quiet=request.quiet)
    inputs = _inputs(request, report)
    several = len(inputs) > 1 or any(Path(path).is_dir() for path in request.paths)
    formats = of_content(request.options.content, request.formats, request.output, json_lines=request.json_lines)
    places = plan(formats, request.output, several=several, json_lines=request.json_lines)
    if not inputs:
        return report.exit_code
    streaming = places.output is None or request.json_lines
    with (
        _reader(request) as reader,
        Bar(len(inputs), shown=visible(quiet=request.quiet, streaming=streaming)) as bar,
    ):
        turns = Turns(sys.stdout.buffer, len(inputs))
        _Reading(request, places, reader, report, bar, turns).all(inputs)
    report.sum_up()
    return report.exit_code


def _reader(request: Request) -> AbstractContextManager[_Reads]:
    if not request.server:
        return Reader(request.options, request.jobs)
    from legenda.cli.remote import RemoteReader

    return RemoteReader(request.server, request.key, request.options, request.jobs)


def _inputs(request: Request, report: Report) -> list[Input]:
    found: dict[Input, None] = {}
    for path in request.paths:
        try:
            found.update(dict.fromkeys(expand([path], request.options.limits)))
        except LegendaError as error:
            report.failed(path, error)
    return list(found)


class _Stopped(Exception):
    """Another input ended the run; what this one began is not kept."""


class _Reading:
    """One run of the command over all inputs."""

    def __init__(self, request: Request, places: Plan, reader: _Reads, report: Report, bar: Bar, turns: Turns) -> None:
        self._request, self._plan, self._reader = request, places, reader
        self._report, self._bar, self._turns = report, bar, turns
        self._stop = threading.Event()
        self._several = False

    def all(self, inputs: Sequence[Input]) -> None:
        """Read as many inputs at once as pages may be: files of one page then use every core, too."""
        self._several = len(inputs) > 1
        names = stems([x.name if isinstance(x.data, Path) else "stdin" for x in inputs])
        tasks = list(zip(range(len(inputs)), inputs, names, strict=True))
        if len(inputs) < 2 or self._reader.jobs < 2:
            for task in tasks:
                self._one(*task)
            return
        if len(inputs) >= FEW:
            self._reader.start()
        # one more than there are workers: one is written while the others are read
        with ThreadPoolExecutor(self._reader.jobs + 1, thread_name_prefix="input") as pool:
            futures = [pool.submit(self._one, *task) for task in tasks]
            try:
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()
            except BaseException:
                self._stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _one(self, index: int, item: Input, stem: str) -> None:
        try:
            with self._turns.stream(index) as stream:
                self._read(item, stem, stream)
            self._report.finished()
        except BrokenPipeError:
            raise
        except _Stopped:
            return
        except LegendaError as error:
            self._failed(item.name, error)
        except Exception as error:  # a bug met on one input must not cost the others
            _log.debug("unexpected", exc_info=True)
            why = f"unexpected {type(error).__name__}: {error}"
            self._failed(item.name, LegendaError(f"{item.name} could not be read", why, "please report this"))

    def _failed(self, name: str, error: LegendaError) -> None:
        self._report.failed(name, error)
        self._bar.advance()
        if self._request.json_lines:
            self._line({"file": name, "error": {"code": error.code, "message": str(error)}})

    def _read(self, item: Input, stem: str, stream: BinaryIO) -> None:
        # what cannot be opened fails here, before anything is written
        with closing(self._reader.pages(item.data, item.name)) as pages:
            self._bar.opened(pages.count)
            name = PurePath(item.name).name if isinstance(item.data, Path) else ""
            options = self._request.options
            bare = options.content not in ("auto", "text")
            origin = Origin(name, item.data, options.password, pages.metadata, pages.count, bare)
            if self._several and self._plan.streamed in _HEADED:
                stream.write(f"==> {printable(item.name)} <==\n".encode())
            with exporters(self._plan, origin, stem, stream) as opened:
                self._pages(item.name, pages, opened, stream)
            if self._plan.streamed == "json" or (self._several and self._plan.streamed):
                stream.write(b"\n")

    def _pages(self, name: str, pages: Iterable[Page], opened: Sequence[Exporter], stream: BinaryIO) -> None:
        offset = 0
        for page in pages:
            if self._stop.is_set():
                raise _Stopped
            placed = page.at(offset)
            offset += placed.span.length + 1
            self._put(name, placed, opened)
            stream.flush()

    def _put(self, name: str, page: Page, opened: Sequence[Exporter]) -> None:
        for exporter in opened:
            exporter.add(page)
        if self._request.json_lines:
            self._line({"file": name, "page": page_to_dict(page)})
        self._report.page(name, page)
        self._bar.advance()

    def _line(self, value: dict[str, Any]) -> None:
        self._turns.line((dumps(value) + "\n").encode())
