"""What stands around the text: running heads and feet, page numbers, notes at the foot, captions, code."""

from __future__ import annotations

import re
from itertools import pairwise

from legenda.document import bounds
from legenda.document.geometry import Box
from legenda.layout.pieces import Piece, Sheet, is_beside

_HEAD, _FOOT = 0.13, 0.87  # shares of the page's height between which nothing is a running head or foot
_EDGE = 0.065  # the same, for what the model does not see as one
_SCORE, _SURE = 0.4, 0.6  # of the model; the second for what is large, as the names of houses are
_APART = 0.8  # heights of a line that keep a running head or foot from the text
_LARGEST = 1.5  # times the running text; what is higher is a title or a logo
_MOST_LINES = 3
_NUMBER = re.compile(
    r"(?i)[-–—[(\s|]*(page\s+|p\.\s*|seite\s+|стр\.\s*|pág(ina|\.)\s*)?(\d{1,4}|[ivxlc]{1,7})"
    r"(\s*(/|of|von|de|sur|из)\s*\d{1,4})?[-–—\])|\s.]*|第\s*\d+\s*页"
)
_CAPTION = re.compile(
    r"(?i)(fig(ure|\.)?|tab(le|\.)?|scheme|chart|plate|box|listing|algorithm|abb(ildung|\.)?|tabelle|tableau|figura"
    r"|tabla|tabela|рис(унок|\.)?|таблица|图|圖|図|表)\s*[A-Z]?[.\-]?\s*\d+([.\-]\d+)*[a-z]?\b"
)
_CAPTION_END = re.compile(r"\s*([.:|–—-]|$|[A-Z(«„“\"])")
_NOTE = re.compile(r"(\d{1,3}|[*†‡§¶]{1,3}|[a-z])[.)]?\s*(?=\S)|[¹²³⁴⁵⁶⁷⁸⁹⁰]+\s*(?=\S)")
_LOW, _SPREAD, _SHORT = 0.8, 5.0, 40  # where such a row stands, heights of a line in its gaps, and characters
_SMALL = 0.93  # times the running text: notes are smaller
_BELOW = 0.6  # share of the page's height below which notes stand


def marginal(pieces: list[Piece], sheet: Sheet) -> None:
    """Mark running heads and feet and page numbers."""
    boxes = [piece.box for piece in pieces]
    for piece, box in zip(pieces, boxes, strict=True):
        if piece.kind not in ("text", "heading", "header", "footer", "page_number"):
            continue
        if _is_marginal(piece, box, boxes, sheet):
            piece.kind = "header" if box[3] < sheet.height / 2 else "footer"
        elif piece.kind != "heading":
            piece.kind = "text"
    last = next((piece for piece in reversed(pieces) if piece.lines and piece.content), None)
    if last and last.kind == "text" and last.content.isdigit() and _is_below(last.box, boxes, sheet):
        last.kind = "page_number"
    if sheet.prose and last and last.kind == "text" and _is_spread(last, sheet) and last.box[1] > _LOW * sheet.height:
        last.kind = "footer"
    for piece in pieces:
        if piece.kind in ("header", "footer") and _NUMBER.fullmatch(piece.content):
            piece.kind = "page_number"


def captioned(pieces: list[Piece], frames: list[Box], sheet: Sheet) -> None:
    """Mark captions: they say so, or the model does and a figure or a table (`frames`) is next to them."""
    for piece in pieces:
        if piece.kind not in ("text", "heading", "list"):
            continue
        said = _CAPTION.match(piece.content)
        seen = piece.region is not None and piece.region.kind == "caption"
        near = any(_is_next_to(piece.box, frame, sheet.body) for frame in frames)
        if (said and _CAPTION_END.match(piece.content[said.end() :]) and (near or seen)) or (seen and near):
            piece.kind, piece.level = "caption", 0


def noted(pieces: list[Piece], sheet: Sheet) -> None:
    """Mark notes at the foot: small print at the end of the page that begins with a number or a sign."""
    for piece in reversed(pieces):
        if piece.kind in ("footer", "page_number", "header"):
            continue
        small = piece.height < _SMALL * sheet.body and piece.box[1] > _BELOW * sheet.height
        if piece.kind not in ("text", "list") or not small or not _NOTE.match(piece.content):
            return
        piece.kind, piece.level = "footnote", 0


def _is_spread(piece: Piece, sheet: Sheet) -> bool:
    """Whether a piece is one row of short texts at the left, the middle and the right, as at the foot of a page."""
    if not 2 <= len(piece.lines) <= 3 or any(len(line.content) > _SHORT for line in piece.lines):
        return False
    pairs = list(pairwise(piece.lines))
    boxes = [(bounds(a.polygon), bounds(b.polygon)) for a, b in pairs]
    return all(is_beside(a, b) for a, b in pairs) and all(b[0] - a[2] > _SPREAD * sheet.body for a, b in boxes)


def _is_below(box: Box, boxes: list[Box], sheet: Sheet) -> bool:
    """Whether a number stands by itself below all text, not at its left edge as an item's would."""
    others = [other for other in boxes if other != box]
    if not others or max(other[3] for other in others) > box[1]:
        return False
    gap = box[1] - max(other[3] for other in others)
    return gap > 2 * sheet.body and box[0] - min(other[0] for other in others) > 4 * sheet.body


def _is_marginal(piece: Piece, box: Box, boxes: list[Box], sheet: Sheet) -> bool:
    above, below = box[3] < _HEAD * sheet.height, box[1] > _FOOT * sheet.height
    if not (above or below) or len(piece.lines) > _MOST_LINES:
        return False
    seen = piece.region.confidence if piece.region and piece.region.kind in ("header", "footer") else 0.0
    if seen >= (_SURE if piece.height > _LARGEST * sheet.body or not sheet.prose else _SCORE):
        return True
    if piece.height > _LARGEST * sheet.body or (piece.kind == "heading" and piece.height > 1.2 * sheet.body):
        return False
    edge = box[3] < _EDGE * sheet.height or box[1] > (1 - _EDGE) * sheet.height
    if not sheet.prose and not _NUMBER.fullmatch(piece.content):
        return False
    inward = [b for b in boxes if (b[1] > box[3] if above else b[3] < box[1])]
    if not inward:
        return False
    gap = min(b[1] - box[3] for b in inward) if above else min(box[1] - b[3] for b in inward)
    return gap > _APART * sheet.body and (edge or bool(_NUMBER.fullmatch(piece.content)))


def _is_next_to(box: Box, frame: Box, unit: float) -> bool:
    """Right above or below, or beside."""
    across = min(box[2], frame[2]) - max(box[0], frame[0])
    down = min(box[3], frame[3]) - max(box[1], frame[1])
    return (across > 0 and -down < 3 * unit) or (down > 0 and -across < 4 * unit)
