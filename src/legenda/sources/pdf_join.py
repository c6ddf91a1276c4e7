"""Puts PDFs of ours together into one. Runs in the sandbox, since what they were made of was not ours."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO

import pikepdf

from legenda.errors import CorruptSourceError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.pdf_a import archival


def write(task: Task) -> Answer:
    """Job of the sandbox: write the pages of several PDFs to the target, in order.

    The input is what `archive_parts.join` writes. `task.args` holds `password` and `title`, or nulls; the password
    opens those that are encrypted, and then the whole. With `archival` it becomes PDF/A-2b.

    Raises:
        CorruptSourceError: one of them is no PDF.
        OutputError: it cannot become PDF/A.
    """
    assert task.source is not None and task.target is not None  # noqa: S101
    joined, password, encrypted = pikepdf.new(), task.args.get("password") or "", False
    parts: list[pikepdf.Pdf] = []  # pages are copied when the whole is saved
    with os.fdopen(os.dup(task.source), "rb") as source, zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            try:
                part = pikepdf.open(BytesIO(archive.read(info)), password=password, suppress_warnings=True)
                joined.pages.extend(part.pages)
            except pikepdf.PdfError as error:
                raise CorruptSourceError("No searchable PDF can be made of the archive", str(error)) from error
            parts.append(part)
            encrypted = encrypted or part.is_encrypted
    if title := task.args.get("title"):
        joined.docinfo["/Title"] = title
    options = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    if task.args.get("archival"):
        archival(joined)  # its parts are
        options["force_version"] = "1.7"
    locked = pikepdf.Encryption(owner=password, user=password) if encrypted and password else False
    with os.fdopen(os.dup(task.target), "wb") as target:
        joined.save(target, encryption=locked, **options)
    return Answer({})
