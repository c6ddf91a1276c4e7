"""Opens an input: one confined child per source, started again when a page kills it."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legenda.document.geometry import Box
from legenda.document.model import Part, Problem, Unit
from legenda.errors import CorruptSourceError, LegendaError, ParserCrashError, UnsupportedFormatError
from legenda.options import Limits
from legenda.sandbox.descriptors import open_source as open_descriptor
from legenda.sandbox.process import Child, Reply
from legenda.sources import parts
from legenda.sources.page import Looks, Rendering, SourcePage
from legenda.sources.shape import is_wide
from legenda.sources.sniff import HEAD_BYTES, OFFICE, describe, sniff

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_METADATA = 1000


def open_source(
    data: Path | bytes,
    *,
    name: str = "",
    password: str | None = None,
    limits: Limits | None = None,
    counts: Sequence[int] = (),
    attachments: bool = False,
) -> Source:
    """Open an image, a PDF, an office file, or a ZIP of such. What it is, its bytes tell; its name does not matter.

    Args:
        data: the file, or its bytes.
        name: for messages; by default the file's name.
        password: opens an encrypted PDF or office file.
        limits: caps on size, memory and time.
        counts: pages of each member of an archive, if somebody has counted them before.
        attachments: read what is attached to a PDF, too, as an `Archive` of the PDF and that.

    Raises:
        NotFoundError: there is no such file, or it may not be read.
        EmptySourceError: it has no bytes or no pages.
        TooLargeError: it has more bytes, pixels or pages than the limits allow.
        UnsupportedFormatError: it is nothing that can be read.
        MissingComponentError: what it takes to read it is not installed.
        PasswordRequiredError: it is encrypted and no password was given.
        WrongPasswordError: the password does not open it.
        CorruptSourceError: nothing of it can be read.
        ParserCrashError: the parser crashed on it.
        TimedOutError: opening took longer than `limits.open_seconds`.
        OutOfMemoryError: opening needed more than `limits.memory`.
    """
    name = name or (data.name if isinstance(data, Path) else "the input")
    limits = limits or Limits()
    descriptor = open_descriptor(data, limits)
    return opened(descriptor, name=name, password=password, limits=limits, counts=counts, attachments=attachments)


def opened(
    descriptor: int,
    *,
    name: str,
    password: str | None,
    limits: Limits,
    counts: Sequence[int] = (),
    attachments: bool = False,
) -> Source:
    """The same of a descriptor, which is closed with the source, or if it cannot be opened."""
    format = sniff(os.pread(descriptor, HEAD_BYTES, 0))
    if format == "zip" or format in OFFICE:
        from legenda.sources.office import opened_office

        if source := opened_office(descriptor, format, name=name, password=password, limits=limits):
            return source
        from legenda.sources.archive import Archive

        return Archive(descriptor, name=name, password=password, limits=limits, counts=counts)
    if format == "eml" or (format == "pdf" and attachments):
        from legenda.sources.archive import Archive

        return Archive(descriptor, name=name, password=password, limits=limits, counts=counts)
    return Source(descriptor, name=name, password=password, limits=limits)


class Source:
    """An open input; a context manager. Thread safe: calls wait for one another.

    `shown` tells whether its pages have pixels.

    Attributes:
        name: for messages.
        format: `pdf`, `png`, `jpeg`, `tiff`, `webp`, `gif`, `bmp`, `heic`, `avif`, `jpeg2000`, `pnm` or `ico`;
            `zip` or `eml` for an `Archive` of such; that of the office file where this is the PDF made of it.
        unit: that of its pages.
        page_count: at least 1.
        metadata: `title`, `author`, `subject`, `keywords`, `creator`, `producer`, `creation_date`,
            `modification_date`, as far as the file states them.
    """

    shown = True
    _parts: tuple[Part, ...] = ()

    def __init__(self, descriptor: int, *, name: str, password: str | None, limits: Limits) -> None:
        self.name, self._password, self._limits, self._descriptor = name, password, limits, descriptor
        self._lock = threading.RLock()
        self._child = Child(descriptor, limits=limits, name=name)
        try:
            head = os.pread(descriptor, HEAD_BYTES, 0)
            self.format = sniff(head)
            if not self.format:
                raise _unsupported(name, head)
            self.unit: Unit = "point" if self.format == "pdf" else "pixel"
            self._parser = "legenda.sources.pdf" if self.format == "pdf" else "legenda.sources.picture"
            opened = self._open().args
            self.page_count = counted(opened.get("pages"), limits)
            self._parts = self._parts_of(opened.get("sizes"))
            self.page_count = len(self._parts) or self.page_count
            given = opened.get("metadata")
            pairs = given.items() if isinstance(given, dict) else ()
            self.metadata = {str(k): str(v)[:_MAX_METADATA] for k, v in pairs if v}
        except BaseException:
            self.close()
            raise

    def page(self, number: int) -> SourcePage:
        """Geometry and text layer of a page.

        Args:
            number: 1-based.

        Raises:
            IndexError: there is no such page.
            LegendaError: this page cannot be read (`CorruptSourceError`, `ParserCrashError`, `TimedOutError`,
                `OutOfMemoryError`); others may.
        """
        from legenda.sources import pages

        reply = self._call("page", number, {})
        try:
            if self.unit == "pixel":
                page = pages.picture_page(number, reply.args)
                return parts.cut(page, number, self._parts[number - 1]) if self._parts else page
            if pages.boxes_are_odd(reply.buffers):
                reply = self._call("page", number, {"tight": True})
            return pages.pdf_page(number, reply.args, reply.buffers)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ParserCrashError(f"page {number} of {self.name} was not read", f"nonsense answer: {error}") from error

    def looks(self, number: int) -> Looks | None:
        """How the text of a PDF page looks; `None` where there is no PDF.

        Args:
            number: 1-based.

        Raises:
            LegendaError: as for `page`.
        """
        from legenda.sources import pages

        if self.unit == "pixel":
            return None
        reply = self._call("looks", number, {})
        try:
            return pages.looks(reply.args, reply.buffers)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ParserCrashError(f"page {number} of {self.name} was not read", f"nonsense answer: {error}") from error

    def raster(self, number: int, dpi: int, box: Box | None = None) -> Rendering:
        """Pixels of a page.

        An image comes in its own resolution. A PDF page is rendered at `dpi`; a scan whose picture is finer, at
        the picture's resolution up to about 300 dpi. Never more than `limits.raster_pixels`.

        Args:
            number: 1-based.
            dpi: pixels per inch for PDF pages.
            box: only this part (left, top, right, bottom; page units).

        Raises:
            IndexError: there is no such page.
            LegendaError: as for `page`; also `TooLargeError` for a picture beyond `limits.pixels`.
        """
        box = parts.box_on(self._parts[number - 1], box) if self._parts else box
        reply = self._call("raster", number, {"dpi": dpi, "box": box})
        try:
            rendering = self._rendering(number, reply)
            return parts.rendered(self._parts[number - 1], rendering) if self._parts else rendering
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ParserCrashError(f"page {number} of {self.name} was not read", f"nonsense answer: {error}") from error

    def close(self) -> None:
        """Stop the child and let go of the input."""
        with self._lock:
            self._child.close()
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """Of what is read: the input, or the PDF that was made of it."""
        return self._descriptor

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open(self) -> Reply:
        limits = self._limits
        args = {
            "name": self.name,
            "format": self.format,
            "password": self._password,
            "pixels": limits.pixels,
            "raster_pixels": limits.raster_pixels,
            "pages": limits.pages,
        }
        return self._child.call(f"{self._parser}:open_file", args, seconds=limits.open_seconds)

    def _call(self, job: str, number: int, args: dict[str, Any]) -> Reply:
        if not 1 <= number <= self.page_count:
            raise IndexError(f"{self.name} has {self.page_count} pages, not page {number}")
        with self._lock:
            if self._descriptor < 0:
                raise ValueError("the source is closed")
            if not self._child.alive:
                self._open()
            try:
                seconds, given = self._limits.page_seconds, self._parts[number - 1].picture if self._parts else number
                return self._child.call(f"{self._parser}:{job}", {"number": given} | args, seconds=seconds)
            except LegendaError as error:
                error.what = error.what.replace(self.name, f"page {number} of {self.name}", 1)
                raise

    def _parts_of(self, given: Any) -> tuple[Part, ...]:
        """Where pages lie on pictures, if some show two; nothing where that would be more than are allowed."""
        try:
            sizes = [(int(width), int(height)) for width, height in given or ()]
            wide = any(is_wide(*size) for size in sizes)
            found = parts.parts_of(sizes, self._copy) if wide else ()
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ParserCrashError(f"{self.name} was not read", f"nonsense answer: {error}") from error
        return found if len(found) <= self._limits.pages else ()

    def _copy(self, number: int) -> NDArray[np.uint8]:
        """A small picture of a picture, in grey."""
        import numpy as np

        args = {"number": number, "longest": parts.LONGEST}
        if not self._child.alive:
            self._open()
        reply = self._child.call(f"{self._parser}:copy", args, seconds=self._limits.page_seconds)
        height, width = int(reply.args["height"]), int(reply.args["width"])
        return np.frombuffer(reply.buffers[0], np.uint8).reshape(height, width)

    def _rendering(self, number: int, reply: Reply) -> Rendering:
        import numpy as np

        args = reply.args
        height, width, channels = (int(args[k]) for k in ("height", "width", "channels"))
        if channels not in (1, 3) or height * width > self._limits.raster_pixels * 1.01 + 10_000:
            raise ValueError(f"a raster of {height} x {width} x {channels}")
        shape = (height, width) if channels == 1 else (height, width, 3)
        pixels: NDArray[np.uint8] = np.frombuffer(reply.buffers[0], np.uint8).reshape(shape)
        scale_x, scale_y, origin_x, origin_y = (float(v) for v in args["frame"])
        if not (scale_x > 0 and scale_y > 0):
            raise ValueError("a raster without scale")
        problems = (Problem("truncated", str(args["problem"])[:500]),) if args.get("problem") else ()
        return Rendering(pixels, scale_x, scale_y, origin_x, origin_y, problems)


def counted(pages: object, limits: Limits) -> int:
    """A number of pages as a child tells it, checked.

    Raises:
        CorruptSourceError: it cannot be right.
    """
    if not isinstance(pages, int) or not 1 <= pages <= limits.pages:
        raise CorruptSourceError("the input was not read", f"its parser counted {pages!r} pages", "repair the file")
    return pages


def _unsupported(name: str, head: bytes) -> UnsupportedFormatError:
    what = describe(head)
    why = f"it is {what}, which cannot be read yet" if what else "its bytes are of no known format"
    return UnsupportedFormatError(
        f"{name} cannot be read", why, "give an image, a PDF or an office file (save or print it as PDF)"
    )
