"""`legenda look`: a page with what was read drawn onto it."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

from legenda.errors import InvalidOptionError, LegendaError, OutputError
from legenda.exports.overlay import draw
from legenda.exports.whole import written
from legenda.options import ReadOptions
from legenda.pipeline import Reader
from legenda.sources import open_source

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def run(file: Path, output: Path, options: ReadOptions, *, panel: bool) -> None:
    """Read one page and write its picture.

    Args:
        file: image or PDF.
        output: picture to write; its suffix chooses the format.
        options: how to read; `pages` names one page.
        panel: typeset the text beside the picture.

    Raises:
        LegendaError: the page cannot be read, or the picture not be written.
    """
    if not (format := _FORMATS.get(output.suffix.lower())):
        raise InvalidOptionError(f"{output} is no picture", "", f"end its name in {', '.join(_FORMATS)}")
    if output.exists() and file.exists() and output.samefile(file):
        raise OutputError(f"{output} is the input itself", "it would be overwritten", "choose another --output")
    with Reader(options, jobs=1) as reader, closing(reader.pages(file)) as pages:
        page = next(pages)
    if page.problems and not page.blocks:
        raise LegendaError(f"{file}, page {page.number} could not be read", page.problems[0].message)
    with open_source(file, password=options.password, limits=options.limits) as source:
        raster = source.raster(page.number, options.dpi).pixels
    picture = io.BytesIO()
    draw(raster, page, panel=panel).save(picture, format)
    with written(output) as out:
        out.write(picture.getbuffer())
