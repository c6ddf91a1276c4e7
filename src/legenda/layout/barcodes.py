"""Barcodes and QR codes, by ZXing: 15 to 35 ms a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Polygon

Raster = NDArray[np.uint8]
_MOST = 64
_TWO_WAYS = ("Aztec", "DataMatrix", "MaxiCode", "PDF417", "QRCode", "MicroQRCode", "RMQRCode", "DXFilmEdge")
_FEW = 4  # bars without a check digit that say no more than this are found in rules and print


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code.

    Attributes:
        text: its content; of binary ones, hexadecimal.
        format: its kind, as ZXing names it (`EAN13`, `QRCode`).
        polygon: in pixels of the raster.
    """

    text: str
    format: str
    polygon: Polygon


def barcodes(raster: Raster) -> list[Barcode]:
    """The codes on a page that were read without error.

    Args:
        raster: uint8, [height, width] grey or [height, width, 3] RGB.
    """
    import cv2
    import zxingcpp

    grey = raster if raster.ndim == 2 else cv2.cvtColor(raster, cv2.COLOR_RGB2GRAY)
    found = []
    for one in zxingcpp.read_barcodes(np.ascontiguousarray(grey), try_downscale=False)[:_MOST]:
        name, corners = one.format.name, one.position
        if not one.valid or not one.text or (name not in _TWO_WAYS and len(one.text) <= _FEW):
            continue
        points = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
        polygon = tuple(float(value) for point in points for value in (point.x, point.y))
        found.append(Barcode(one.text, name, polygon))  # type: ignore[arg-type]
    return found
