"""Renders PDF pages. Runs in the child only."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import pypdfium2_raw.bindings as pdfium

from legenda.sandbox.jobs import Answer
from legenda.sources.pdf_objects import Contents, contents_of, is_bare, scan_of
from legenda.sources.pdfium import Frame

_SCAN_DPI = 300.0
"""Scans are read at their own resolution up to here; text is no better legible beyond."""
_MAX_ENLARGEMENT = 2.0
"""How much more than its own pixels a bare scan is given: engines enlarge lines themselves."""
_WHITE = 0xFFFFFFFF
_MAX_SIDE = 60_000


def render(page: Any, frame: Frame, args: dict[str, Any], max_pixels: int) -> Answer:
    """Render a page, or a part (left, top, right, bottom; page units) of it.

    Args:
        page: handle.
        frame: geometry of the page.
        args: `dpi`, pixels per inch (a scan that is finer is rendered at its own resolution); `box`, the part, or null.
        max_pixels: most pixels of the result; the resolution is lowered to that.
    """
    contents, dpi = contents_of(page), float(args["dpi"])
    scan = scan_of(contents, frame)
    full = _size(frame, _resolution(dpi, scan[1], contents) if scan else dpi)
    left, top, right, bottom = _part(frame, args["box"])
    area = (right - left) * (bottom - top) * full[0] * full[1]
    if area > max_pixels:
        shrink = math.sqrt(max_pixels / area)
        full = (max(1, int(full[0] * shrink)), max(1, int(full[1] * shrink)))
    x0, y0 = min(int(left * full[0]), full[0] - 1), min(int(top * full[1]), full[1] - 1)
    x1, y1 = max(x0 + 1, math.ceil(right * full[0])), max(y0 + 1, math.ceil(bottom * full[1]))
    channels = 1 if _is_grey(page, contents) else 3
    pixels = _draw(page, (x0, y0, min(x1, full[0]), min(y1, full[1])), full, channels)
    scale_x, scale_y = full[0] / frame.width, full[1] / frame.height
    answer = {"height": min(y1, full[1]) - y0, "width": min(x1, full[0]) - x0, "channels": channels}
    return Answer(answer | {"frame": [scale_x, scale_y, x0 / scale_x, y0 / scale_y]}, [pixels])


def _resolution(dpi: float, scan_dpi: float, contents: Contents) -> float:
    """Dots per inch for a page with a scan: the scan's own where they are finer, no waste where they are coarser."""
    if scan_dpi >= dpi:
        return max(dpi, min(scan_dpi, _SCAN_DPI))
    return min(dpi, _MAX_ENLARGEMENT * scan_dpi) if is_bare(contents) else dpi


def _size(frame: Frame, dpi: float) -> tuple[int, int]:
    """Pixels of the whole page."""
    scale = min(dpi / 72, _MAX_SIDE / max(frame.width, frame.height))
    return max(1, round(frame.width * scale)), max(1, round(frame.height * scale))


def _part(frame: Frame, box: list[float] | None) -> tuple[float, float, float, float]:
    """The box as shares of the page."""
    if not box:
        return 0.0, 0.0, 1.0, 1.0
    wide, high = frame.width, frame.height
    left, top, right, bottom = box[0] / wide, box[1] / high, box[2] / wide, box[3] / high
    left, top = min(max(left, 0.0), 1.0), min(max(top, 0.0), 1.0)
    return left, top, min(max(right, left), 1.0), min(max(bottom, top), 1.0)


def _is_grey(page: Any, contents: Contents) -> bool:
    return not contents.coloured and all(_is_grey_picture(page, p.handle) for p in contents.pictures)


def _is_grey_picture(page: Any, handle: int) -> bool:
    """One bit or one grey channel per pixel; indexed colours count as colour."""
    about = pdfium.FPDF_IMAGEOBJ_METADATA()
    if not pdfium.FPDFImageObj_GetImageMetadata(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT), page, about):
        return False
    if about.colorspace in (pdfium.FPDF_COLORSPACE_DEVICEGRAY, pdfium.FPDF_COLORSPACE_CALGRAY):
        return True
    return about.colorspace == pdfium.FPDF_COLORSPACE_ICCBASED and about.bits_per_pixel in (1, 8)


def _draw(page: Any, part: tuple[int, int, int, int], full: tuple[int, int], channels: int) -> bytearray:
    left, top, right, bottom = part
    width, height = right - left, bottom - top
    pixels = bytearray(width * height * channels)
    buffer = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    kind = pdfium.FPDFBitmap_Gray if channels == 1 else pdfium.FPDFBitmap_BGR
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, kind, buffer, width * channels)
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER | pdfium.FPDF_NO_CATCH
        if channels == 1:
            flags = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE | pdfium.FPDF_NO_CATCH
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, full[0], full[1], 0, flags)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return pixels
