"""The document JSON of `legenda.document.jsonio`, written page by page."""

from __future__ import annotations

import shutil
import tempfile
from typing import Any, BinaryIO

from legenda.document import Page
from legenda.document.jsonio import dumps, head, page_to_dict
from legenda.exports.base import Exporter, Origin

_IN_MEMORY = 2**20


class Json(Exporter):
    """Byte for byte what `to_json` gives for the assembled document."""

    format = "json"
    suffix = ".json"

    def __init__(self, out: BinaryIO, origin: Origin) -> None:
        super().__init__(out, origin)
        # the document's text comes last in the file, so it waits outside memory
        self._text = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._write(dumps(head(self._name, self._metadata))[:-1] + ',"pages":[')

    def add_written(self, page: dict[str, Any], written: str, offset: int) -> None:
        """Write a page that is plain values already (`page_to_dict`), without building its objects again.

        Args:
            page: with spans relative to the page; they are changed.
            written: the same as JSON text (`dumps`).
            offset: of the page's text in the document's.
        """
        self._add_text(dumps(_moved(page, offset)) if offset else written, page["text"])
        self._count += 1

    def _add(self, page: Page) -> None:
        self._add_text(dumps(page_to_dict(page)), page.text)

    def _add_text(self, written: str, text: str) -> None:
        separator, line_feed = (",", "\\n") if self._count else ("", "")
        self._write(separator + written)
        self._text.write((line_feed + dumps(text)[1:-1]).encode())

    def close(self) -> None:
        """Write the document's text and the end."""
        self._write('],"text":"')
        self._text.seek(0)
        shutil.copyfileobj(self._text, self._out)
        self._text.close()
        self._write('"}')


def _moved(page: dict[str, Any], offset: int) -> dict[str, Any]:
    lines = [line for block in page["blocks"] for line in block["lines"]]
    words = [word for line in lines for word in line.get("words", ())]
    for part in (page, *page["blocks"], *lines, *words):
        part["span"][0] += offset
    return page
