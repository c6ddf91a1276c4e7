"""What a PDF made of an office file does not say itself, kept in it as an attachment: cells of sheets, notes of slides.

In the sandbox: written with pikepdf after the conversion, read with PDFium when the PDF is opened.
"""

from __future__ import annotations

import ctypes
import json
import os
from typing import Any

from legenda.errors import CorruptSourceError
from legenda.sandbox.jobs import Answer, Task

NAME = "legenda-office.json"
_MOST_BYTES = 64 * 2**20


def attach(task: Task) -> Answer:
    """Job: write the PDF in the source to the target, with `task.args["about"]` in it.

    `about` is a list, an object for each page; see `office_sheets.unfold` and `office.notes`.

    Raises:
        CorruptSourceError: it is no PDF.
    """
    import pikepdf

    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    data = json.dumps(task.args["about"], ensure_ascii=False, separators=(",", ":")).encode()
    try:
        with os.fdopen(os.dup(task.source), "rb") as file, pikepdf.open(file) as pdf:
            pdf.attachments[NAME] = pikepdf.AttachedFileSpec(pdf, data, filename=NAME)
            with os.fdopen(os.dup(task.target), "wb") as out:
                pdf.save(out)
    except pikepdf.PdfError as error:
        raise CorruptSourceError("the pages made of the file cannot be read", str(error)[:200]) from error
    return Answer({})


def told(document: Any) -> list[dict[str, Any]]:
    """What `attach` wrote; nothing where it did not, or what is there is something else.

    Args:
        document: handle of PDFium's.
    """
    import pypdfium2_raw.bindings as pdfium

    from legenda.sources.pdf_attachments import content

    for index in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), 8)):
        attachment = pdfium.FPDFDoc_GetAttachment(document, index)
        if _name(attachment) == NAME:
            return _parsed(content(attachment, _MOST_BYTES))
    return []


def _name(attachment: Any) -> str:
    import pypdfium2_raw.bindings as pdfium

    buffer = (ctypes.c_ushort * 64)()
    size = pdfium.FPDFAttachment_GetName(attachment, buffer, 128)
    return bytes(buffer)[: max(0, size - 2)].decode("utf-16-le", "replace") if size <= 128 else ""


def _parsed(data: bytes | None) -> list[dict[str, Any]]:
    try:
        found = json.loads(data or b"[]")
    except ValueError:
        return []
    return [page if isinstance(page, dict) else {} for page in found] if isinstance(found, list) else []
