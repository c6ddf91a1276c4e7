"""Pictures of text, drawn with system fonts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

FONTS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts")]


def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font by the name of its file, wherever the system keeps it."""
    for folder in FONTS:
        for path in folder.rglob(name):
            return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)
    raise FileNotFoundError(f"{name} is not installed; make test installs it")


def written(*lines: str, name: str = "DejaVuSans.ttf", size: int = 32, right: bool = False) -> NDArray[np.uint8]:
    """Black on white, one line below the other; `right` for scripts written from the right."""
    face = font(name, size)
    direction = "rtl" if right else "ltr"
    boxes = [face.getbbox(line, direction=direction) for line in lines]
    width = int(max(box[2] for box in boxes)) + 2 * size
    picture = Image.new("L", (width, int((1.9 * len(lines) + 2) * size)), 255)
    draw = ImageDraw.Draw(picture)
    for n, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        left = width - size - box[2] if right else size
        draw.text((left, (1 + 1.9 * n) * size), line, fill=0, font=face, direction=direction)
    return np.asarray(picture)
