"""Fonts of this machine for drawing text: the first that has all characters, else Pillow's own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts"),
)
_NAMES = (  # plain faces with wide coverage, in order of preference
    *("NotoSans-Regular", "DejaVuSans", "LiberationSans-Regular", "Arial", "segoeui", "Helvetica"),
    *("NotoSansCJK-Regular", "PingFang", "msyh", "msgothic", "malgun", "Arial Unicode"),
    *("NotoSansArabic-Regular", "NotoNaskhArabic-Regular", "NotoSansHebrew-Regular", "NotoSansDevanagari-Regular"),
    *("NotoSansThai-Regular", "NotoSansBengali-Regular", "NotoSansTamil-Regular", "NotoSansArmenian-Regular"),
    *("NotoSansGeorgian-Regular", "NotoSansMath-Regular", "NotoSansSymbols2-Regular"),
)
_PROBE_SIZE = 16
_NOT_A_CHARACTER = "\U0010fffe"


def font_for(text: str, size: float) -> Font:
    """A font in `size` pixels that has the characters of `text`, or most of them."""
    size = max(round(size), 1)
    best = max(_files(), key=lambda path: _covered(path, text), default=None)
    return _at_size(best, size) if best else _default(size)


@cache
def _at_size(path: Path, size: int) -> Font:
    return ImageFont.truetype(path, size)


@cache
def _default(size: int) -> Font:
    return ImageFont.load_default(size)


@cache
def _files() -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        for path in _walk(Path(folder).expanduser()):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
                found.setdefault(path.stem, path)
    return tuple(found[name] for name in _NAMES if name in found)


def _walk(folder: Path) -> Iterable[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names)


def _covered(path: Path, text: str) -> int:
    return sum(_has(path, character) for character in set(text))


@cache
def _has(path: Path, character: str) -> bool:
    """Whether the font draws this character otherwise than one it cannot have."""
    if character.isspace():
        return True
    return _drawn(path, character) != _drawn(path, _NOT_A_CHARACTER)


@cache
def _drawn(path: Path, character: str) -> bytes:
    mask = _at_size(path, _PROBE_SIZE).getmask(character)
    return bytes(mask) + repr(mask.size).encode()
