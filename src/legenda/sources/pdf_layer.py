"""Writes searchable PDFs: invisible text over a PDF's own pages, or over pictures made into pages.

Runs in the sandbox. A PDF keeps its objects, its encryption and its page contents, but for the invisible text of an
earlier OCR on pages that were read anew. The text goes into a content stream of its own *before* them, because there
the graphics state is the initial one, however unbalanced the page leaves it.
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from legenda.errors import CorruptSourceError, PasswordRequiredError, WrongPasswordError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.earlier_text import without_earlier_text
from legenda.sources.invisible_text import Font, inherited, invisible, number
from legenda.sources.layers import Layer, unpack
from legenda.sources.office_notes import NAME

if TYPE_CHECKING:
    from legenda.sources.pdf_pictures import Picture

_LEVEL = 7


def write(task: Task) -> Answer:
    """Job of the sandbox: write the input with text layers to the target.

    The input is `task.source`, the layers are `task.buffers[0]`. `task.args` holds `password` and `title`, or nulls,
    and `archival` where it is to become PDF/A-2b.

    Raises:
        OutputError: it cannot become PDF/A.
        PasswordRequiredError, WrongPasswordError: the PDF is encrypted and was not opened.
        CorruptSourceError: the input cannot be parsed, or a page is not in it.
    """
    assert task.source is not None and task.target is not None  # noqa: S101
    source = os.fdopen(os.dup(task.source), "rb")
    source.seek(0)
    is_pdf = b"%PDF-" in source.read(1024)
    source.seek(0)
    with source, os.fdopen(os.dup(task.target), "wb") as target:
        try:
            _write_over_pdf(source, target, task) if is_pdf else _write_over_pictures(source, target, task)
        except pikepdf.PdfError as error:
            raise CorruptSourceError("No searchable PDF can be made of the input", str(error)) from error
    return Answer({})


def _write_over_pdf(source: BinaryIO, target: BinaryIO, task: Task) -> None:
    with _opened(source, task.args.get("password")) as pdf:
        font = Font(pdf)
        pages = list(pdf.pages)
        for layer in unpack(task.buffers[0]):
            layer["lines"] = layer["lines"][: layer["added"]]
            if not layer["lines"]:
                continue
            if layer["number"] > len(pages) and pdf.attachments:
                break  # what is attached stays as it is
            if layer["number"] > len(pages):
                raise CorruptSourceError(f"The PDF has no page {layer['number']}", f"only {len(pages)} were found")
            page = pages[layer["number"] - 1]
            if layer["whole"] and (content := without_earlier_text(page, inherited(page, "/Resources"))) is not None:
                page.obj.Contents = _compressed(pdf, content)
            page.contents_add(_compressed(pdf, invisible(layer, page, font)), prepend=True)
        font.finish()
        if NAME in pdf.attachments:
            del pdf.attachments[NAME]
        if not task.args.get("archival"):
            pdf.save(target, encryption=pdf.is_encrypted, min_version="1.4")
        elif not _saved_archival(pdf, target):
            _draw(pdf, target, task)


def _opened(source: BinaryIO, password: str | None) -> pikepdf.Pdf:
    try:
        return pikepdf.open(source, password=password or "", suppress_warnings=True)
    except pikepdf.PasswordError:
        if password:
            raise WrongPasswordError("The PDF is encrypted", "the password given does not open it") from None
        raise PasswordRequiredError("The PDF is encrypted", "no password was given", "give its password") from None


def _write_over_pictures(source: BinaryIO, target: BinaryIO, task: Task) -> None:
    from legenda.sources.pdf_pictures import Pictures

    pdf = pikepdf.new()
    font = Font(pdf)
    if title := task.args.get("title"):
        pdf.docinfo["/Title"] = title
    archival = bool(task.args.get("archival"))
    pictures = Pictures(pdf, source, archival=archival)
    last, picture = 0, None
    for layer in unpack(task.buffers[0]):
        wanted = layer["part"][0] if layer["part"] else layer["number"]
        if picture is None or wanted != last:  # the pages of one picture share it
            last, picture = wanted, pictures.embed(wanted)
        _add_picture(pdf, picture, layer, font)
    font.finish()
    if archival:
        _saved_archival(pdf, target)
    else:
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _saved_archival(pdf: pikepdf.Pdf, target: BinaryIO) -> bool:
    from legenda.sources.pdf_a import archival

    if done := archival(pdf):
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, force_version="1.7")
    return done


def _draw(pdf: pikepdf.Pdf, target: BinaryIO, task: Task) -> None:
    """Write pictures of a PDF's pages, with all their text over them."""
    from legenda.sources.pdf_drawn import drawn

    made = pikepdf.new()
    for key, value in pdf.docinfo.items():
        made.docinfo[key] = str(value)
    font, layers = Font(made), unpack(task.buffers[0])
    layer = next(layers, None)
    for page_number, picture in drawn(made, task, len(pdf.pages)):
        here = layer if layer and layer["number"] == page_number else None
        blank = Layer(number=page_number, width=1, height=1, whole=True, added=0, part=None, lines=[])
        _add_picture(made, picture, here or blank, font)
        layer = next(layers, None) if here else layer
    font.finish()
    _saved_archival(made, target)


def _add_picture(pdf: pikepdf.Pdf, picture: Picture, layer: Layer, font: Font) -> None:
    resources = Dictionary(XObject=Dictionary(Picture=picture.image))
    box = Array([round(side, 3) for side in _shown(picture, layer)])
    page = pikepdf.Page(pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=box, Resources=resources)))
    drawing = f"q {' '.join(number(v) for v in picture.matrix)} cm /Picture Do Q".encode()
    if layer["lines"]:
        drawing += b"\n" + invisible(layer, page, font)
    page.obj.Contents = _compressed(pdf, drawing)
    pdf.pages.append(page)


def _shown(picture: Picture, layer: Layer) -> tuple[float, float, float, float]:
    """The part of the picture that is the page, in points from its foot."""
    width, height = picture.size
    if not layer["part"]:
        return 0, 0, width, height
    _, left, top, right, bottom = layer["part"]
    across, down = width / picture.pixels[0], height / picture.pixels[1]
    return left * across, height - bottom * down, right * across, height - top * down


def _compressed(pdf: pikepdf.Pdf, data: bytes) -> Stream:
    return pdf.make_indirect(Stream(pdf, zlib.compress(data, _LEVEL), Filter=Name.FlateDecode))
