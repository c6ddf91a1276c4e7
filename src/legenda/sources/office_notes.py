"""What a PDF made of an office file does not say itself, kept in it as an attachment: cells, notes, equations.

In the sandbox: written with pikepdf after the conversion, read with PDFium when the PDF is opened.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterator
from typing import Any

from legenda.errors import CorruptSourceError
from legenda.sandbox.jobs import Answer, Task

NAME = "legenda-office.json"
_MOST_BYTES = 64 * 2**20
_DEEPEST = 60


def attach(task: Task) -> Answer:
    """Job: write the PDF in the source to the target, with `task.args["about"]` in it.

    `about` is a list, an object for each page; see `office_sheets.unfold` and `office.notes`. Or `formulas` are those
    of a document, in its order: they are put on their pages.

    Raises:
        CorruptSourceError: it is no PDF.
    """
    import pikepdf

    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    try:
        with os.fdopen(os.dup(task.source), "rb") as file, pikepdf.open(file) as pdf:
            about = task.args.get("about") or _placed(pdf, task.args["formulas"])
            data = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
            pdf.attachments[NAME] = pikepdf.AttachedFileSpec(pdf, data, filename=NAME)
            with os.fdopen(os.dup(task.target), "wb") as out:
                pdf.save(out)
    except pikepdf.PdfError as error:
        raise CorruptSourceError("the pages made of the file cannot be read", str(error)[:200]) from error
    return Answer({})


def _placed(pdf: Any, formulas: list[list[str]]) -> list[dict[str, Any]]:
    """The formulas of each page; nothing where the PDF has more or fewer of them than the document."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    found = list(_pages_of_formulas(pdf.Root.get("/StructTreeRoot"), 0))
    about: list[dict[str, Any]] = [{} for _ in pages]
    if len(found) == len(formulas) and all(page in pages for page in found):
        for page, formula in zip(found, formulas, strict=True):
            about[pages[page]].setdefault("formulas", []).append(formula)
    return about


def _pages_of_formulas(element: Any, depth: int) -> Iterator[tuple[int, int]]:
    """The page of each element that is a formula, in the order of the tree (ISO 32000-1, 14.7.2)."""
    import pikepdf

    kids = element.get("/K") if isinstance(element, pikepdf.Dictionary) else None
    inner = list(kids.as_list()) if isinstance(kids, pikepdf.Array) else [kids]
    if depth > _DEEPEST or kids is None:
        return
    if element.get("/S") == "/Formula":
        page = next((one.get("/Pg") for one in (element, *inner) if isinstance(one, pikepdf.Dictionary)), None)
        yield page.objgen if page is not None else (0, 0)
        return
    for kid in inner:
        if isinstance(kid, pikepdf.Dictionary):
            yield from _pages_of_formulas(kid, depth + 1)


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
