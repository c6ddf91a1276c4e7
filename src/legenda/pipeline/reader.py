"""The library's front: read one input, or many, with every core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from legenda.document import Document, Page, assemble
from legenda.errors import LegendaError, NotFoundError
from legenda.options import ReadOptions, page_numbers
from legenda.pipeline.page import read_page
from legenda.sources import Source, open_source

Data = str | Path | bytes


class Pages(Iterator[Page]):
    """The pages of one input, in order, each as soon as it and those before it are read.

    A page that fails comes without text and with a problem. Spans are relative to the page; `Page.at` and `assemble`
    place them in a document.

    Attributes:
        count: pages that will come.
        metadata: title, author and the like, as the file states them.
    """

    def __init__(self, source: Source, options: ReadOptions, pool: ThreadPoolExecutor | None, ahead: int) -> None:
        self._source, self._options, self._pool, self._ahead = source, options, pool, ahead
        self._numbers: deque[int] = deque()
        self._running: deque[Future[Page]] = deque()
        try:
            self._numbers.extend(page_numbers(options.pages, source.page_count))
        except LegendaError:
            source.close()
            raise
        self.count = len(self._numbers)
        self.metadata: Mapping[str, str] = source.metadata

    def __next__(self) -> Page:
        while self._pool and self._numbers and len(self._running) < self._ahead:
            self._running.append(self._pool.submit(read_page, self._source, self._numbers.popleft(), self._options))
        if not self._running and not self._numbers:
            self.close()
            raise StopIteration
        try:
            if not self._pool:
                return read_page(self._source, self._numbers.popleft(), self._options)
            return self._running.popleft().result()
        except BaseException:  # no page can be read, or an interrupt: the input may not stay open with the traceback
            self.close()
            raise

    def close(self) -> None:
        """Drop what has not been read yet and close the input."""
        self._numbers.clear()
        while self._running:
            future = self._running.popleft()
            if not future.cancel():
                future.exception()  # wait: the source may not be closed under a page being read
        self._source.close()

    def __del__(self) -> None:
        self.close()


class Reader:
    """Reads many inputs with the same options; a context manager.

    Pages are read by `jobs` threads which share the models; each native pool has one thread, so `jobs` cores are busy.
    One job is done in the caller's own thread: handing pages over costs a third of the time of a page with own text.

    Args:
        options: how to read.
        jobs: pages read at once; `None` for one per core.
    """

    def __init__(self, options: ReadOptions | None = None, jobs: int | None = None) -> None:
        self.options = options or ReadOptions()
        self.jobs = jobs or cores()
        self._pool = ThreadPoolExecutor(self.jobs, thread_name_prefix="page") if self.jobs > 1 else None

    def pages(self, data: Data, name: str = "") -> Pages:
        """Read page by page; memory does not grow with the number of pages.

        Args:
            data: a path, or the bytes of a file.
            name: of the input, for messages; by default the file's name.

        Raises:
            LegendaError: the input cannot be opened at all, or no page is asked for.
        """
        return Pages(self._opened(data, name), self.options, self._pool, self.jobs + 1)

    def read(self, data: Data, name: str = "") -> Document:
        """Read a whole input.

        Raises:
            LegendaError: as for `pages`.
        """
        pages = self.pages(data, name)
        return assemble(pages, name or (Path(data).name if not isinstance(data, bytes) else ""), pages.metadata)

    def read_many(self, inputs: Iterable[Data]) -> Iterator[tuple[Data, Document | LegendaError]]:
        """Read inputs in order; an input that cannot be read gives its error, and the others go on."""
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="input") as pool:
            running: deque[tuple[Data, Future[Document | LegendaError]]] = deque()
            for data in inputs:
                running.append((data, pool.submit(self._read_or_error, data)))
                if len(running) > self.jobs:
                    done, future = running.popleft()
                    yield done, future.result()
            while running:
                done, future = running.popleft()
                yield done, future.result()

    def close(self) -> None:
        """Stop the threads; pages being read are finished."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _read_or_error(self, data: Data) -> Document | LegendaError:
        try:
            return self.read(data)
        except LegendaError as error:
            return error

    def _opened(self, data: Data, name: str) -> Source:
        path = Path(data) if isinstance(data, str) else data
        if isinstance(path, Path) and path.is_dir():
            raise NotFoundError(f"{path} is a folder", "", "give its files one by one")
        return open_source(path, name=name, password=self.options.password, limits=self.options.limits)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read(data: Data, **options: Any) -> Document:
    """Read one image or PDF.

    Args:
        data: a path, or the bytes of a file.
        options: fields of `ReadOptions`.

    Returns:
        The document: its text, and pages of blocks, lines and words with polygons and confidences.

    Raises:
        LegendaError: the input cannot be opened. A single page that fails carries a problem instead.
    """
    with Reader(ReadOptions(**options)) as reader:
        return reader.read(data)
