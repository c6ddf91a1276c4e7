"""Reads PDF files with PDFium. Runs in the child only.

PDFium keeps what it decoded of a document (fonts, pictures) as long as the document is open; it is opened anew every
`_PAGES_PER_OPENING` pages, so that memory stays flat over long documents. A rendered page counts more, since the
compressed bytes of its pictures are kept too.
"""

from __future__ import annotations

import ctypes
import io
import mmap
from typing import Any

import pypdfium2_raw.bindings as pdfium

from legenda.errors import (
    CorruptSourceError,
    EmptySourceError,
    LegendaError,
    PasswordRequiredError,
    TooLargeError,
    UnsupportedFormatError,
    WrongPasswordError,
)
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.office_notes import told
from legenda.sources.pdf_attachments import attached
from legenda.sources.pdf_links import links_of
from legenda.sources.pdf_objects import contents_of, scan_of
from legenda.sources.pdf_render import render
from legenda.sources.pdf_text import characters_of
from legenda.sources.pdfium import frame_of, loaded_page

_METADATA = {
    "title": "Title",
    "author": "Author",
    "subject": "Subject",
    "keywords": "Keywords",
    "creator": "Creator",
    "producer": "Producer",
    "creation_date": "CreationDate",
    "modification_date": "ModDate",
}
_PAGES_PER_OPENING = 200
_RENDERED = 10
"""Pages that a rendered one counts as; opening costs up to 10 ms in a document of 3,000 pages."""
_MAX_METADATA_BYTES = 4000


class _Document:
    """The open document; a child has one."""

    def __init__(self, descriptor: int, args: dict[str, Any]) -> None:
        self.name, self.raster_pixels = args["name"], args["raster_pixels"]
        self._password = args["password"]
        # a private writable mapping: ctypes wants to be able to write, and the file stays as it is
        self._data: Any = mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY)
        self._pages_read = 0
        self.form = None
        self.handle = self._load()
        self._fill_forms()
        self.told = told(self.handle)

    def again(self, pages: int = 1) -> None:
        """Count what is read; now and then close and open the document, to let go of what PDFium keeps."""
        self._pages_read += pages
        if self._pages_read <= _PAGES_PER_OPENING:
            return
        self._pages_read = 0
        if self.form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self.form)
        pdfium.FPDF_CloseDocument(self.handle)
        self.handle, self.form = self._load(), None
        self._fill_forms()
        # PDFium keeps an entry of 1.3 KB for every page before the one asked for; made for all at once here, what a
        # long document needs is taken early, and does not grow with the pages read
        pdfium.FPDF_GetPageSizeByIndexF(self.handle, pdfium.FPDF_GetPageCount(self.handle) - 1, pdfium.FS_SIZEF())

    def _load(self) -> Any:
        handle, error = self._parse()
        if not handle and error in (pdfium.FPDF_ERR_FORMAT, pdfium.FPDF_ERR_UNKNOWN, pdfium.FPDF_ERR_FILE):
            self._data = bytearray(_repaired(bytes(self._data), self._password, self.name))
            handle, error = self._parse()
        if not handle:
            raise _refusal(error, self.name, self._password)
        return handle

    def _parse(self) -> tuple[Any, int]:
        buffer = (ctypes.c_char * len(self._data)).from_buffer(self._data)
        password = self._password.encode() if self._password is not None else None
        handle = pdfium.FPDF_LoadMemDocument64(buffer, len(self._data), password)
        self._buffer = buffer  # PDFium reads from it as long as the document is open
        return handle, pdfium.FPDF_GetLastError()

    def _fill_forms(self) -> None:
        if pdfium.FPDF_GetFormType(self.handle) != pdfium.FORMTYPE_NONE:
            self._callbacks = pdfium.FPDF_FORMFILLINFO(version=2)
            self.form = pdfium.FPDFDOC_InitFormFillEnvironment(self.handle, self._callbacks)


_opened: list[_Document] = []


def open_file(task: Task) -> Answer:
    """Open the document: pages and metadata."""
    assert task.source is not None  # noqa: S101  (a source is what this job is for)
    document = opened_document(task.source, task.args)
    _opened[:] = [document]
    pages = pdfium.FPDF_GetPageCount(document.handle)
    if pages < 1:
        raise EmptySourceError(f"{document.name} has no pages", "", "check how it was made")
    if pages > task.args["pages"]:
        raise TooLargeError(
            f"{document.name} is too large", f"it has {pages} pages; {task.args['pages']} are allowed", "split it"
        )
    return Answer({"pages": pages, "metadata": _metadata(document.handle)})


def opened_document(source: int, args: dict[str, Any]) -> _Document:
    """A document, open.

    Args:
        source: descriptor.
        args: `name`, `password` and `raster_pixels`.

    Raises:
        LegendaError: it cannot be opened.
    """
    pdfium.FPDF_InitLibrary()
    return _Document(source, args)


def page(task: Task) -> Answer:
    """Geometry, characters and pictures of a page. `tight` asks for ink boxes of the characters."""
    document, number = _opened[0], task.args["number"]
    document.again()
    with loaded_page(document.handle, number, document.name, document.form) as handle:
        frame = frame_of(handle, document.name)
        contents = contents_of(handle)
        tight = bool(task.args.get("tight"))
        characters = characters_of(handle, contents, tight)
        links = links_of(document.handle, handle) if characters.owned.elements else []
        scan = scan_of(contents, frame)
    answer = {
        "width": frame.width,
        "height": frame.height,
        "affine": frame.affine(),
        "pictures": [[*p.box, *p.pixels] for p in contents.pictures[:1000]],
        "dpi": scan[1] if scan else None,
        "covered": scan[0].over if scan else 0,
        "texts": contents.texts,
        "invisible": len(contents.invisible),
        "white": contents.white,
        "turned": characters.turned,
        "unmapped": characters.unmapped,
        "elements": characters.owned.elements,
        "continued": characters.owned.continued,
        "formulas": characters.owned.formulas,
        "links": links,
        "about": document.told[number - 1] if number <= len(document.told) else {},
    }
    text = characters.text.encode("utf-32-le", "surrogatepass")
    owned = characters.owned
    return Answer(answer, [text, characters.boxes, characters.hidden, owned.owners, owned.styles])


def looks(task: Task) -> Answer:
    """How the text of a page looks, and how much is drawn on it."""
    from legenda.sources.pdf_styles import looks

    document, number = _opened[0], task.args["number"]
    document.again()
    with loaded_page(document.handle, number, document.name, document.form) as handle:
        return looks(handle, contents_of(handle), frame_of(handle, document.name).affine())


def raster(task: Task) -> Answer:
    """Render a page or a part of it."""
    document, number = _opened[0], task.args["number"]
    document.again(_RENDERED)
    with loaded_page(document.handle, number, document.name, document.form) as handle:
        return render(handle, frame_of(handle, document.name), task.args, document.raster_pixels)


def _repaired(data: bytes, password: str | None, name: str) -> bytes:
    """What qpdf makes of a file that PDFium refuses."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), password=password or "", suppress_warnings=True) as file:
            out = io.BytesIO()
            file.save(out)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise _refusal(pdfium.FPDF_ERR_PASSWORD, name, password) from None
    except Exception as error:  # qpdf met a file that is beyond it
        raise _refusal(pdfium.FPDF_ERR_FORMAT, name, password) from error


def _refusal(error: int, name: str, password: str | None) -> LegendaError:
    if error == pdfium.FPDF_ERR_PASSWORD and password is None:
        return PasswordRequiredError(f"{name} is encrypted", "no password was given", "give its password")
    if error == pdfium.FPDF_ERR_PASSWORD:
        return WrongPasswordError(f"{name} is encrypted", "the password does not open it", "give another")
    if error == pdfium.FPDF_ERR_SECURITY:
        return UnsupportedFormatError(f"{name} cannot be read", "its kind of encryption is not known", "print it anew")
    return CorruptSourceError(f"{name} is damaged", "it cannot be read as PDF", "save or send it again")


def _metadata(document: Any) -> dict[str, str]:
    found = {}
    buffer = ctypes.create_string_buffer(_MAX_METADATA_BYTES)
    for ours, theirs in _METADATA.items():
        size = pdfium.FPDF_GetMetaText(document, theirs.encode(), buffer, _MAX_METADATA_BYTES)
        if 2 < size <= _MAX_METADATA_BYTES:
            found[ours] = buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()
    if names := "; ".join(name for name, _ in attached(document)):
        found["attachments"] = names
    return found
