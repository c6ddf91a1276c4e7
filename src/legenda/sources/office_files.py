"""Office files, parsed in the sandbox: what one is, decrypted, and in the one encoding LibreOffice is told about."""

from __future__ import annotations

import mmap
import os
import struct
import zipfile
import zlib
from typing import Any

from legenda.errors import CorruptSourceError, TooLargeError, UnsupportedFormatError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources import compound, plain
from legenda.sources.html_clean import cleaned
from legenda.sources.sniff import HEAD_BYTES, describe, office, office_format
from legenda.sources.xml_parts import declares_entities

_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OverflowError, ValueError, NotImplementedError)
_MOST_RATIO, _FREE_BYTES = 200, 256 * 2**20
"""An honest document is packed to a tenth, a spreadsheet of zeros to a hundredth."""
_TEXTS = frozenset(("txt", "csv", "html"))
_ENCRYPTED_MEMBER = 1


def prepare(task: Task) -> Answer:
    """Job: look at an office file, or an archive that may be one.

    `task.args` holds `name`, `format` (as sniffed), `password` and `bytes` (most it may unpack to).

    Returns:
        `format`: what it is; `zip` for an archive that is none. `written`: whether what is to be read is in the
        target: the file decrypted, or a text as UTF-8 (HTML: as ASCII). `delimiter` of a `csv`, `notes` of slides,
        `formulas` of a `docx`: LaTeX and letters of each.

    Raises:
        PasswordRequiredError: it is encrypted.
        WrongPasswordError: the password does not open it.
        MissingComponentError: what decrypts is not installed.
        TooLargeError: it unpacks to too much.
        CorruptSourceError: it is damaged.
        UnsupportedFormatError: it is of a format nobody reads here.
    """
    assert task.source is not None and task.target is not None  # noqa: S101  (there are both)
    args, format = task.args, task.args["format"]
    data = mmap.mmap(task.source, 0, access=mmap.ACCESS_READ)
    if format in _TEXTS:
        return _text(data[:], format, task.target)
    if format == "rtf":
        return Answer({"format": format, "written": False})
    source, written = task.source, False
    if format == "ole":
        format = compound.format_of(lambda at, size: data[at : at + size])
        if format == "msg" or not format:
            raise _unsupported(args["name"], "an Outlook message" if format else "an OLE file of another kind")
        written = _decrypted(task, format)
        source, format = (task.target, "zip") if format == "encrypted" else (source, format)
    if format in ("zip", "ooxml") or format in _ZIPPED:
        format = _zipped(source, format, args)
    if format.startswith("od") and _odf_decrypted(task, source):
        if _zipped(task.target, format, args) != format:
            raise _unsupported(args["name"], "something else, encrypted")
        source, written = task.target, True
    if format == "epub":
        with os.fdopen(os.dup(task.target), "wb") as out:
            out.write(_book(source, args["name"]))
        written = True
    about = {"notes": _notes(source, format), "formulas": _formulas(source, format)}
    return Answer({"format": format, "written": written} | about)


def _notes(source: int, format: str) -> list[list[str]]:
    """Notes of each slide that is shown; none where they cannot be had: LibreOffice will say what is wrong."""
    from legenda.sources import odf_text, ooxml_text

    if format not in ("pptx", "odp"):
        return []
    try:
        with zipfile.ZipFile(os.fdopen(os.dup(source), "rb")) as archive:
            return list((ooxml_text if format == "pptx" else odf_text).notes(archive))
    except (*_DAMAGE, RecursionError):
        return []


def _formulas(source: int, format: str) -> list[tuple[str, str]]:
    """Equations of a Word document; none where they cannot be had."""
    from legenda.sources import omml_text
    from legenda.sources.xml_parts import parsed, part

    if format != "docx":
        return []
    try:
        with zipfile.ZipFile(os.fdopen(os.dup(source), "rb")) as archive:
            body = part(archive, "word/document.xml")
            return list(omml_text.formulas(parsed(body))) if b"oMath" in body else []
    except (*_DAMAGE, RecursionError):
        return []


_ZIPPED = frozenset(("docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp", "epub"))


def _decrypted(task: Task, format: str) -> bool:
    """Write what lies encrypted in the source to the target, if it is. Whether it was."""
    from legenda.sources.decryption import decrypt

    assert task.source is not None and task.target is not None  # noqa: S101  (as above)
    with os.fdopen(os.dup(task.source), "rb") as file, os.fdopen(os.dup(task.target), "wb") as out:
        file.seek(0)
        return decrypt(file, out, task.args["password"], name=task.args["name"], sure=format == "encrypted")


def _odf_decrypted(task: Task, source: int) -> bool:
    """Write an OpenDocument file decrypted to the target, if it is encrypted. Whether it was."""
    from legenda.sources import odf_decryption

    assert task.target is not None  # noqa: S101  (as above)
    name = task.args["name"]
    try:
        with zipfile.ZipFile(os.fdopen(os.dup(source), "rb")) as archive:
            if not odf_decryption.is_encrypted(archive):
                return False
            with os.fdopen(os.dup(task.target), "wb") as out:
                odf_decryption.decrypt(archive, out, task.args["password"], name=name)
            return True
    except odf_decryption.DAMAGE as error:
        raise CorruptSourceError(f"{name} cannot be decrypted", str(error)[:200], "save it again") from error


def _text(data: bytes, format: str, target: int) -> Answer:
    text = plain.decoded(data)
    # whatever HTML says of its encoding, ASCII is right
    if format == "html":
        encoded = cleaned(text).encode("ascii", "xmlcharrefreplace")
    else:
        encoded = text.encode("utf-8", "replace")
    with os.fdopen(os.dup(target), "wb") as out:
        out.write(encoded)
    delimiter = plain.delimiter_of(text) if format == "csv" else ""
    if format == "csv" and not delimiter:  # the first bytes looked like a table; take the mark they had
        delimiter = plain.delimiter_of(text[:4000], whole=False) or ","
    return Answer({"format": format, "written": True, "delimiter": delimiter})


def _zipped(source: int, format: str, args: dict[str, Any]) -> str:
    name = args["name"]
    file = os.fdopen(os.dup(source), "rb")
    file.seek(0)
    try:
        with file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = [info.filename.encode("utf-8", "replace") for info in members]
            if not (what := office(names)) and format == "zip":
                return "zip"
            found = format if format in _ZIPPED else office_format(names)
            if not found:
                raise _unsupported(name, what or describe(_head(source)))
            unpacked = sum(info.file_size for info in members)
            if unpacked > min(args["bytes"], max(_FREE_BYTES, _MOST_RATIO * os.fstat(source).st_size)):
                raise TooLargeError(f"{name} is too large once it is unpacked", f"{unpacked} bytes", "split it")
            if any(declares_entities(archive, info) for info in members if not info.flag_bits & _ENCRYPTED_MEMBER):
                raise ValueError("its XML declares entities, which Office files never do")
            return found
    except _DAMAGE as error:
        raise CorruptSourceError(f"{name} cannot be opened", str(error)[:200], "save it again") from error


def _book(source: int, name: str) -> bytes:
    """The chapters of an EPUB in their order, as one HTML in ASCII."""
    from legenda.sources import epub

    try:
        with zipfile.ZipFile(os.fdopen(os.dup(source), "rb")) as archive:
            return epub.joined(archive)
    except _DAMAGE as error:
        raise CorruptSourceError(f"{name} is damaged", str(error)[:200], "get it again") from error


def _head(source: int) -> bytes:
    return os.pread(source, HEAD_BYTES, 0)


def _unsupported(name: str, what: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(f"{name} cannot be read", f"it is {what}", "save or print it as PDF")
