"""Files attached to a PDF, as portfolios hold them, in the sandbox: listed, and taken out one by one.

To whoever asks for them, a PDF is an archive: its own pages are the first member, and its attachments the others.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from typing import Any

import pypdfium2_raw.bindings as pdfium

from legenda.errors import EmptySourceError, TooLargeError, UnsupportedFormatError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.office_notes import NAME
from legenda.sources.sniff import HEAD_BYTES, describe, sniff

_MOST, _LONGEST = 1000, 2000
_NESTED = frozenset(("zip", "eml"))
_CHUNK = 2**20

_opened: dict[str, Any] = {}


def attached(document: Any) -> Iterator[tuple[str, Any]]:
    """Name and handle of each attachment, but for what is ours.

    Args:
        document: handle of PDFium's.
    """
    buffer = (ctypes.c_ushort * (_LONGEST // 2))()
    for index in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), _MOST)):
        handle = pdfium.FPDFDoc_GetAttachment(document, index)
        size = pdfium.FPDFAttachment_GetName(handle, buffer, _LONGEST) if handle else 0
        name = bytes(buffer)[: max(0, min(size, _LONGEST) - 2)].decode("utf-16-le", "replace")
        if handle and name != NAME:
            yield name or f"attachment {index + 1}", handle


def content(handle: Any, most: int) -> bytes | None:
    """The bytes of an attachment; `None` where there are more than `most`, or none can be had."""
    size = ctypes.c_ulong()
    if not pdfium.FPDFAttachment_GetFile(handle, None, 0, size) or size.value > most:
        return None
    buffer = ctypes.create_string_buffer(max(size.value, 1))
    return buffer.raw[: size.value] if pdfium.FPDFAttachment_GetFile(handle, buffer, size.value, size) else None


def open_file(task: Task) -> Answer:
    """Job: open a PDF with what is attached to it.

    `task.args` holds `name`, `password`, `bytes` (most of a member) and `members` (most of them).

    Returns:
        `members`: of each its `name` and its `format`, empty where it is none that can be read.

    Raises:
        LegendaError: see `pdf.open_file`.
    """
    from legenda.sources.pdf import opened_document

    assert task.source is not None  # noqa: S101  (there is an input)
    document = opened_document(task.source, task.args | {"raster_pixels": 0})
    found = list(attached(document.handle))[: task.args["members"] - 1]
    _opened.clear()
    _opened.update(task.args, document=document, found=found)
    told = [{"name": task.args["name"], "format": "pdf"}]
    told += [{"name": name[:1000], "format": _format(content(handle, task.args["bytes"]))} for name, handle in found]
    return Answer({"members": told})


def take(task: Task) -> Answer:
    """Job: write the member `task.args["index"]` to the target.

    Raises:
        EmptySourceError: it has no bytes.
        TooLargeError: it has more than it may.
        UnsupportedFormatError: it is nothing that can be read.
    """
    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    with os.fdopen(os.dup(task.target), "wb") as out:
        if not task.args["index"]:
            at = 0
            while chunk := os.pread(task.source, _CHUNK, at):
                at += out.write(chunk)
            return Answer({})
        name, handle = _opened["found"][task.args["index"] - 1]
        data = content(handle, _opened["bytes"])
        if data is None:
            raise TooLargeError(f"{name} cannot be taken out", f"more than {_opened['bytes'] // 2**20} MiB, or damaged")
        if not data:
            raise EmptySourceError(f"{name} is empty", "it has no bytes", "check how it was attached")
        if not _format(data):
            what = describe(data[:HEAD_BYTES]) or "of no known format, or an archive"
            raise UnsupportedFormatError(f"{name} cannot be read", f"it is {what}", "save it, and give it by itself")
        out.write(data)
    return Answer({})


def _format(data: bytes | None) -> str:
    format = sniff(data[:HEAD_BYTES]) if data else ""
    return "" if format in _NESTED else format
