"""A PDF page's own text: whether it can be trusted, and its lines as blocks."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate, chain, islice, pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from legenda.document import Block, Line, Word, bounds, from_box
from legenda.document.bulk import made, spans
from legenda.document.geometry import Box, signed
from legenda.engines.base import EngineOptions
from legenda.engines.registry import get_engine
from legenda.pipeline.doubt import suspicious
from legenda.pipeline.frame import quarter_of
from legenda.sources import Source, SourcePage, TextLayer, TextLine

Boxes = NDArray[np.float64]
"""left, top, right, bottom; [n, 4]."""

TEXT_LAYER = "text-layer"
"""What reads lines of a file's own text, as they say."""
SAMPLES = 4
SAMPLE_DPI = 150
ALIKE = 0.6  # mean similarity of sampled lines to the picture from which a hidden layer is believed
COVERED = 0.3  # share of a seen line's box under the page's own text from which it is the same line


def trust_in(source: Source, page: SourcePage, text: TextLayer) -> float:
    """How surely the text layer says what the page shows, 0..1; 0: read the picture.

    Visible text is what the page shows. A hidden or doubtful layer is as sure as lines of it are like the picture.
    """
    if text.certain:
        return 1.0
    return _likeness_to_picture(source, page, text) if text.trusted else 0.0


def blocks_of(lines: Sequence[TextLine], confidence: float = 1.0) -> list[Block]:
    """Blocks in the file's own order: a new one where the next line is not just below and of the same size."""
    if not lines:
        return []
    corners = np.array([line.polygon for line in lines])
    boxes = np.concatenate([corners.reshape(-1, 4, 2).min(axis=1), corners.reshape(-1, 4, 2).max(axis=1)], axis=1)
    begins = np.concatenate([[0], np.flatnonzero(_apart(boxes[:-1], boxes[1:])) + 1])
    low, high = np.minimum.reduceat(boxes[:, :2], begins), np.maximum.reduceat(boxes[:, 2:], begins)
    around = np.concatenate([low, high], axis=1).tolist()
    placed, ends = _placed(lines, confidence), [*begins[1:].tolist(), len(lines)]
    return [
        Block("text", from_box(*box), tuple(placed[a:b]))
        for a, b, box in zip(begins.tolist(), ends, around, strict=True)
    ]


def layer_blocks(text: TextLayer, confidence: float = 1.0) -> list[Block]:
    """Blocks of a text layer: those it tells itself, or else as `blocks_of`."""
    blocks = blocks_of(text.lines, confidence)
    if not any(line.owner >= 0 for line in text.lines):
        return blocks
    from legenda.pipeline.elements import told

    lines = [line for block in blocks for line in block.lines]
    loose = [line for line in text.lines if line.owner < 0]
    kept = iter([line for own, line in zip(text.lines, lines, strict=True) if own.owner < 0])
    around = [replace(block, lines=tuple(islice(kept, len(block.lines)))) for block in blocks_of(loose)]
    return told(text, lines, around)


def angle_of(lines: Sequence[TextLine]) -> float:
    """Degrees clockwise (0, 90, 180 or -90) by which most of the text is turned."""
    letters: Counter[int] = Counter()
    for line in lines:
        letters[_quarter(line)] += len(line.content)
    quarter = max(letters, key=lambda quarter: letters[quarter], default=0)
    return signed(90.0 * quarter)


def without_doubles(seen: Sequence[Line], own: Sequence[TextLine]) -> list[Line]:
    """Lines read from the picture that the page's own text does not have already."""
    boxes = [bounds(line.polygon) for line in own] if seen else []
    return [line for line in seen if _share_covered(bounds(line.polygon), boxes) < COVERED]


def _placed(lines: Sequence[TextLine], confidence: float) -> list[Line]:
    """The lines and words with the spans they have if nothing moves, so that `compose` need not make them again."""
    contents = [*chain.from_iterable([line.words for line in lines])]
    polygons = chain.from_iterable([line.polygons for line in lines])
    placed = spans(_offsets(lines, contents), map(len, contents))
    words = made(Word, len(contents), contents, polygons, repeat(confidence), placed)
    ends = list(accumulate([len(line.words) for line in lines], initial=0))
    texts = [line.content for line in lines]
    lengths = list(map(len, texts))
    columns = (
        texts,
        [line.polygon for line in lines],
        repeat(confidence),
        [tuple(words[a:b]) for a, b in pairwise(ends)],
        spans(accumulate([length + 1 for length in lengths], initial=0), lengths),
        *(repeat(""), repeat(""), repeat(TEXT_LAYER), repeat(None), repeat(False), [line.marks for line in lines]),
    )
    return made(Line, len(lines), *columns)


def _offsets(lines: Sequence[TextLine], words: list[str]) -> Iterable[int]:
    """Where each word begins in the text of all lines."""
    lengths = [len(line.content) + 1 for line in lines]
    if sum(lengths) == sum(map(len, words)) + len(words):  # one space, or the line's end, after each word
        return accumulate([len(word) + 1 for word in words], initial=0)
    begins = accumulate(lengths, initial=0)
    return chain.from_iterable(map(_starts, lines, begins))


def _starts(own: TextLine, offset: int) -> list[int]:
    starts, at = [], 0
    for word in own.words:
        at = own.content.index(word, at)
        starts.append(offset + at)
        at += len(word)
    return starts


def _apart(above: Boxes, below: Boxes) -> NDArray[np.bool_]:
    """Which of the boxes `below` are not the next line of the paragraph their partner `above` belongs to."""
    heights = above[:, 3] - above[:, 1], below[:, 3] - below[:, 1]
    low, high = np.minimum(*heights), np.maximum(*heights)
    gap = below[:, 1] - above[:, 3]
    overlap = np.minimum(above[:, 2], below[:, 2]) - np.maximum(above[:, 0], below[:, 0])
    elsewhere = (gap > 0.9 * low) | (gap < -0.8 * low) | (overlap < 0) | (high > 1.35 * low)
    on_one_row = np.abs(above[:, 1] - below[:, 1]) < 0.5 * low
    return np.asarray(elsewhere & ~on_one_row, np.bool_)


def _share_covered(box: Box, others: Sequence[Box]) -> float:
    x0, y0, x1, y1 = box
    area = max(1e-6, (x1 - x0) * (y1 - y0))
    return sum(max(0.0, min(x1, c) - max(x0, a)) * max(0.0, min(y1, d) - max(y0, b)) for a, b, c, d in others) / area


def _likeness_to_picture(source: Source, page: SourcePage, text: TextLayer) -> float:
    """Read a few of the longest lines from the picture and compare; 0 where too little is alike."""
    legible = [line for line in text.lines if _is_legible(line.content)]
    samples = sorted(legible or text.lines, key=lambda line: len(line.content))[-SAMPLES:]
    seen = [_seen(source, page, line) for line in samples]
    if not legible:  # a script the cpu engine does not know: it must not find one it knows
        lines = [line for reading in seen for line in reading]
        few = len(_letters(_content(lines))) < sum(len(x.content) for x in samples) / 2
        return ALIKE if few or suspicious(lines) else 0.0
    alike = [_likeness(_content(lines), own.content) for lines, own in zip(seen, samples, strict=True)]
    mean = sum(alike) / len(alike)
    return mean if mean >= ALIKE else 0.0


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
