"""Plugin that makes Legenda the engine of OCRmyPDF: `ocrmypdf --plugin legenda.compat.ocrmypdf in.pdf out.pdf`."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrmypdf import OcrEngine, hookimpl
from ocrmypdf.pluginspec import OrientationConfidence

from legenda import __version__
from legenda.languages import languages, resolve

if TYPE_CHECKING:
    from legenda.document import Document

_reading = threading.Lock()  # OCRmyPDF's threads share the models; it runs a process a core by default


class LegendaEngine(OcrEngine):  # type: ignore[misc]  # its package has no types for us
    """Reads page pictures with Legenda; codes are Tesseract's, as OCRmyPDF's users give them, or any of ours."""

    @staticmethod
    def version() -> str:
        """Of Legenda."""
        return __version__

    @staticmethod
    def creator_tag(options: Any) -> str:
        """What is put into the PDF's metadata."""
        return f"Legenda {__version__}"

    def __str__(self) -> str:
        return f"Legenda {__version__}"

    @staticmethod
    def languages(options: Any) -> set[str]:
        """Everything that can be asked for."""
        return {name for language in languages() for name in (language.pack, language.code, language.iso639_3) if name}

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> OrientationConfidence:
        """Upright: pages are turned while they are read, and words come back where they stand."""
        return OrientationConfidence(angle=0, confidence=0.0)

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        """Write what was read of a page's picture as hOCR, and as text."""
        document = _read(input_file, tuple(options.languages or ()))
        for format, path in (("hocr", output_hocr), ("txt", output_text)):
            _write(document, format, path)

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        """Not offered: OCRmyPDF makes the layer of hOCR."""
        raise NotImplementedError("use --pdf-renderer auto")


@hookimpl  # type: ignore[untyped-decorator]
def get_ocr_engine(options: Any = None) -> LegendaEngine:
    """The engine."""
    return LegendaEngine()


@cache
def _reader(codes: tuple[str, ...]) -> Any:
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    return Reader(ReadOptions(languages=codes), jobs=1)


def _read(picture: Path, given: tuple[str, ...]) -> Document:
    codes = tuple(dict.fromkeys(resolve(name).code for name in given if name not in ("osd", "equ")))
    with _reading:
        document: Document = _reader(codes).read(picture)
    return replace(document, name=picture.name)


def _write(document: Document, format: str, path: Path) -> None:
    from legenda.exports import EXPORTERS, Origin

    with path.open("wb") as out:
        exporter = EXPORTERS[format](out, Origin(document.name, pages=len(document.pages)))
        for page in document.pages:
            exporter.add(page)
        exporter.close()
