"""Titles and headings, with levels: by size, weight and numbering, and by what the model sees."""

from __future__ import annotations

import re

from legenda.layout.pieces import Piece, Sheet

_MOST_LINES, _MOST_CHARACTERS = 4, 220
_LARGER = 1.22  # times the height of the running text; boxes of a detector differ by a tenth on one page
_OWN_LARGER = 1.12  # heights of fonts do not
_SCORE = 0.5  # of the model, from which a line of the usual height is a heading
_BODY = 60  # characters of running text a page must have for anything on it to be its heading
_NUMBERED = re.compile(r"((?:\d{1,2}\.){0,4}\d{1,2}\.?|[A-Z]\.\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}\.)\s+(?=[^\W\d_])")
_NAMED = re.compile(r"(?i)(chapter|part|appendix|section|kapitel|teil|anhang|chapitre|capítulo|глава)\s+[\dIVXA-Z]+\b")
_SENTENCE = re.compile(r"[.;,:!]$")
_LEVELS = (1.75, 1.4, 1.15)  # times the running text, from which a heading is of level 1, 2, 3


def headed(pieces: list[Piece], sheet: Sheet) -> None:
    """Mark titles and headings among the pieces."""
    texts = [piece for piece in pieces if piece.kind in ("text", "list")]
    running = sum(len(piece.content) for piece in texts if len(piece.content) > 40)
    for piece in pieces:
        if piece.kind == "heading" and (sheet.own or not _may_be(piece)):
            piece.kind = "text"  # by the heights of boxes; fonts tell it better
        if piece.kind == "text" and running >= _BODY and _may_be(piece):
            piece.sure = _probability(piece, sheet)
            piece.kind = "heading" if piece.sure > 0.5 else "text"
            piece.sure = max(piece.sure, 1 - piece.sure)
        if piece.kind == "heading":
            piece.level = _level(piece, sheet)
    _entitle(pieces, sheet)


def _may_be(piece: Piece) -> bool:
    text = piece.content
    letters = sum(character.isalpha() for character in text)
    return (
        len(piece.lines) <= _MOST_LINES
        and 2 <= len(text) <= _MOST_CHARACTERS
        and 2 * letters > len(text.replace(" ", ""))
        and letters >= 2
    )


def _probability(piece: Piece, sheet: Sheet) -> float:
    """That a piece is a heading; evidence adds up."""
    larger = piece.height / sheet.large
    bold = all(line.style is not None and bool(line.style.bold) for line in piece.lines) and not sheet.bold
    seen = piece.region.confidence if piece.region and piece.region.kind == "title" else 0.0
    if larger >= (_OWN_LARGER if sheet.own else _LARGER):
        return 0.9 if len(piece.content) > 3 else 0.4
    if piece.height < 0.9 * sheet.body:
        return 0.1
    numbered = bool(_NUMBERED.match(piece.content) or _NAMED.match(piece.content))
    sentence = bool(_SENTENCE.search(piece.content)) and not piece.content.endswith(":")
    score = 0.45 * bold + 0.6 * (seen >= _SCORE) + 0.2 * numbered + 0.15 * piece.content.isupper() - 0.35 * sentence
    return min(0.95, max(0.05, 0.1 + score))


def numbered_level(text: str) -> int:
    """The level a heading's own number says (`2.1` is 2); 0 without one."""
    match = _NUMBERED.match(text)
    return min(6, len([part for part in match[1].split(".") if part])) if match else 0


def _level(piece: Piece, sheet: Sheet) -> int:
    """1 to 6: numbering says it best, then size."""
    if level := numbered_level(piece.content):
        return level
    larger = piece.height / sheet.large
    return next((level for level, least in enumerate(_LEVELS, 1) if larger >= least), len(_LEVELS))


def _entitle(pieces: list[Piece], sheet: Sheet) -> None:
    """The largest heading of the page is its title, if it stands in its upper half above all others."""
    headings = [piece for piece in pieces if piece.kind == "heading"]
    if not headings:
        return
    largest = max(headings, key=lambda piece: piece.height)
    top = largest.box[1]
    first = all(piece.box[1] >= top - sheet.body for piece in headings if piece is not largest)
    if (
        first
        and top < sheet.height / 2
        and largest.height >= _LEVELS[1] * sheet.body
        and not _NUMBERED.match(largest.content)
    ):
        largest.kind, largest.level = "title", 0
