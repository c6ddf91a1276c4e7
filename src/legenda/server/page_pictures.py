"""Pictures of pages as they were given, for people who look at what was read."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from anyio import CapacityLimiter

from legenda.errors import NotFoundError, PasswordError
from legenda.execute import converted
from legenda.options import Limits
from legenda.server.problems import ProblemError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from legenda.blobs import BlobStore
    from legenda.jobs.record import Job
    from legenda.sources import Source

_OPEN = 2  # inputs; whoever scrolls asks for the pages of one
_IDLE_SECONDS = 30.0
_QUALITY = 85
_DPI = (18, 300)


class PagePictures:
    """Renders pages of inputs in their sandbox; the inputs used last stay open for a while. Thread safe.

    Args:
        blobs: where inputs lie.

    Attributes:
        turns: rendering takes a core and memory, so no more than these at once.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self.turns = CapacityLimiter(_OPEN)
        self._lock = threading.Lock()
        self._sources: OrderedDict[str, tuple[Source, float]] = OrderedDict()
        self._timer: threading.Timer | None = None

    def jpeg(self, job: Job, number: int, width: int) -> bytes:
        """A page as JPEG.

        Args:
            job: of the page.
            number: 1-based.
            width: pixels it should have; a picture has no more than it was given with.

        Raises:
            ProblemError: 404, there is no such page, or it has no picture; 409, the password is forgotten; 410, the
                input is deleted.
            LegendaError: it cannot be rendered.
        """
        source = self._taken(job)
        try:
            if not source.shown:
                raise ProblemError(404, "no_picture", "The input has text alone, and no picture of its pages.")
            page = source.page(number)
            dpi = round(72 * width / page.width) if page.unit == "point" else _DPI[1]
            pixels = source.raster(number, min(max(dpi, _DPI[0]), _DPI[1])).pixels
        except IndexError:
            raise ProblemError(404, "not_found", "There is no such page.") from None
        finally:
            self._given_back(job.request.source.key, source)
        return _encoded(pixels, width)

    def close(self) -> None:
        """Let go of all inputs."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
            self._drop(0)

    def _taken(self, job: Job) -> Source:
        """The input, open; nobody else has it until it is given back."""
        key = job.request.source.key
        with self._lock:
            if found := self._sources.pop(key, None):
                return found[0]
        try:
            return self._opened(job)
        except NotFoundError:
            raise ProblemError(410, "input_deleted", "The input is deleted, and its pictures with it.") from None
        except PasswordError:
            detail = "The password is forgotten when a job is closed, so its pages cannot be shown."
            raise ProblemError(409, "password_required", detail) from None

    def _opened(self, job: Job) -> Source:
        from legenda.sources import open_source

        given, usual = job.request.source, Limits()
        if not given.complete:
            raise ProblemError(409, "not_done", "The input is not there yet; ask again later.", retry_after=1)
        # it was let in before, so its size is no question here
        limits = replace(usual, bytes=max(usual.bytes, given.size), pages=max(usual.pages, job.page_count))
        counts = tuple(member.pages for member in job.members)
        with self._blobs.path(given.key) as path:
            converted.recall(job, path, self._blobs)
            return open_source(path, name=given.name, password=job.request.password, limits=limits, counts=counts)

    def _given_back(self, key: str, source: Source) -> None:
        with self._lock:
            if key in self._sources:  # another one was opened meanwhile
                source.close()
                return
            self._sources[key] = source, time.monotonic()
            self._drop(_OPEN)
            self._watch()

    def _drop(self, kept: int) -> None:
        while len(self._sources) > kept:
            _, (source, _) = self._sources.popitem(last=False)
            with suppress(OSError):
                source.close()

    def _watch(self) -> None:
        if self._timer is None and self._sources:
            self._timer = threading.Timer(_IDLE_SECONDS, self._idle)
            self._timer.daemon = True
            self._timer.start()

    def _idle(self) -> None:
        with self._lock:
            self._timer = None
            until = time.monotonic() - _IDLE_SECONDS
            self._drop(sum(used > until for _, used in self._sources.values()))
            self._watch()


def _encoded(pixels: NDArray[np.uint8], width: int) -> bytes:
    import cv2

    if pixels.shape[1] > width:
        height = max(round(pixels.shape[0] * width / pixels.shape[1]), 1)
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(pixels.dtype, copy=False)
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR).astype(pixels.dtype, copy=False)
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ProblemError(404, "no_picture", "The page has no picture.")
    return data.tobytes()
