"""Pages of a PDF as pictures, for what cannot be kept as it is. Runs in the sandbox."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PIL import Image

from legenda.options import Limits
from legenda.sandbox.jobs import Task
from legenda.sources import pdf as reading
from legenda.sources.pdf_pictures import Picture, jpeg

if TYPE_CHECKING:
    import pikepdf

_DPI = 300
_QUALITY = 85


def drawn(pdf: pikepdf.Pdf, task: Task, count: int) -> Iterator[tuple[int, Picture]]:
    """Numbers and pictures of all pages of the PDF that is `task.source`, as objects of `pdf`.

    Raises:
        CorruptSourceError: a page cannot be drawn.
    """
    limits = Limits()
    about = {"name": "the PDF", "password": task.args.get("password"), "pages": count, "pixels": limits.pixels}
    reading.open_file(Task(about | {"raster_pixels": limits.raster_pixels}, [], task.source, None))
    for number in range(1, count + 1):
        answer = reading.raster(Task({"number": number, "dpi": _DPI, "box": None}, [], task.source, None))
        width, height = int(answer.args["width"]), int(answer.args["height"])
        across, down = (float(scale) for scale in answer.args["frame"][:2])
        mode = "L" if answer.args["channels"] == 1 else "RGB"
        out = io.BytesIO()
        shown = Image.frombuffer(mode, (width, height), bytes(answer.buffers[0]), "raw", mode, 0, 1)
        shown.save(out, "JPEG", quality=_QUALITY, optimize=True)
        image = jpeg(pdf, out.getvalue())
        assert image is not None  # noqa: S101  (it was just written as PDF wants it)
        size = width / across, height / down
        yield number, Picture(pdf.make_indirect(image), size, (size[0], 0, 0, size[1], 0, 0), (width, height))
