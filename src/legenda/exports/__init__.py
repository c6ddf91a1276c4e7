"""A `Document` in, files out; one module per format, each imported when first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from legenda.exports.base import Exporter, Origin

_CLASSES = {
    "txt": "txt:Text",
    "txt-layout": "txt:LayoutText",
    "md": "md:Markdown",
    "mmd": "got:MathpixMarkdown",
    "json": "json:Json",
    "html": "html:Html",
    "hocr": "hocr:Hocr",
    "alto": "alto:Alto",
    "pdf": "pdf:SearchablePdf",
    "pdf-a": "pdf:ArchivalPdf",
    "csv": "csv:Csv",
    "docx": "docx:Docx",
    "xlsx": "xlsx:Xlsx",
    "pptx": "pptx:Pptx",
    "zip": "zip:Zip",
    "latex": "notations:Latex",
    "tikz": "notations:Tikz",
    "svg": "notations:Svg",
    "smiles": "notations:Smiles",
    "mol": "notations:Mol",
    "kern": "notations:Kern",
    "musicxml": "notations:MusicXml",
    "midi": "notations:Midi",
}


STRUCTURED = frozenset(
    {"md", "mmd", "html", "docx", "xlsx", "pptx", "csv"}
    | {"latex", "tikz", "svg", "smiles", "mol", "kern", "musicxml", "midi"}
)
"""Formats that show headings, tables or notations: who asks for one of these wants pages read with structure."""


class _Exporters(Mapping[str, type[Exporter]]):
    """Format name to class."""

    def __getitem__(self, name: str) -> type[Exporter]:
        module, _, attribute = _CLASSES[name].partition(":")
        exporter: type[Exporter] = getattr(import_module(f"{__name__}.{module}"), attribute)
        return exporter

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


EXPORTERS: Mapping[str, type[Exporter]] = _Exporters()

__all__ = ["EXPORTERS", "STRUCTURED", "Exporter", "Origin"]
