"""The library's front: read one input, or many, with every core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

from legenda.document import Document, Page, assemble
from legenda.errors import EngineError, InvalidOptionError, LegendaError, MissingComponentError, NotFoundError
from legenda.exports.table_breaks import continued
from legenda.layout.levels import Levels
from legenda.options import ReadOptions, page_numbers
from legenda.pipeline.page import failed_page, read_own_text, read_page
from legenda.pipeline.pool import Handed, Pool
from legenda.pipeline.process import usual_workers
from legenda.pipeline.worker import Answer
from legenda.sandbox.descriptors import open_source as open_descriptor
from legenda.sources import Source, opened
from legenda.sources.sniff import HEAD_BYTES, PICTURES, sniff

Data = str | Path | bytes

FEW = 4
"""Pages, or inputs, from which on workers are started: starting two takes as long as reading three pages in turn."""
AHEAD = 2  # pages per job read before they are asked for: pages differ, and a worker should not wait for the slowest
INPUTS_AHEAD = 4  # inputs per job; receipts beside pages differ even more


class Pages(Iterator[Page]):
    """The pages of one input, in order, each as soon as it and those before it are read.

    A page that fails comes without text and with a problem. Spans are relative to the page; `Page.at` and `assemble`
    place them in a document.

    Attributes:
        count: pages that will come.
        metadata: title, author and the like, as the file states them.
    """

    def __init__(self, descriptor: int, name: str, options: ReadOptions, pool: Pool | None) -> None:
        self._options, self._pool = options, pool
        self._source: Source | None = None
        self._handed: Handed | None = None
        self._waiting: deque[tuple[int, Page | Future[Answer]]] = deque()
        self._numbers: deque[int] = deque()
        self._before: Page | None = None
        self._levels = Levels()
        self._ahead = AHEAD * pool.jobs if pool else 1
        self.metadata: Mapping[str, str] = {}
        try:
            self._open(descriptor, name)
        except BaseException:
            self.close()
            raise
        self.count = len(self._numbers) + len(self._waiting)

    def __next__(self) -> Page:
        try:
            page = self._next()
        except BaseException:  # no page can be read, or an interrupt: the input may not stay open with the traceback
            self.close()
            raise
        if page is None:
            self.close()
            raise StopIteration
        self._before = page = continued(self._before, self._levels.settled(page))
        return page

    def close(self) -> None:
        """Drop what has not been read yet and close the input."""
        self._numbers.clear()
        while self._waiting:
            _, page = self._waiting.popleft()
            if isinstance(page, Future):
                page.cancel()
        if self._handed:
            self._handed.close()
        if self._source:
            self._source.close()

    def __del__(self) -> None:
        self.close()

    def _open(self, descriptor: int, name: str) -> None:
        if self._pool and self._pool.started and sniff(os.pread(descriptor, HEAD_BYTES, 0)) in PICTURES:
            self._handed = Handed(self._pool, descriptor, name, self._options)
            if self._opened_by_worker(self._handed):
                return
            descriptor = self._handed.copy()
        options = self._options
        source = opened(
            descriptor,
            name=name,
            password=options.password,
            limits=options.limits,
            attachments=options.attachments,
        )
        self._source, self.metadata = source, source.metadata
        self._numbers.extend(page_numbers(options.pages, source.page_count))
        if self._pool and not self._handed and (self._pool.started or len(self._numbers) >= FEW):
            self._handed = Handed(self._pool, os.dup(source.descriptor), name, options)

    def _opened_by_worker(self, handed: Handed) -> bool:
        """Have a worker open a picture and read its first page: pictures of one page cost this process nothing."""
        try:
            answer = handed.read(0).result()
        except EngineError:  # it did not survive; opened here, the page may fail alone
            return False
        self.metadata = answer.metadata
        first, *others = page_numbers(self._options.pages, answer.page_count)
        self._waiting.append((first, answer.page))
        self._numbers.extend(others)
        return True

    def _next(self) -> Page | None:
        while self._numbers and len(self._waiting) < self._ahead:
            if self._waiting and isinstance(self._waiting[0][1], Page):
                break  # out with it
            number = self._numbers.popleft()
            self._waiting.append((number, self._begun(number)))
        if not self._waiting:
            return None
        number, page = self._waiting.popleft()
        return page if isinstance(page, Page) else self._result(number, page)

    def _begun(self, number: int) -> Page | Future[Answer]:
        if not self._handed:
            assert self._source  # noqa: S101  (an input is open here, or in workers)
            return read_page(self._source, number, self._options)
        page = read_own_text(self._source, number, self._options) if self._source else None
        return page or self._handed.read(number)

    def _result(self, number: int, page: Future[Answer]) -> Page:
        try:
            return page.result().page
        except (InvalidOptionError, MissingComponentError):
            raise
        except LegendaError as error:
            return failed_page(self._source, number, error)


class Reader:
    """Reads many inputs with the same options; a context manager.

    Pages are read by `jobs` worker processes, each with one thread and models of its own. They are started when first
    needed: an input of less than four pages is read in the caller's thread if there are none yet, and so are pages
    that have text of their own, which takes less time than handing them over. One job is done in the caller's thread.

    Args:
        options: how to read.
        jobs: pages read at once; `None` for one per core, as long as there is a gigabyte of memory for each.
    """

    def __init__(self, options: ReadOptions | None = None, jobs: int | None = None) -> None:
        self.options = options or ReadOptions()
        self.jobs = jobs or usual_workers()
        self._pool = Pool(self.jobs) if self.jobs > 1 else None

    def start(self) -> None:
        """Use workers from now on, however small the inputs: many are to come, maybe from several threads."""
        if self._pool:
            self._pool.started = True

    def pages(self, data: Data, name: str = "") -> Pages:
        """Read page by page; memory does not grow with the number of pages.

        Args:
            data: a path, or the bytes of a file.
            name: of the input, for messages; by default the file's name.

        Raises:
            LegendaError: the input cannot be opened at all, or no page is asked for.
        """
        path = Path(data) if isinstance(data, str) else data
        if isinstance(path, Path) and path.is_dir():
            raise NotFoundError(f"{path} is a folder", "", "give its files one by one")
        name = name or (path.name if isinstance(path, Path) else "the input")
        return Pages(open_descriptor(path, self.options.limits), name, self.options, self._pool)

    def read(self, data: Data, name: str = "") -> Document:
        """Read a whole input.

        Raises:
            LegendaError: as for `pages`.
        """
        pages = self.pages(data, name)
        return assemble(pages, name or (Path(data).name if not isinstance(data, bytes) else ""), pages.metadata)

    def read_many(self, inputs: Iterable[Data]) -> Iterator[tuple[Data, Document | LegendaError]]:
        """Read inputs in order; an input that cannot be read gives its error, and the others go on."""
        inputs = iter(inputs)
        if self.jobs == 1:
            yield from ((data, self._read_or_error(data)) for data in inputs)
            return
        first = list(islice(inputs, FEW))
        if len(first) == FEW:
            self.start()
        with ThreadPoolExecutor(self.jobs + 1, thread_name_prefix="input") as threads:
            running: deque[tuple[Data, Future[Document | LegendaError]]] = deque()
            try:
                for data in chain(first, inputs):
                    running.append((data, threads.submit(self._read_or_error, data)))
                    if len(running) >= INPUTS_AHEAD * self.jobs:
                        done, future = running.popleft()
                        yield done, future.result()
                while running:
                    done, future = running.popleft()
                    yield done, future.result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Stop the workers; pages being read are not finished."""
        if self._pool:
            self._pool.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _read_or_error(self, data: Data) -> Document | LegendaError:
        try:
            return self.read(data)
        except LegendaError as error:
            return error


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
