"""ZIP with the same document in the formats most people want."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from contextlib import suppress
from pathlib import PurePath
from typing import BinaryIO

from legenda.document import Page
from legenda.errors import MissingComponentError, PasswordError, SourceError
from legenda.exports.base import Exporter, Origin

FORMATS = ("txt", "md", "html", "json", "csv", "docx", "xlsx", "pdf")
_STORED = ("docx", "xlsx", "pdf")  # compressed already
_IN_MEMORY = 2**20


class Zip(Exporter):
    """Text, Markdown, HTML, JSON, CSV, Excel; Word where its library is there; PDF where the original can be opened."""

    format = "zip"
    suffix = ".zip"
    binary = True
    uses_original = True

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        from legenda.exports import EXPORTERS

        super().__init__(out, origin)
        self._made: dict[str, tuple[Exporter, tempfile.SpooledTemporaryFile[bytes]]] = {}
        for name in FORMATS:
            if origin.data is None and EXPORTERS[name].keeps_original:
                continue
            file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
            with suppress(MissingComponentError):
                self._made[name] = EXPORTERS[name](file, origin), file  # type: ignore[arg-type]

    def _add(self, page: Page) -> None:
        for exporter, _ in self._made.values():
            exporter.add(page)

    def close(self) -> None:
        """Write the archive."""
        stem = PurePath(self._name.replace("\\", "/")).stem.strip(". ") or "result"
        with zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, (exporter, file) in self._made.items():
                with file:
                    try:
                        exporter.close()
                    except (SourceError, PasswordError):  # of the original: its password may be forgotten by now
                        continue
                    file.seek(0)
                    info = zipfile.ZipInfo(stem + exporter.suffix)
                    info.compress_type = zipfile.ZIP_STORED if name in _STORED else zipfile.ZIP_DEFLATED
                    with archive.open(info, "w", force_zip64=True) as target:
                        shutil.copyfileobj(file, target)
