"""The process that reads documents, one after the other, with the next one fetched meanwhile."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from queue import Queue
from typing import Any, BinaryIO, NamedTuple, cast

from legenda.blobs import BlobStore, Collection, escaped
from legenda.document import Page, assemble
from legenda.document.jsonio import dumps, to_dict
from legenda.errors import EngineError, LegendaError
from legenda.execute.batch.manifest import Order
from legenda.exports import EXPORTERS, Origin
from legenda.pipeline import Reader
from legenda.pipeline.messages import receive, send, sendable
from legenda.pipeline.reader import Pages
from legenda.sandbox import confinement

_MEGABYTES = 4096
"""Of address space: as workers of the server have it, `execute.worker`."""

PAGE = "page"
"""A page more was read, and another one is begun; of the last of a document its answer tells."""

Row = dict[str, Any]
"""Of a page, see `rows.PAGE_FIELDS`."""


class Read(NamedTuple):
    """A document: its line of JSON, and a row for each page."""

    line: bytes
    rows: list[Row]


def work(link: socket.socket) -> None:
    """Read what the parent sends, first an `Order`, then keys. Raises `EOFError` when it has closed its end."""
    confinement.allow_memory(_MEGABYTES)
    order, _ = receive(link)
    _Reading(order, link).run()


class _Reading:
    def __init__(self, order: Order, link: socket.socket) -> None:
        self._order, self._link = order, link
        self._collection, self._output = Collection(order.input), BlobStore(order.output)
        self._reader = Reader(order.options, jobs=1)
        self._fetched: Queue[tuple[str, Path | Exception, ExitStack] | None] = Queue(1)

    def run(self) -> None:
        threading.Thread(target=self._fetch, name="fetch", daemon=True).start()
        while given := self._fetched.get():
            key, path, kept = given
            with kept:
                send(self._link, self._answer(key, path))

    def _fetch(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                key, _ = receive(self._link)
                with ExitStack() as stack:
                    path: Path | Exception
                    try:
                        path = stack.enter_context(self._collection.path(key))
                    except Exception as error:
                        path = error
                    self._fetched.put((key, path, stack.pop_all()))
        self._fetched.put(None)

    def _answer(self, key: str, path: Path | Exception) -> Read | LegendaError:
        try:
            if isinstance(path, Exception):
                raise path
            return self._read(key, path)
        except LegendaError as error:
            return sendable(error)
        except MemoryError:
            os._exit(1)  # what is left of the process is not to be used again
        except Exception as error:  # a bug met on one document must not cost the others
            return EngineError(f"{key} could not be read", f"{type(error).__name__}: {error}")

    def _read(self, key: str, path: Path) -> Read:
        name = PurePosixPath(key).name
        pages = self._reader.pages(path, name)
        with contextlib.closing(pages), ExitStack() as files:
            origin = Origin(name, path, self._order.options.password, pages.metadata, pages.count)
            outs = {
                format: cast(BinaryIO, files.enter_context(tempfile.TemporaryFile())) for format in self._order.formats
            }
            exporters = [EXPORTERS[format](out, origin) for format, out in outs.items()]
            read = list(self._told(pages))
            document = assemble(read, name, pages.metadata)
            for exporter in exporters:
                for page in document.pages:
                    exporter.add(page)
                exporter.close()
            for format, out in outs.items():
                out.seek(0)
                self._output.put(f"documents/{escaped(key)}.{format}", out)
        line = dumps({"key": key, "document": to_dict(document)}).encode()
        return Read(line, [_row(key, page) for page in read])

    def _told(self, pages: Pages) -> Iterator[Page]:
        for done, page in enumerate(pages, 1):
            if done < pages.count:
                send(self._link, PAGE)
            yield page


def _row(key: str, page: Page) -> Row:
    words = [word.confidence for line in page.lines if line.content for word in (line.words or (line,))]
    problem = page.problems[0] if page.problems else None
    return {
        "key": key,
        "page": page.number,
        "text": page.text,
        "engine": page.engine,
        "source": page.source,
        "words": len(words),
        "confidence": sum(words) / len(words) if words else None,
        "error": problem.code if problem else None,
        "message": problem.message if problem else None,
    }
