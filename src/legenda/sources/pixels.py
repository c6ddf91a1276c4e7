"""Every colour mode of Pillow to grey or RGB over white. Runs in the child only."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

_WHITE = 255
_FULL_BYTE = 255.0
_BIT_DEPTHS = (8, 10, 12, 14, 16)

Conversion = Callable[[Image.Image], Image.Image]


def flat(picture: Image.Image) -> Conversion:
    """How to turn `picture`, or any crop of it, into mode L or RGB: grey stays grey, alpha goes over white.

    Numbers of more than 8 bits are scaled to the depth they use, not clipped: 12 bits in 16 stay readable.
    """
    mode = picture.mode
    if mode.startswith("I") or mode == "F":
        return _scaled(picture)
    if "transparency" in picture.info or mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        return _over_white_grey if _is_grey(picture) else _over_white
    if _is_grey(picture):
        return lambda part: part if part.mode == "L" else part.convert("L")
    if mode == "LAB":
        return lambda part: part.getchannel("L")  # lightness is what a reader needs
    return lambda part: part if part.mode == "RGB" else part.convert("RGB")


def _is_grey(picture: Image.Image) -> bool:
    if picture.mode in ("P", "PA") and picture.palette is not None:
        colours = picture.getpalette("RGB") or []
        used = picture.getcolors(256) if picture.mode == "P" else None  # unused entries are often leftovers
        indexes = [int(i) for _, i in used] if used else range(len(colours) // 3)  # type: ignore[arg-type]
        return all(len(set(colours[3 * i : 3 * i + 3])) == 1 for i in indexes)
    return picture.mode in ("1", "L", "LA", "La")


def _over_white(part: Image.Image) -> Image.Image:
    part = part.convert("RGBA")
    white = Image.new("RGB", part.size, (_WHITE, _WHITE, _WHITE))
    white.paste(part, mask=part.getchannel("A"))
    return white


def _over_white_grey(part: Image.Image) -> Image.Image:
    part = part.convert("LA")
    white = Image.new("L", part.size, _WHITE)
    white.paste(part.getchannel("L"), mask=part.getchannel("A"))
    return white


def _scaled(picture: Image.Image) -> Conversion:
    via = "F" if picture.mode == "F" else "I"
    low, high = _extremes(picture, via)
    if picture.mode.startswith("I;16") or (via == "I" and low >= 0 and high < 2**16):
        low, high = 0.0, float(next(2**bits - 1 for bits in _BIT_DEPTHS if high < 2**bits))
    elif via == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif via == "F" and low >= 0 and high <= _FULL_BYTE:
        low, high = 0.0, _FULL_BYTE
    gain = _FULL_BYTE / (high - low) if high > low else 1.0
    return lambda part: part.convert("F").point(lambda v: v * gain - low * gain).convert("L")


def _extremes(picture: Image.Image, via: str) -> tuple[float, float]:
    rows = max(1, 4_000_000 // picture.width)
    lows, highs = [], []
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height))).convert(via)
        low, high = strip.getextrema()
        lows.append(float(low))  # type: ignore[arg-type]
        highs.append(float(high))  # type: ignore[arg-type]
    low, high = min(lows), max(highs)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (0.0, 1.0)
