"""From decoded characters to words and lines with polygons."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Polygon, Word
from legenda.engines.ppocr.calibration import probability_of
from legenda.engines.ppocr.recognise import Reading

# the detector's box is grown for the recogniser; shares of its height that lie above and below the letters
ABOVE, BELOW = 0.06, 0.06


def is_single(character: str) -> bool:
    """Whether a character is a word of its own: Han, kana and other scripts written without spaces."""
    point = ord(character[0])
    return (
        0x2E80 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF00 <= point <= 0xFFEF
        or 0x20000 <= point <= 0x3FFFF
    )


def to_line(reading: Reading, quad: NDArray[np.float32], engine: str) -> Line:
    """A line with words; its quad is in raster pixels, first point at the start of the text."""
    words = tuple(
        Word("".join(reading.characters[a:b]), _part(quad, *_extent(reading, a, b)), _confidence(reading, a, b))
        for a, b in word_ranges(reading)
    )
    shown = [i for i, c in enumerate(reading.characters) if c != " "]
    first, last = (shown[0], shown[-1] + 1) if shown else (0, 0)
    content = " ".join(reading.text.split())
    polygon = _part(quad, _extent(reading, first, last)[0], _extent(reading, first, last)[1]) if shown else _flat(quad)
    confidence = float(np.mean([w.confidence for w in words])) if words else 0.0
    return Line(content, polygon, confidence, words, engine=engine, script=_script(content))


def unreadable_line(quad: NDArray[np.float32], engine: str) -> Line:
    """A line of which only the place is known."""
    return Line("", _part(quad, 0.0, 1.0), 0.0, engine=engine, unreadable=True)


def word_ranges(reading: Reading) -> Iterator[tuple[int, int]]:
    """Index ranges of words: split at spaces, and around every character that is a word of its own."""
    start: int | None = None
    for index, character in enumerate(reading.characters):
        alone = character != " " and is_single(character)
        if start is not None and (character == " " or alone):
            yield start, index
            start = None
        if alone:
            yield index, index + 1
        elif character != " " and start is None:
            start = index
    if start is not None:
        yield start, len(reading.characters)


def _extent(reading: Reading, a: int, b: int) -> tuple[float, float]:
    """Where characters a..b stand, as shares of the strip: a CTC peak is near a letter's middle: add half a pitch."""
    centres = (reading.starts + reading.ends) / 2
    pitch = (centres[b - 1] - centres[a]) / (b - 1 - a) if b - a > 1 else float(reading.ends[a] - reading.starts[a]) * 2
    left, right = centres[a] - 0.55 * pitch, centres[b - 1] + 0.55 * pitch
    if a:  # never beyond the middle of the gap to the neighbour
        left = max(left, (reading.ends[a - 1] + reading.starts[a]) / 2)
    if b < len(centres):
        right = min(right, (reading.ends[b - 1] + reading.starts[b]) / 2)
    return float(np.clip(left, 0, 1)), float(np.clip(right, 0, 1))


def _part(quad: NDArray[np.float32], left: float, right: float) -> Polygon:
    """The part of a quad between two shares of its width, without the margin above and below the letters."""
    top_left, top_right, bottom_right, bottom_left = quad.astype(np.float64)
    a, d = top_left + (top_right - top_left) * left, bottom_left + (bottom_right - bottom_left) * left
    b, c = top_left + (top_right - top_left) * right, bottom_left + (bottom_right - bottom_left) * right
    return _flat(np.stack([a + (d - a) * ABOVE, b + (c - b) * ABOVE, c + (b - c) * BELOW, d + (a - d) * BELOW]))


def _flat(quad: NDArray[np.floating]) -> Polygon:
    x1, y1, x2, y2, x3, y3, x4, y4 = (round(float(v), 2) for v in quad.ravel())
    return (x1, y1, x2, y2, x3, y3, x4, y4)


def _confidence(reading: Reading, a: int, b: int) -> float:
    return probability_of(float(np.prod(reading.probabilities[a:b])))


def _script(text: str) -> str:
    """ISO 15924 code of the most frequent script, of those the models know; empty without letters."""
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            name = unicodedata.name(character, "").split(" ")[0]
            code = {"LATIN": "Latn", "GREEK": "Grek", "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana"}.get(name)
            counts[code or "Zyyy"] = counts.get(code or "Zyyy", 0) + 1
    if not counts:
        return ""
    if "Hira" in counts or "Kana" in counts:
        return "Jpan"
    return max(counts, key=lambda k: counts[k])
