"""Office Open XML packages, written part by part: what is done waits on disk, not in memory (ECMA-376-2)."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, cast
from xml.sax.saxutils import escape, quoteattr

from legenda.errors import MissingComponentError

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CHUNK = 2**20
_CORE = (
    HEAD + f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">{now}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{now}</dcterms:modified></cp:coreProperties>'
)


class Package:
    """A package whose parts are added in any order; the one named `[Content_Types].xml` is written first.

    Args:
        out: takes the package when it is closed.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115
        self._added: list[tuple[str, int, int]] = []
        self._open: dict[str, BinaryIO] = {}

    def add(self, name: str, data: str | bytes) -> None:
        """A part that is done."""
        data = data.encode() if isinstance(data, str) else data
        self._added.append((name, self._spool.tell(), len(data)))
        self._spool.write(data)

    def open(self, name: str) -> BinaryIO:
        """A part that grows until the package is closed."""
        self._open[name] = part = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        return part

    def close(self) -> None:
        """Write the package."""
        parts = sorted(self._added, key=lambda part: part[0] != "[Content_Types].xml")
        with self._spool, zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, offset, length in parts:
                self._spool.seek(offset)
                with archive.open(_info(name), "w", force_zip64=length >= 2**31) as target:
                    for start in range(0, length, _CHUNK):
                        target.write(self._spool.read(min(_CHUNK, length - start)))
            for name, part in self._open.items():
                size = part.tell()
                part.seek(0)
                with part, archive.open(_info(name), "w", force_zip64=size >= 2**31) as target:
                    shutil.copyfileobj(part, target, _CHUNK)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if name.endswith((".jpeg", ".png")) else zipfile.ZIP_DEFLATED
    return info


def template(library: str, module: str, file: str, format: str) -> dict[str, bytes]:
    """The parts of the empty document that a library brings, with the styles office programs know.

    Raises:
        MissingComponentError: the library is not installed.
    """
    try:
        found = find_spec(module)
    except ValueError:
        found = None
    if found is None or found.origin is None:
        raise missing(library, format)
    with zipfile.ZipFile(Path(found.origin).with_name("templates") / file) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def missing(library: str, format: str) -> MissingComponentError:
    """The error for a library that is not installed."""
    return MissingComponentError(
        f"The format {format} cannot be written", f"{library} is not installed", "pip install 'legenda[office]'"
    )


def core_properties(title: str) -> str:
    """The part `docProps/core.xml`."""
    return _CORE.format(title=escape(title[:255]), now=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")


def content_types(defaults: Mapping[str, str], overrides: Mapping[str, str]) -> str:
    """The part `[Content_Types].xml`.

    Args:
        defaults: media types by suffix.
        overrides: media types by part, each with a slash at its beginning.
    """
    usual = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    kinds = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in {**usual, **defaults}.items())
    kinds += "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    return f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">{kinds}</Types>'


def more_types(there: bytes, defaults: Mapping[str, str], overrides: Mapping[str, str]) -> bytes:
    """The part `[Content_Types].xml` of a template, with more in it."""
    more = "".join(
        f'<Default Extension="{end}" ContentType="{kind}"/>'
        for end, kind in defaults.items()
        if f'Extension="{end}"'.encode() not in there
    )
    more += "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    return there.replace(b"</Types>", more.encode() + b"</Types>")


def relationships(given: Mapping[str, tuple[str, str]]) -> str:
    """A part of relationships: by id, the kind's last word and the target."""
    inner = "".join(_relationship(id, *found) for id, found in given.items())
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def more_relationships(there: bytes, given: Mapping[str, tuple[str, str]]) -> bytes:
    """A template's part of relationships, with more in it."""
    more = "".join(_relationship(id, *found) for id, found in given.items())
    return there.replace(b"</Relationships>", more.encode() + b"</Relationships>")


def _relationship(id: str, kind: str, target: str) -> str:
    base = f"{_PACKAGE}/relationships/metadata" if kind == "core-properties" else RELATIONSHIPS
    outside = ' TargetMode="External"' if kind == "hyperlink" else ""
    return f'<Relationship Id="{id}" Type="{base}/{kind}" Target={quoteattr(target)}{outside}/>'
