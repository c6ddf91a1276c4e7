"""`legenda read`: every input to its pages, every page to its places."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from legenda.cli.outputs import Plan, plan, stems, written
from legenda.cli.progress import Bar, visible
from legenda.cli.report import Report
from legenda.cli.turns import Turns
from legenda.document import Page
from legenda.document.jsonio import dumps, page_to_dict
from legenda.errors import ExitCode, LegendaError, OutputError
from legenda.exports import EXPORTERS, Exporter, Origin
from legenda.options import ReadOptions
from legenda.pipeline import Reader
from legenda.sources.inputs import Input, find_inputs

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
    """

    paths: tuple[str, ...]
    options: ReadOptions
    formats: tuple[str, ...] = ()
    output: str = ""
    jobs: int | None = None
    quiet: bool = False
    json_lines: bool = False


def run(request: Request) -> ExitCode:
    """Read all inputs; errors of one do not stop the others.

    Raises:
        LegendaError: the options or the list of inputs cannot be used at all.
    """
    report = Report(quiet=request.quiet)
    inputs = list(find_inputs(request.paths))
    several = len(inputs) > 1 or any(Path(path).is_dir() for path in request.paths)
    places = plan(request.formats, request.output, several=several, json_lines=request.json_lines)
    streaming = places.output is None or request.json_lines
    with (
        Reader(request.options, request.jobs) as reader,
        Bar(len(inputs), shown=visible(quiet=request.quiet, streaming=streaming)) as bar,
    ):
        turns = Turns(sys.stdout.buffer, len(inputs))
        _Reading(request, places, reader, report, bar, turns).all(inputs)
    report.sum_up()
    return report.exit_code


class _Stopped(Exception):
    """Another input ended the run; what this one began is not kept."""


class _Reading:
    """One run of the command over all inputs."""

    def __init__(self, request: Request, places: Plan, reader: Reader, report: Report, bar: Bar, turns: Turns) -> None:
        self._request, self._plan, self._reader = request, places, reader
        self._report, self._bar, self._turns = report, bar, turns
        self._stop = threading.Event()
        self._several = False

    def all(self, inputs: Sequence[Input]) -> None:
        """Read as many inputs at once as pages may be: files of one page then use every core, too."""
        self._several = len(inputs) > 1
        tasks = list(zip(range(len(inputs)), inputs, stems([x.name for x in inputs]), strict=True))
        window = min(len(inputs), self._request.jobs or os.cpu_count() or 1)
        if window < 2:
            for task in tasks:
                self._one(*task)
            return
        with ThreadPoolExecutor(window, thread_name_prefix="input") as pool:
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
        pages = self._reader.pages(item.data, item.name)
        first = next(pages, None)  # what cannot be opened fails here, before anything is written
        count = getattr(pages, "count", 0)
        self._bar.opened(count)
        origin = Origin(item.name, item.data, self._request.options.password, getattr(pages, "metadata", {}), count)
        offset = 0
        with self._exporters(origin, stem, stream) as exporters:
            for page in chain(() if first is None else (first,), pages):
                if self._stop.is_set():
                    raise _Stopped
                placed = page.at(offset)
                offset += placed.span.length + 1
                self._put(item.name, placed, exporters)
                stream.flush()

    def _put(self, name: str, page: Page, exporters: Sequence[Exporter]) -> None:
        for exporter in exporters:
            exporter.add(page)
        if self._request.json_lines:
            self._line({"file": name, "page": page_to_dict(page)})
        self._report.page(name, page)
        self._bar.advance()

    def _line(self, value: dict[str, Any]) -> None:
        self._turns.line((dumps(value) + "\n").encode())

    @contextmanager
    def _exporters(self, origin: Origin, stem: str, stream: BinaryIO) -> Iterator[list[Exporter]]:
        with ExitStack() as stack:
            outs = {}
            for name, path in self._plan.files(stem).items():
                _refuse_overwriting(origin, path)
                outs[name] = stack.enter_context(written(path))
            if self._plan.output is None and self._plan.formats:
                outs[self._plan.formats[0]] = self._headed(stream, origin.name)
            exporters = [EXPORTERS[name](out, origin) for name, out in outs.items()]
            yield exporters
            for exporter in exporters:
                exporter.close()
            if outs and self._plan.output is None:
                stream.write(self._foot())

    def _headed(self, stream: BinaryIO, name: str) -> BinaryIO:
        if self._several and self._plan.formats[0] in _HEADED:
            stream.write(f"==> {name} <==\n".encode(errors="replace"))
        return stream

    def _foot(self) -> bytes:
        return b"\n" if self._plan.formats[0] == "json" or self._several else b""


def _refuse_overwriting(origin: Origin, path: Path) -> None:
    if isinstance(origin.data, Path) and path.exists() and origin.data.exists() and path.samefile(origin.data):
        raise OutputError(f"{path} is the input itself", "it would be overwritten", "choose another --output")
