"""`legenda read --server`: a reader whose pages are read elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

from legenda.client import Client, RemoteJob
from legenda.document import Page
from legenda.errors import InvalidOptionError, LegendaError
from legenda.options import ReadOptions

_AT_ONCE = 8  # inputs handed in while others are read, so that a server of some cores has no pause


class RemoteReader:
    """Reads with a server, as `legenda.pipeline.Reader` reads here.

    Args:
        server: its address.
        key: API key, or empty.
        options: how to read; the limits are those of the server.
        jobs: inputs handed in at once.
    """

    def __init__(self, server: str, key: str, options: ReadOptions, jobs: int | None = None) -> None:
        if options.attachments:
            raise InvalidOptionError(
                "--attachments is not for servers", "they read PDFs alone", "leave one of them out"
            )
        self.jobs = jobs or _AT_ONCE
        self._client = Client(server, key or None)
        self._options: dict[str, Any] = {
            "tier": options.effort,
            "engine": options.engine,
            "languages": options.languages or None,
            "pages": options.pages or None,
            "password": options.password,
            "text_layer": options.text_layer,
            "content": options.content,
            "structure": options.structure,
            "dpi": options.dpi,
            "box": options.box,
            "color": options.color,
            "delete_input": True,
        }

    def start(self) -> None:
        """Nothing is to be started here."""

    def pages(self, data: Path | bytes, name: str = "") -> RemotePages:
        """Hand an input in and wait until its pages are counted.

        Raises:
            LegendaError: the server cannot be reached, refuses the input, or cannot open it.
        """
        name = PurePath(name).name if isinstance(data, Path) else ""
        return RemotePages(self._client.submit(data, name=name, **self._options))

    def __enter__(self) -> RemoteReader:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()


class RemotePages(Iterator[Page]):
    """The pages of a job, as `legenda.pipeline.reader.Pages`; closing deletes the job, which stops it."""

    def __init__(self, job: RemoteJob) -> None:
        self._job = job
        self._pages = job.pages()
        try:
            self.count = job.counted()
        except BaseException:
            self.close()
            raise
        self.metadata: Mapping[str, str] = job.status.get("file_metadata") or {}

    def __next__(self) -> Page:
        return next(self._pages)

    def close(self) -> None:
        """Delete the job with all that is kept of it; if that fails, it goes when its time is over."""
        with suppress(LegendaError):
            self._job.delete()
