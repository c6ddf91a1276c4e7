"""A PDF page's own text: whether it can be trusted, and its lines as blocks."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, repeat

import numpy as np

from legenda.document import Block, Line, Span, Word, bounds, from_box
from legenda.document.geometry import Box, Polygon
from legenda.engines.base import EngineOptions
from legenda.engines.registry import get_engine
from legenda.engines.tesseract.doubt import suspicious
from legenda.pipeline.frame import quarter_of
from legenda.sources import Source, SourcePage, TextLayer, TextLine

SAMPLES = 4
SAMPLE_DPI = 150
ALIKE = 0.6  # mean similarity of sampled lines to the picture from which a hidden layer is believed
COVERED = 0.3  # share of a seen line's box under the page's own text from which it is the same line


def is_trusted(source: Source, page: SourcePage, text: TextLayer) -> bool:
    """Whether the text layer says what the page shows; a hidden or doubtful one is compared with the picture."""
    if not text.trusted:
        return False
    return not (text.hidden or text.reason) or _matches_picture(source, page, text)


def blocks_of(lines: Sequence[TextLine]) -> list[Block]:
    """Blocks in the file's own order: a new one where the next line is not just below and of the same size."""
    blocks: list[tuple[list[Line], list[Box]]] = []
    before: Box | None = None
    offset = 0
    for own in lines:
        box = bounds(own.polygon)
        if before is None or _apart(before, box):
            blocks.append(([], []))
        blocks[-1][0].append(_line(own, offset))
        blocks[-1][1].append(box)
        before = box
        offset += len(own.content) + 1
    return [Block("text", _around(boxes), tuple(block)) for block, boxes in blocks]


def angle_of(lines: Sequence[TextLine]) -> float:
    """Degrees clockwise (0, 90, 180 or -90) by which most of the text is turned."""
    letters: Counter[int] = Counter()
    for line in lines:
        letters[_quarter(line)] += len(line.content)
    quarter = max(letters, key=lambda quarter: letters[quarter], default=0)
    return (0.0, 90.0, 180.0, -90.0)[quarter]


def without_doubles(seen: Sequence[Line], own: Sequence[TextLine]) -> list[Line]:
    """Lines read from the picture that the page's own text does not have already."""
    boxes = [bounds(line.polygon) for line in own] if seen else []
    return [line for line in seen if _share_covered(bounds(line.polygon), boxes) < COVERED]


def _line(own: TextLine, offset: int) -> Line:
    """The line and its words with the spans they have if nothing moves, so that `compose` need not make them again."""
    content, lengths = own.content, [len(word) for word in own.words]
    if sum(lengths) + len(lengths) - 1 == len(content):  # one space after each word
        starts = list(accumulate((length + 1 for length in lengths), initial=offset))[:-1]
    else:
        starts = _starts(own, offset)
    words = tuple(map(Word, own.words, own.polygons, repeat(1.0), map(Span, starts, lengths)))
    return Line(content, own.polygon, 1.0, words, Span(offset, len(content)), engine="text-layer")


def _starts(own: TextLine, offset: int) -> list[int]:
    starts, at = [], 0
    for word in own.words:
        at = own.content.index(word, at)
        starts.append(offset + at)
        at += len(word)
    return starts


def _apart(above: Box, below: Box) -> bool:
    height = min(above[3] - above[1], below[3] - below[1])
    if abs(above[1] - below[1]) < 0.5 * height:  # on the same row
        return False
    larger = max(above[3] - above[1], below[3] - below[1])
    gap = below[1] - above[3]
    overlap = min(above[2], below[2]) - max(above[0], below[0])
    return gap > 0.9 * height or gap < -0.8 * height or overlap < 0 or larger > 1.35 * height


def _around(boxes: Sequence[Box]) -> Polygon:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return from_box(min(x0), min(y0), max(x1), max(y1))


def _share_covered(box: Box, others: Sequence[Box]) -> float:
    x0, y0, x1, y1 = box
    area = max(1e-6, (x1 - x0) * (y1 - y0))
    return sum(max(0.0, min(x1, c) - max(x0, a)) * max(0.0, min(y1, d) - max(y0, b)) for a, b, c, d in others) / area


def _matches_picture(source: Source, page: SourcePage, text: TextLayer) -> bool:
    """Read a few of the longest lines from the picture and compare."""
    legible = [line for line in text.lines if _is_legible(line.content)]
    samples = sorted(legible or text.lines, key=lambda line: len(line.content))[-SAMPLES:]
    seen = [_seen(source, page, line) for line in samples]
    if not legible:  # a script the cpu engine does not know: it must not find one it knows
        lines = [line for reading in seen for line in reading]
        return (
            suspicious(lines) is not None or len(_letters(_content(lines))) < sum(len(x.content) for x in samples) / 2
        )
    alike = [_likeness(_content(lines), own.content) for lines, own in zip(seen, samples, strict=True)]
    return sum(alike) / len(alike) >= ALIKE


def _seen(source: Source, page: SourcePage, line: TextLine) -> Sequence[Line]:
    """What the picture shows where the text layer has a line."""
    x0, y0, x1, y1 = bounds(line.polygon)
    margin = 0.25 * min(x1 - x0, y1 - y0)
    box = (max(0, x0 - margin), max(0, y0 - margin), min(page.width, x1 + margin), min(page.height, y1 + margin))
    pixels = source.raster(page.number, SAMPLE_DPI, box).pixels
    upright = np.ascontiguousarray(np.rot90(pixels, _quarter(line)))
    return get_engine("cpu").read(upright, EngineOptions("fast")).lines


def _content(lines: Sequence[Line]) -> str:
    return "".join(line.content for line in lines)


def _likeness(seen: str, own: str) -> float:
    return SequenceMatcher(None, _letters(seen), _letters(own), autojunk=False).ratio()


def _quarter(line: TextLine) -> int:
    x1, y1, x2, y2, *_ = line.polygon
    if y1 == y2 and x1 <= x2:
        return 0
    return quarter_of(math.degrees(math.atan2(y2 - y1, x2 - x1)))


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _is_legible(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 3 and sum(ord(c) < 0x250 or 0x3000 < ord(c) < 0xA000 for c in letters) > 0.8 * len(letters)
