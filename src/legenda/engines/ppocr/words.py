"""From decoded characters to words and lines with polygons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legenda.document import Line, Polygon, Word
from legenda.engines.ppocr.calibration import probability_of
from legenda.engines.ppocr.charset import EAST_ASIAN
from legenda.engines.ppocr.recognise import Reading
from legenda.engines.ppocr.strip import size

# the detector's box is grown for the recogniser; shares of its height that lie above and below the letters
ABOVE, BELOW = 0.06, 0.06
LATE = 0.09  # of the box's height: a letter's peak comes half a step of the network after its middle
SCRIPTS = {
    "Latn": ((0x41, 0x24F), (0x1E00, 0x1EFF)),
    "Jpan": ((0x3040, 0x30FF),),
    "Hani": ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
    "Grek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
}


def is_single(character: str) -> bool:
    """Whether a character is a word of its own: Han, kana and other scripts written without spaces."""
    point = ord(character[0])
    return point >= EAST_ASIAN[0][0] and any(a <= point <= b for a, b in EAST_ASIAN)


def middle(values: NDArray[Any], share: float = 0.5) -> float:
    """The value with this share of the others below it; on a few dozen ten times as fast as `np.median`."""
    index = int(share * len(values))
    return float(np.partition(values, index)[index])


def to_line(reading: Reading, quad: NDArray[np.float32], engine: str, *, hand: bool = False) -> Line:
    """A line with words.

    Args:
        reading: of it.
        quad: in raster pixels, first point at the start of the text.
        engine: what read it.
        hand: that was the handwriting recogniser.
    """
    ranges = list(word_ranges(reading))
    width, height = size(quad)
    lefts, rights = _extents(reading, np.array(ranges, np.intp).reshape(-1, 2), LATE * height / max(1.0, width))
    polygons = _parts(quad, np.append(lefts, lefts[:1]), np.append(rights, rights[-1:]))
    chances = [probability_of(float(np.multiply.reduce(reading.probabilities[a:b])), hand=hand) for a, b in ranges]
    words = tuple(
        Word("".join(reading.characters[a:b]), polygon, chance)
        for (a, b), polygon, chance in zip(ranges, polygons, chances, strict=False)
    )
    content = " ".join(reading.text.split())
    return Line(content, polygons[-1], sum(chances) / len(chances), words, engine=engine, script=_script(content))


def unreadable_line(quad: NDArray[np.float32], engine: str, script: str = "") -> Line:
    """A line of which only the place is known, and maybe the script."""
    (polygon,) = _parts(quad, np.zeros(1), np.ones(1))
    return Line("", polygon, 0.0, engine=engine, script=script, unreadable=True)


def word_ranges(reading: Reading) -> Iterator[tuple[int, int]]:
    """Index ranges of words: split at spaces, and around every character that is a word of its own."""
    start: int | None = None
    singles = not reading.text.isascii()
    for index, character in enumerate(reading.characters):
        alone = singles and character != " " and is_single(character)
        if start is not None and (character == " " or alone):
            yield start, index
            start = None
        if alone:
            yield index, index + 1
        elif character != " " and start is None:
            start = index
    if start is not None:
        yield start, len(reading.characters)


def _extents(
    reading: Reading, ranges: NDArray[np.intp], late: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where words begin and end, as shares of the strip: CTC peaks near a letter's middle, so half a pitch is added.

    On 550 drawn words of four fonts left edges are off by 3.4 and right edges by 2.7 pixels of strips 48 high.
    """
    first, last = ranges[:, 0], ranges[:, 1] - 1
    starts, ends = reading.starts.astype(np.float64), reading.ends.astype(np.float64)
    middles = (starts + ends) / 2
    single = middle(middles[1:] - middles[:-1]) if len(middles) > 1 else 2 * (ends[first] - starts[first])
    pitch = np.where(last > first, (middles[last] - middles[first]) / np.maximum(1, last - first), single)
    # never beyond the middle of the gap to the neighbour
    gaps = np.concatenate(([0.0], (ends[:-1] + starts[1:]) / 2, [1.0]))
    lefts = np.maximum(middles[first] - 0.5 * pitch - late, gaps[first])
    rights = np.minimum(middles[last] + 0.55 * pitch, gaps[last + 1])
    # a space knows where its paper ends and the word's ink begins
    before, after = (np.array([_is_space(reading, i) for i in where], np.bool_) for where in (first - 1, last + 1))
    lefts[before], rights[after] = ends[first[before] - 1], starts[last[after] + 1]
    return lefts, np.maximum(rights, lefts)


def _is_space(reading: Reading, index: int) -> bool:
    return 0 <= index < len(reading.characters) and reading.characters[index] == " "


def _parts(quad: NDArray[np.float32], lefts: NDArray[np.float64], rights: NDArray[np.float64]) -> list[Polygon]:
    """Parts of a quad between shares of its width, without the margin above and below the letters."""
    top_left, top_right, _, bottom_left = quad.astype(np.float64)
    above, below = (bottom_left - top_left) * ABOVE, (bottom_left - top_left) * (1 - BELOW)
    across = np.outer(np.concatenate((lefts, rights)), top_right - top_left) + top_left
    a, b = across[: len(lefts)], across[len(lefts) :]
    corners = np.round(np.hstack((a + above, b + above, b + below, a + below)), 2)
    return [(x1, y1, x2, y2, x3, y3, x4, y4) for x1, y1, x2, y2, x3, y3, x4, y4 in corners.tolist()]


def _script(text: str) -> str:
    """ISO 15924 code of the most frequent script, of those the models know; empty without letters."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else ""
    letters = [c for c in text if c.isalpha()]
    counts = {code: sum(a <= ord(c) <= b for c in letters for a, b in ranges) for code, ranges in SCRIPTS.items()}
    code = max(counts, key=lambda k: counts[k])
    return code if counts[code] else ""
