"""A job on a server, seen from here."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from legenda.client.problem import error
from legenda.client.transport import Transport
from legenda.document import Document, Page, Problem, from_json, page_from_dict
from legenda.errors import LegendaError, RemoteError
from legenda.exports.whole import written
from legenda.jobs.record import FINAL

Progress = Callable[["RemoteJob"], None]

# polls: soon while much happens, seldom while nothing does
_FIRST, _LONGEST, _GROWTH = 0.05, 0.5, 1.4
_WAIT = 25.0  # seconds a server may take to answer who only waits for the end
_PAGES = 200  # records asked for at once


class RemoteJob:
    """A job on a server. As a context manager, it is deleted there at the end.

    Attributes:
        id: of the job.
        status: what the server last said about it (`GET /v1/jobs/{id}`).
    """

    def __init__(self, transport: Transport, status: Mapping[str, Any]) -> None:
        self._transport = transport
        self.status = status
        self.id = str(status["id"])
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", self.id):
            raise RemoteError("The server answered with no id of a job", "", "check the address")

    @property
    def state(self) -> str:
        """`queued`, `preparing`, `running`, `assembling`, `done`, `partial`, `failed`, `cancelled` or `expired`."""
        return str(self.status.get("state", ""))

    @property
    def page_count(self) -> int:
        """Pages that are read, 0 until they are counted."""
        return self._progress("pages")

    @property
    def pages_done(self) -> int:
        """Pages that nothing will happen to any more, the failed ones among them."""
        return self._progress("done") + self._progress("failed")

    def refresh(self, wait: float = 0) -> RemoteJob:
        """Ask how it stands; the server may answer when the job is over, at most `wait` seconds later."""
        headers = {"Prefer": f"wait={int(wait)}"} if wait >= 1 else {}
        self.status = self._transport.json("GET", self._path(), lambda: {"headers": headers})
        return self

    def counted(self) -> int:
        """Wait until its pages are counted: how many will be read.

        Raises:
            LegendaError: the input cannot be opened, or the job was cancelled.
        """
        for _ in self._polls(None):
            if self.page_count:
                return self.page_count
        return self._checked().page_count

    def wait(self, progress: Progress | None = None, *, timeout: float | None = None) -> RemoteJob:
        """Wait until it is done, wholly or in part.

        Args:
            progress: called with the job whenever it has moved on.
            timeout: seconds; `None` for as long as it takes.

        Raises:
            LegendaError: it failed, was cancelled, or is expired.
            TimeoutError: the time is over; the job goes on.
        """
        for _ in self._polls(timeout, patient=progress is None):
            if progress:
                progress(self)
        return self._checked()

    def pages(self, progress: Progress | None = None) -> Iterator[Page]:
        """Its pages in order, each as soon as it and those before it are read; one that failed carries a problem.

        Args:
            progress: as for `wait`.

        Raises:
            LegendaError: as for `wait`, and a page cannot be got.
        """
        last = 0
        for _ in self._polls(None):
            if progress:
                progress(self)
            while records := self._ready(last):
                for record in records:
                    yield self._page(record)
                    last = int(record["number"])
        self._checked()

    def document(self) -> Document:
        """All of it, once it is done.

        Raises:
            ConflictError: it is not done yet.
            LegendaError: it is gone, or the server cannot be reached.
        """
        with self._transport.stream("GET", self._path("result"), lambda: {"params": {"format": "json"}}) as response:
            return from_json(response.read())

    def download(self, format: str, target: Path | BinaryIO) -> None:
        """One of its results, as the server makes it.

        Args:
            format: `txt`, `md`, `json`, `hocr`, `pdf`, …
            target: a file, which appears when all of it is there; or something to write to.

        Raises:
            OutputError: the file cannot be written.
            LegendaError: as for `document`.
        """
        if not isinstance(target, Path):
            return self._download(format, target)
        with written(target) as out:
            self._download(format, out)

    def cancel(self) -> RemoteJob:
        """Stop it; pages already read stay readable."""
        self.status = self._transport.json("POST", self._path("cancel"))
        return self

    def delete(self) -> None:
        """Delete it with everything kept of it; nothing happens if it is gone already."""
        try:
            self._transport.json("DELETE", self._path())
        except LegendaError as failed:
            if failed.code != "not_found":
                raise

    def __enter__(self) -> RemoteJob:
        return self

    def __exit__(self, *exc: object) -> None:
        self.delete()

    def _progress(self, name: str) -> int:
        return int((self.status.get("progress") or {}).get(name) or 0)

    def _path(self, *parts: str) -> str:
        return "/".join(("v1/jobs", self.id, *parts))

    def _polls(self, timeout: float | None, *, patient: bool = False) -> Iterator[None]:
        """Once now, and whenever something happened, until it is over; `patient`: only its end matters."""
        began, pause = time.monotonic(), _FIRST
        seen: tuple[str, int] | None = None
        while True:
            if seen != (now := (self.state, self.pages_done)):
                seen, pause = now, _FIRST
                yield
            if self.state in FINAL:
                return
            if timeout is not None and time.monotonic() - began + pause > timeout:
                raise TimeoutError(f"Job {self.id} is not done after {timeout:g} seconds; it goes on")
            time.sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST)
            left = _WAIT if timeout is None else min(_WAIT, timeout - (time.monotonic() - began))
            self.refresh(left if patient else 0)

    def _checked(self) -> RemoteJob:
        if self.state in ("done", "partial"):
            return self
        failure = self.status.get("failure") or {}
        message = str(failure.get("message") or f"Job {self.id} is {self.state}")
        raise error(str(failure.get("code") or self.state), message)

    def _ready(self, after: int) -> list[dict[str, Any]]:
        """Records of the pages after one that are done or failed, up to the first that is neither."""
        found = self._transport.json("GET", self._path("pages"), lambda: {"params": {"after": after, "limit": _PAGES}})
        records = list(found.get("pages", ()))
        waiting = (i for i, record in enumerate(records) if record["state"] not in ("done", "failed"))
        return records[: next(waiting, len(records))]

    def _page(self, record: Mapping[str, Any]) -> Page:
        number = int(record["number"])
        if record["state"] == "done":
            with self._transport.stream("GET", self._path("pages", str(number))) as response:
                return page_from_dict(json.loads(response.read()).get("page"))
        failure = record.get("failure") or {}
        problem = Problem(str(failure.get("code", "remote")), str(failure.get("message", "the page could not be read")))
        return Page(number, 0, 0, "pixel", problems=(problem,))

    def _download(self, format: str, out: BinaryIO) -> None:
        with self._transport.stream("GET", self._path("result"), lambda: {"params": {"format": format}}) as response:
            for piece in response.iter_bytes(2**20):
                out.write(piece)
