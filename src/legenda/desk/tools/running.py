"""Does what a tool does with a document that was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from legenda.desk.redact import Mark
from legenda.desk.tools.catalogue import Tool
from legenda.document.jsonio import dumps
from legenda.errors import InvalidOptionError
from legenda.exports import EXPORTERS, Origin

if TYPE_CHECKING:
    from legenda.desk.model import Model
    from legenda.document import Document


@dataclass(frozen=True, slots=True)
class Given:
    """What a tool is told besides the document.

    Attributes:
        data: the original, for tools that change or show its pages.
        password: opens it.
        format: of the result; the tool's own where empty.
        to: language to translate to.
        patterns: what is to be taken out, see `legenda.desk.redact.marks`.
        boxes: the same by place.
        schema: a JSON Schema instead of the tool's own.
        model: language model to ask, if there is one.
    """

    data: Path | bytes | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    format: str = ""
    to: str = ""
    patterns: Sequence[str] = ()
    boxes: Sequence[Mark] = ()
    schema: Mapping[str, Any] | None = None
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came out: the format, and notes for people about what could not be done."""

    format: str
    notes: tuple[str, ...] = ()


def run(tool: Tool, document: Document, given: Given, out: BinaryIO) -> Made:
    """Do what a tool does with a document.

    Args:
        tool: that is used; the document was read with its options.
        document: that was read.
        given: what else it is told.
        out: takes the result.

    Raises:
        InvalidOptionError: it is told what cannot be, or too little.
        MissingComponentError: it needs what is not here.
        LegendaError: as what it does raises.
    """
    format = given.format or tool.format
    if tool.does in ("extract", "mrz", "barcodes") and format != "json":
        raise InvalidOptionError(f"{tool.slug} gives JSON, not {format}")
    if tool.does == "read":
        return _exported(document, format, given, out)
    if tool.does == "redact":
        return _redacted(document, format, given, out)
    if tool.does == "translate":
        return _translated(document, format, given, out)
    if tool.does == "summarise":
        return _summarised(document, format, given, out)
    value = {"extract": _extracted, "mrz": _zones, "barcodes": _barcodes}[tool.does](tool, document, given)
    out.write(dumps(value, indent=2).encode() + b"\n")
    return Made("json")


def exporter_of(format: str) -> Any:
    """The exporter of a format.

    Raises:
        InvalidOptionError: there is none.
    """
    if format not in EXPORTERS:
        raise InvalidOptionError(f"There is no format {format!r}", f"there are {', '.join(EXPORTERS)}")
    return EXPORTERS[format]


def _exported(document: Document, format: str, given: Given, out: BinaryIO) -> Made:
    origin = Origin(document.name, given.data, given.password, document.metadata, len(document.pages))
    exporter = exporter_of(format)(out, origin)
    for page in document.pages:
        exporter.add(page)
    exporter.close()
    return Made(format)


def _redacted(document: Document, format: str, given: Given, out: BinaryIO) -> Made:
    from legenda.desk import redact

    found = redact.marks(document, given.patterns, given.boxes)
    if format != "pdf":
        words = sum(
            redact.BLANK in word.content for page in redact.redacted(document, found).pages for word in page.words
        )
        # the original would show what goes
        _exported(redact.redacted(document, found), format, Given(), out)
        return Made(format, (_gone(words),))
    if given.data is None:
        raise InvalidOptionError("The pages cannot be redacted", "the original is not at hand", "give the file")
    words = redact.write(document, found, given.data, out, password=given.password)
    return Made(format, (_gone(words),))


def _gone(words: int) -> str:
    return f"{words} word{'s' * (words != 1)} taken out" if words else "nothing matched: nothing was taken out"


def _translated(document: Document, format: str, given: Given, out: BinaryIO) -> Made:
    from legenda.desk import translate

    if not given.to:
        raise InvalidOptionError("No language to translate to is given", "", "name it: --to pt, or `to`")
    translated = translate.translated(document, given.to, given.model)
    if format == "pdf" and given.data is not None:
        translate.write(document, translated, given.data, out, password=given.password)
        return Made(format)
    return _exported(translated, format, Given(), out)


def _summarised(document: Document, format: str, given: Given, out: BinaryIO) -> Made:
    from legenda.desk.summary import summarised, written

    if format not in ("json", "txt", "md"):
        raise InvalidOptionError(f"A summary is text or JSON, not {format}")
    answer = written(document, given.model) if given.model else summarised(document)
    notes = (f"written by {answer.how}, each sentence held against the document",) if given.model else ()
    if format == "json":
        citations = [{"page": c.page, "snippet": c.snippet} for c in answer.citations]
        said = {"summary": answer.text, "citations": citations, "how": answer.how}
        out.write(dumps(said, indent=2).encode() + b"\n")
    else:
        quoted = "".join(f"{c.snippet} (p. {c.page})\n" for c in answer.citations)
        out.write((answer.text + "\n" if given.model or not quoted else quoted).encode())
    return Made(format, notes)


def _extracted(tool: Tool, document: Document, given: Given) -> Any:
    from legenda.desk.extract import extract
    from legenda.desk.extract.generated import extract_with

    schema = given.schema or tool.schema
    found = extract_with(given.model, document, schema) if given.model else extract(document, schema)
    return found.plain()


def _zones(tool: Tool, document: Document, given: Given) -> Any:
    from legenda.desk.extract import machine_readable

    zones = machine_readable(document.pages, datetime.now(UTC).year)
    return [
        {"format": zone.format, "page": zone.page, "fields": dict(zone.fields), "wrong": list(zone.wrong)}
        | {"lines": list(zone.lines), "boxes": [list(line.polygon) for line in zone.source]}
        for zone in zones
    ]


def _barcodes(tool: Tool, document: Document, given: Given) -> Any:
    return [
        {
            "page": page.number,
            "content": block.notation.forms.get("text", ""),
            "box": [round(x, 2) for x in block.polygon],
        }
        for page in document.pages
        for block in page.blocks
        if block.kind == "barcode" and block.notation
    ]
