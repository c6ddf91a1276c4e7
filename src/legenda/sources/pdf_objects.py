"""What stands on a PDF page: text objects, pictures, drawn paths. Runs in the child only."""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Iterator
from itertools import compress, repeat
from typing import Any, NamedTuple

import pypdfium2_raw.bindings as pdfium

from legenda.sources.pdfium import FORM, IMAGE, PATH, SHADING, TEXT, Frame, Handle, Matrix, address, fast

_MAX_OBJECTS = 100_000
_MAX_DEPTH = 6
_INVISIBLE_MODES = frozenset({3, 7})
_WHITE = (255, 255, 255)
_COLOUR_SAMPLE = 8
"""Of how many text objects, or paths, one is asked for its colour."""

_count = fast("FPDFPage_CountObjects")
_get = fast("FPDFPage_GetObject", Handle)
_count_in_form = fast("FPDFFormObj_CountObjects")
_get_in_form = fast("FPDFFormObj_GetObject", Handle)
_type = fast("FPDFPageObj_GetType")
_matrix = fast("FPDFPageObj_GetMatrix")
_render_mode = fast("FPDFTextObj_GetTextRenderMode")
_fill = fast("FPDFPageObj_GetFillColor")

_MOST_ASKED = 2048
_numbers = (ctypes.c_float * (6 * _MOST_ASKED))()
_targets = [ctypes.byref(_numbers, 24 * i) for i in range(_MOST_ASKED)]
"""Where matrices are written to, made once: making such a reference takes as long as getting a matrix."""

_FEW_PATHS = 20
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_UNKNOWN: Matrix = (math.nan,) * 6


class Picture(NamedTuple):
    """An image on a page.

    Attributes:
        box: left, bottom, right, top in PDF coordinates.
        pixels: width and height of the image itself.
        upright: it stands on the page by quarter turns only.
        over: how many text objects are painted before it, and so lie under it if they lie there at all.
        handle: address of the page object.
    """

    box: tuple[float, float, float, float]
    pixels: tuple[int, int]
    upright: bool
    over: int
    handle: int


class Contents(NamedTuple):
    """What a page is made of.

    Attributes:
        texts: number of text objects.
        groups: the text objects of the page and of each form, with the matrix of the forms around them.
        invisible: addresses of those that are not painted.
        white: share of those looked at that are painted white.
        paths: number of drawn paths.
        pictures: images.
        coloured: some text or path, of those looked at, is neither black, grey nor white, or a shading is there.
    """

    texts: int
    groups: tuple[tuple[list[Handle], Matrix], ...]
    invisible: frozenset[int]
    white: float
    paths: int
    pictures: tuple[Picture, ...]
    coloured: bool


def contents_of(page: Any) -> Contents:
    """Look through all objects of a page, those in forms too."""
    texts = paths = 0
    groups: list[tuple[list[Handle], Matrix]] = []
    invisible: set[int] = set()
    pictures: list[Picture] = []
    coloured = False
    fills: list[tuple[int, int, int]] = []  # of texts
    for handles, kinds, outer in _walk(page):
        if IMAGE in kinds:
            images = [index for index, kind in enumerate(kinds) if kind == IMAGE]
            pictures += [_picture(handles[i], outer, texts + kinds[:i].count(TEXT)) for i in images]
        words = list(compress(handles, map(TEXT.__eq__, kinds)))
        drawn = list(compress(handles, map(PATH.__eq__, kinds)))
        texts, paths = texts + len(words), paths + len(drawn)
        groups.append((words, outer))
        hidden = map(_INVISIBLE_MODES.__contains__, map(_render_mode, words))
        invisible.update(handle.value or 0 for handle in compress(words, hidden))
        some = list(_colours(words))
        fills += some
        coloured = coloured or SHADING in kinds or any(not r == g == b for r, g, b in [*some, *_colours(drawn)])
    white = fills.count(_WHITE) / len(fills) if fills else 0.0
    return Contents(texts, tuple(groups), frozenset(invisible), white, paths, tuple(pictures), coloured)


def is_level(contents: Contents) -> bool:
    """Whether all text surely runs from left to right: the matrices of its objects say so, and those of forms."""
    for words, outer in contents.groups:
        end = 6 * len(words)
        if len(words) > _MOST_ASKED or not all(map(_matrix, words, _targets)):
            return False
        if any(_numbers[1:end:6]) or min(_numbers[0:end:6], default=1.0) <= 0:
            return False
        if outer[1] or outer[0] <= 0:
            return False
    return True


def _colours(handles: list[Handle]) -> Iterator[tuple[int, int, int]]:
    """Red, green and blue (0 to 255) that some of the objects are filled with."""
    colour = (ctypes.c_uint * 4)()
    channels = [ctypes.byref(colour, 4 * i) for i in range(4)]
    for handle in handles[::_COLOUR_SAMPLE]:
        if _fill(handle, *channels):
            yield colour[0], colour[1], colour[2]


def _walk(page: Any) -> Iterator[tuple[list[Handle], list[int], Matrix]]:
    """Handles and types of the objects of the page and of every form, and the matrix of the forms around them.

    At most `_MAX_OBJECTS` objects in all, and forms so deep; what is left out is nothing with a matrix of no numbers.
    """
    left = _MAX_OBJECTS
    stack: list[tuple[Any, bool, Matrix, int]] = [(address(page), False, _IDENTITY, 0)]
    while stack:
        holder, form, outer, depth = stack.pop()
        count, get = (_count_in_form, _get_in_form) if form else (_count, _get)
        total = count(holder)
        number = min(total, left)
        left -= number
        handles = list(filter(None, map(get, repeat(holder), range(number))))
        kinds = list(map(_type, handles))
        yield handles, kinds, outer
        if number < total or (FORM in kinds and depth >= _MAX_DEPTH):
            yield [], [], _UNKNOWN
        elif FORM in kinds:
            forms = [handle for handle, kind in zip(handles, kinds, strict=True) if kind == FORM]
            stack += [(handle, True, _concatenated(_matrix_of(handle), outer), depth + 1) for handle in forms]


def _matrix_of(handle: Handle) -> Matrix:
    buffer = (ctypes.c_float * 6)()
    if not _matrix(handle, ctypes.byref(buffer)):
        return _IDENTITY
    return struct.unpack("6f", buffer)


def _concatenated(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _picture(handle: Handle, outer: Matrix, texts: int) -> Picture:
    a, b, c, d, e, f = _concatenated(_matrix_of(handle), outer)  # an image fills the unit square
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    width, height = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT), width, height)
    tilt = min(abs(a) + abs(d), abs(b) + abs(c)) / (max(abs(a) + abs(d), abs(b) + abs(c)) or 1.0)
    pixels = (width.value, height.value)
    if abs(b) + abs(c) > abs(a) + abs(d):
        pixels = pixels[::-1]
    return Picture((min(xs), min(ys), max(xs), max(ys)), pixels, tilt < 0.02, texts, handle.value or 0)


def is_bare(contents: Contents) -> bool:
    """Whether a scan is all there is to see, but for a few lines and hidden text."""
    return contents.texts == len(contents.invisible) and contents.paths < _FEW_PATHS


def scan_of(contents: Contents, frame: Frame) -> tuple[Picture, float] | None:
    """The picture that fills the page, with its dpi, if there is one.

    Stripes that fill the page together do not count: they are rendered as any other page.
    """
    if not contents.pictures:
        return None
    page = (frame.right - frame.left) * (frame.top - frame.bottom)
    best = max(contents.pictures, key=lambda p: p.pixels[0] * p.pixels[1])
    left, bottom, right, top = best.box
    inside = max(0.0, min(right, frame.right) - max(left, frame.left)) * max(
        0.0, min(top, frame.top) - max(bottom, frame.bottom)
    )
    if not best.upright or page <= 0 or inside < 0.8 * page or right <= left or top <= bottom:
        return None
    unit = frame.width / (frame.right - frame.left if frame.quarters % 2 == 0 else frame.top - frame.bottom)
    dpi = min(best.pixels[0] / (right - left), best.pixels[1] / (top - bottom)) * 72 / (unit or 1.0)
    return (best, dpi) if 20 < dpi < 5000 else None
