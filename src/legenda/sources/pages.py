"""Builds pages from what the child sent. Its numbers are checked: it may be compromised."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from legenda.document.geometry import Box, bounds, from_box
from legenda.document.model import BlockKind, Problem
from legenda.document.structure import Mark
from legenda.sources.accents import composed
from legenda.sources.formulas import with_formulas
from legenda.sources.page import Element, Looks, SourcePage, TextLayer, TextLine
from legenda.sources.segmentation import Booleans, Codes, Floats, Glyphs, Owners, blank, dropped, lines_of
from legenda.sources.sheet_cells import sheet
from legenda.sources.trust import Verdict, judge

_TINY = 1.5
"""Points: nobody prints letters this small."""
_MAX_SLENDERNESS = 6.0
"""Height of a letter's box to its width, in the median of a page: 2 to 3 in honest fonts."""
_FEW_GLYPHS = 8
_SAMPLE = 400
_MAX_SHARE_OUTSIDE = 0.5
_MAX_SHARE_DEGENERATE = 0.3
_MAX_SHARE_UNMAPPED = 0.2
_MIN_PICTURE_SHARE = 0.02
_MIN_PICTURE_PIXELS = (80, 24)
_KINDS = frozenset(get_args(BlockKind))
_MOST_CELLS, _LOWEST = 100_000, 9
_MANY, _SHORT = 20, 8
"""Blocks of a page, and characters of one in the mean, from and up to which tags are not believed."""
_SYMBOLS, _BULLET = (0xF000, 0xF0FF), 0x2022
"""Where symbol fonts have their characters."""
_MAX_COVERED = 0.03
"""Share of a picture under words of the text layer from which on it counts as their background."""


def picture_page(number: int, args: dict[str, Any]) -> SourcePage:
    """A page of an image."""
    size, dpi = (_size(args["width"]), _size(args["height"])), float(args["dpi"]) if args["dpi"] else None
    problems = (Problem("truncated", str(args["problem"])[:500]),) if args.get("problem") else ()
    return SourcePage(number, *size, "pixel", dpi=dpi, problems=problems)


def pdf_page(number: int, args: dict[str, Any], buffers: list[bytearray]) -> SourcePage:
    """A page of a PDF, with its text layer."""
    width, height = _size(args["width"]), _size(args["height"])
    affine = [float(v) for v in args["affine"]]
    text = _text_layer(args, buffers, affine, (width, height))
    scan = float(args["dpi"]) if args["dpi"] else None
    pictures = _pictures(args["pictures"], affine, (width, height), text)
    return SourcePage(number, width, height, "point", text, pictures, scan)


def looks(args: dict[str, Any], buffers: list[bytearray]) -> Looks:
    """How the text of a page looks."""
    record = np.dtype([("box", "<f4", 4), ("size", "<f4"), ("kind", "u1")])
    found = np.frombuffer(buffers[0], record)
    boxes = np.nan_to_num(_shown(found["box"], [float(v) for v in args["affine"]]), posinf=0.0, neginf=0.0)
    sizes = np.nan_to_num(found["size"].astype(np.float64), posinf=0.0, neginf=0.0)
    texts = tuple(str(text) for text in args["texts"])
    if texts and len(texts) != len(found):
        raise ValueError("texts of objects that are not there")
    return Looks(boxes, sizes, found["kind"].copy(), texts, int(args["paths"]))


def boxes_are_odd(buffers: list[bytearray]) -> bool:
    """Whether fonts state heights their letters cannot have, so that boxes round the ink are better."""
    boxes = _sampled(np.frombuffer(buffers[1], "<f4").reshape(-1, 4))
    if not len(boxes):
        return False
    wide, high = np.abs(boxes[:, 2] - boxes[:, 0]), np.abs(boxes[:, 3] - boxes[:, 1])
    inked = (wide > 0) | (high > 0)
    if not inked.any():
        return False
    across, along = _median(np.minimum(wide, high)[inked]), _median(np.maximum(wide, high)[inked])
    return bool(across <= 0 or along > _MAX_SLENDERNESS * across)


def _sampled(values: NDArray[Any]) -> NDArray[Any]:
    """Some hundred evenly spread rows: a median of more is no better."""
    return values[:: max(1, len(values) // _SAMPLE)]


def _median(values: NDArray[Any]) -> float:
    """Of at least one value; `np.median` takes five times as long."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _size(value: object) -> float:
    size = float(value) if isinstance(value, (int, float)) else 0.0
    if not (math.isfinite(size) and size > 0):
        raise ValueError(f"a page of size {value!r}")
    return size


def _text_layer(
    args: dict[str, Any], buffers: list[bytearray], affine: list[float], size: tuple[float, float]
) -> TextLayer | None:
    codes = np.frombuffer(buffers[0], "<u4")
    boxes = np.frombuffer(buffers[1], "<f4").reshape(len(codes), 4)
    if not np.isfinite(boxes).all():
        boxes = np.nan_to_num(boxes, nan=0.0, posinf=0.0, neginf=0.0)
    boxes = _shown(boxes, affine)
    codes = composed(codes, boxes)
    left_out = dropped(codes)
    inked = ~(blank(codes) | left_out)
    count = int(np.count_nonzero(inked))
    meaningless = int(np.count_nonzero(left_out & (codes != 0)))
    if not count and not meaningless:
        return None
    told = args.get("about") or {}
    owners: Owners | None
    if "cells" in told:
        elements, owners = sheet(told, codes, boxes, inked, size[0])
    else:
        elements, owners = _elements(args, buffers, len(codes))
    if owners is not None:
        codes = _with_bullets(codes, owners, elements)
    styles = np.frombuffer(buffers[4], np.uint8) if len(buffers[4]) == len(codes) else None
    glyphs = Glyphs(codes, boxes, _angles(args["turned"], len(codes), affine), owners, styles)
    inside = _inside(boxes, size)
    lines = _linked(lines_of(glyphs, inked & inside), args.get("links") or [], affine)
    reason = _misplaced(boxes, inked, inside) if count else ""
    if float(args["unmapped"]) > _MAX_SHARE_UNMAPPED:
        reason = reason or "its fonts do not say which characters they draw"
    verdict = Verdict(False, reason) if reason else judge("\n".join(line.content for line in lines), meaningless)
    if "cells" in told:  # drawn in any order, the sheet's name last
        lines = tuple(sorted(lines, key=lambda line: (line.owner < 0, line.owner)))
    if formulas := told.get("formulas"):
        pairs = [(str(latex), str(letters)) for latex, letters in formulas]
        lines, elements = with_formulas(lines, elements, [int(place) for place in args["formulas"]], pairs)
    if notes := told.get("notes"):
        lines, elements = _with_notes(lines, elements, notes, size)
    hidden, continued = _is_hidden(args, buffers[2], inked), frozenset(map(int, args.get("continued") or ()))
    continued |= {0} if told.get("continued") else frozenset()
    return TextLayer(lines, verdict.trusted, verdict.reason, hidden, elements, continued)


def _with_notes(
    lines: tuple[TextLine, ...], elements: tuple[Element, ...], notes: list[str], size: tuple[float, float]
) -> tuple[tuple[TextLine, ...], tuple[Element, ...]]:
    """With the notes of a slide, which nobody sees on it: as lines of no height at its foot."""
    done, made = list(lines), list(elements)
    for note in notes:
        text = " ".join(unicodedata.normalize("NFC", str(note)).split())
        words = tuple(text.split(" "))
        place = from_box(0.0, size[1], size[0], size[1])
        if text:
            done.append(TextLine(text, place, words, (place,) * len(words), len(made)))
            made.append(Element("footnote"))
    return tuple(done), tuple(made)


def _elements(
    args: dict[str, Any], buffers: list[bytearray], count: int
) -> tuple[tuple[Element, ...], NDArray[np.int16] | None]:
    """What the file says its characters are, checked."""
    given = args.get("elements")
    if not given or (len(buffers[3]), len(buffers[4])) != (2 * count, count):
        return (), None
    owners = np.frombuffer(buffers[3], "<i2")
    elements = tuple(element_of(*one) for one in given)
    if owners.size and not -1 <= owners.min() <= owners.max() < len(elements):
        raise ValueError("characters of elements that are not there")
    blocks = sum(element.table < 0 for element in elements)
    if blocks > _MANY and np.count_nonzero(owners >= 0) < _SHORT * blocks:  # each word is tagged, which says nothing
        return (), None
    return elements, owners


def element_of(
    kind: BlockKind, level: int, table: int, row: int, column: int, rows: int, columns: int, header: int
) -> Element:
    """An element as a child tells it, checked.

    Raises:
        ValueError: it cannot be.
    """
    numbers = (table + 1, row, column, rows, columns)
    if kind not in _KINDS or not all(isinstance(n, int) and 0 <= n <= _MOST_CELLS for n in (level, *numbers)):
        raise ValueError(f"an element {kind!r}")
    return Element(kind, min(level, _LOWEST), table, row, column, max(rows, 1), max(columns, 1), bool(header))


def _with_bullets(codes: Codes, owners: NDArray[np.int16], elements: tuple[Element, ...]) -> Codes:
    """Bullets of symbol fonts as a bullet everybody has: their codes are private."""
    private = (codes >= _SYMBOLS[0]) & (codes <= _SYMBOLS[1]) & (owners >= 0)
    if not private.any():
        return codes
    items = np.array([element.kind == "list" for element in elements])
    private &= items[owners]
    return np.where(private, np.uint32(_BULLET), codes)


def _linked(lines: tuple[TextLine, ...], links: list[list[Any]], affine: list[float]) -> tuple[TextLine, ...]:
    """The lines with a mark for the words of each link."""
    if not links:
        return lines
    boxes = _shown(np.array([link[:4] for link in links], np.float64)[:, [0, 3, 2, 1]], affine).tolist()
    places = [(box, str(link[4])) for box, link in zip(boxes, links, strict=True)]
    return tuple(_with_links(line, places) for line in lines)


def _with_links(line: TextLine, places: list[tuple[list[float], str]]) -> TextLine:
    left, top, right, bottom = bounds(line.polygon)
    near = [(box, uri) for box, uri in places if box[0] < right and left < box[2] and box[1] < bottom and top < box[3]]
    marks, at = [], 0
    stretch: tuple[str, int, int] | None = None
    for word, polygon in zip(line.words, line.polygons, strict=True) if near else ():
        start = line.content.index(word, at)
        at = start + len(word)
        x, y = (polygon[0] + polygon[4]) / 2, (polygon[1] + polygon[5]) / 2
        uri = next((uri for box, uri in near if box[0] <= x <= box[2] and box[1] <= y <= box[3]), "")
        if stretch and stretch[0] != uri:
            marks.append(stretch)
            stretch = None
        if uri:
            stretch = (uri, stretch[1] if stretch else start, at)
    marks += [stretch] if stretch else []
    links = tuple(Mark("link", start, end - start, uri) for uri, start, end in marks)
    return replace(line, marks=(*line.marks, *links)) if links else line


def _shown(boxes: NDArray[Any], affine: list[float]) -> Floats:
    """From PDF coordinates (left, top, right, bottom; y up) to page units, whichever way the page is turned.

    The result is laid out side by side: all that follows takes one side of all boxes at a time.
    """
    a, b, c, d, e, f = affine
    x0, y0, x1, y1 = np.array(boxes.T, np.float64, order="C")
    if not b and not d:
        xs, ys = (a * x0 + c, a * x1 + c), (e * y0 + f, e * y1 + f)
    elif not a and not e:
        xs, ys = (b * y0 + c, b * y1 + c), (d * x0 + f, d * x1 + f)
    else:
        raise ValueError(f"a page turned by {affine}")
    sides = np.empty((4, len(boxes)))
    for low, high, (one, other) in ((0, 2, xs), (1, 3, ys)):
        np.minimum(one, other, out=sides[low])
        np.maximum(one, other, out=sides[high])
    return sides.T


def _angles(turned: list[list[float]], count: int, affine: list[float]) -> Floats:
    """Radians clockwise per character, as shown: the text's own angle and the page's rotation."""
    angles = np.zeros(count)
    for start, end, angle in turned:
        angles[int(start) : int(end)] = angle
    page = math.atan2(affine[3], affine[0])  # where the x axis of the PDF points on the page
    if page or turned:
        angles = np.mod(angles + page, 2 * math.pi)
        angles[(angles < 1e-3) | (angles > 2 * math.pi - 1e-3)] = 0.0
    return angles


def _inside(boxes: Floats, size: tuple[float, float]) -> Booleans:
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return np.asarray((x >= 0) & (x <= size[0]) & (y >= 0) & (y <= size[1]), np.bool_)


def _misplaced(boxes: Floats, inked: Booleans, inside: Booleans) -> str:
    """Why characters with such boxes cannot be seen; empty when they can."""
    left, top, right, bottom = boxes.T
    wide, high = (right - left)[inked], (bottom - top)[inked]
    if np.count_nonzero(inked & ~inside) > _MAX_SHARE_OUTSIDE * len(wide):
        return "it lies outside the page"
    if np.count_nonzero((wide <= 0) | (high <= 0)) > _MAX_SHARE_DEGENERATE * len(wide):
        return "its characters have no size"
    if len(wide) >= _FEW_GLYPHS and _median(np.maximum(_sampled(wide), _sampled(high))) < _TINY:
        return "it is too small to be seen"
    return ""


def _is_hidden(args: dict[str, Any], flags: bytearray, inked: Booleans) -> bool:
    if len(flags) == len(inked):
        share = float(np.frombuffer(flags, np.uint8)[inked].mean()) if inked.any() else 0.0
    else:
        share = float(int(args["invisible"]) > 0)
    # an opaque picture painted after the text lies over it
    covered = 2 * int(args["covered"]) > int(args["texts"])
    return share > 0.5 or float(args["white"]) > 0.9 or covered


def _pictures(
    given: list[list[float]], affine: list[float], size: tuple[float, float], text: TextLayer | None
) -> tuple[Box, ...]:
    """Pictures large enough to carry text and not covered by words."""
    if not given:
        return ()
    table = np.nan_to_num(np.asarray(given, np.float64).reshape(len(given), 6))
    boxes = _shown(table[:, [0, 3, 2, 1]], affine)
    boxes[:, 0::2] = boxes[:, 0::2].clip(0, size[0])
    boxes[:, 1::2] = boxes[:, 1::2].clip(0, size[1])
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    pixels = np.sort(table[:, 4:], axis=1)
    large = (areas >= _MIN_PICTURE_SHARE * size[0] * size[1]) & (pixels[:, 1] >= _MIN_PICTURE_PIXELS[0])
    large &= pixels[:, 0] >= _MIN_PICTURE_PIXELS[1]
    lines = text.lines if text else ()
    found: list[Box] = []
    for index in _by_area(areas, large):
        left, top, right, bottom = boxes[index].tolist()
        box = (round(left, 3), round(top, 3), round(right, 3), round(bottom, 3))
        if not any(_within(box, f) for f in found) and _covered(box, lines) <= _MAX_COVERED * areas[index]:
            found.append(box)
    return tuple(found)


def _by_area(areas: Floats, large: Booleans) -> list[int]:
    """Indexes of the large ones, the largest first."""
    return [i for i in np.argsort(-areas, kind="stable").tolist() if large[i]]


def _within(inner: Box, outer: Box) -> bool:
    return all(a >= b - 1 for a, b in zip(inner[:2], outer[:2], strict=True)) and all(
        a <= b + 1 for a, b in zip(inner[2:], outer[2:], strict=True)
    )


def _covered(box: Box, lines: tuple[TextLine, ...]) -> float:
    """Area of the words whose middle lies in `box`."""
    total = 0.0
    for line in lines:
        for p in line.polygons:
            x, y = (p[0] + p[4]) / 2, (p[1] + p[5]) / 2
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                total += math.hypot(p[2] - p[0], p[3] - p[1]) * math.hypot(p[6] - p[0], p[7] - p[1])
    return total
