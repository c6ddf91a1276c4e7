"""From Tesseract's result iterator to lines and words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from legenda.document import Box, Line, Word, from_box
from legenda.engines.scripts import RIGHT_TO_LEFT, UNSPACED, dominant, script_of
from legenda.engines.tesseract.calibration import probability_of
from legenda.engines.tesseract.library import API, tesserocr

ENGINE = "tesseract"
_MICRO = "\xb5"
_MU = frozenset(("\u03bc", _MICRO))
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@dataclass(slots=True)
class Piece:
    """A stretch of text between two places where a word may end.

    Attributes:
        text: in logical order.
        box: left, top, right, bottom in pixels.
        score: Tesseract's certainty, 0..100.
        gap: there is a space on its left, as seen.
        whole: one character of a script without spaces, a word of its own.
        spaced: a space stands before it, as read.
    """

    text: str
    box: Box
    score: float
    gap: bool
    whole: bool = False
    spaced: bool = False

    def add(self, other: Piece) -> None:
        """Append what follows without a space."""
        a, b = self.box, other.box
        self.gap = other.gap if b[0] < a[0] else self.gap
        self.box = min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
        self.score = min(self.score, other.score)
        self.text += other.text


# Amharic reads rightly (CER .05) at scores of 25 to 60; Latin words at 20 to 40 are right one time in four
_WORD_FLOOR = 20.0
_LINE_FLOOR = 35.0
# what a line of n letters and digits must reach where no detector has vouched for it: on drawings and photographs
# Tesseract sees short lines of letters at 40 to 80, and never long ones
_LONE, _EACH = 90.0, 6.0


def lines_of(api: API, vouched: bool) -> list[Line]:
    """Lines of a recognised image.

    Args:
        api: after recognition.
        vouched: a text detector found text here; otherwise what may be no text is left out.
    """
    kept = ([piece for piece in row if piece.score >= _WORD_FLOOR and _has_area(piece.box)] for row in _rows(api))
    return [_line(row) for row in kept if row and (vouched or _is_text(row))]


def _is_text(row: list[Piece]) -> bool:
    counts = [sum(c.isalnum() for c in piece.text) for piece in row]
    total = sum(counts)
    mean = sum(n * piece.score for n, piece in zip(counts, row, strict=True)) / max(1, total)
    return total > 0 and mean >= max(_LINE_FLOOR, _LONE - _EACH * total)


def _has_area(box: Box) -> bool:
    return box[2] > box[0] and box[3] > box[1]


def _rows(api: API) -> Iterator[list[Piece]]:
    level = tesserocr().RIL
    it = api.GetIterator()
    row: list[Piece] = []
    more = it is not None
    while more:
        if it.IsAtBeginningOf(level.TEXTLINE) and row:
            yield row
            row = []
        pieces, more = _word(it)
        for piece in pieces:
            _append(row, piece)
    if row:
        yield row


def _append(row: list[Piece], piece: Piece) -> None:
    """Join what Tesseract split without a space between (Korean, and marks of the scripts without spaces)."""
    last = row[-1] if row else None
    mark = unicodedata.category(piece.text[0])[0] == "M"
    if last:
        # of two words the one on the right knows the gap between them: in Arabic that is the first
        piece.spaced = (piece if piece.box[0] >= last.box[0] else last).gap
    if last and not piece.spaced and (mark or not (piece.whole or last.whole)):
        last.add(piece)
    else:
        row.append(piece)


def _word(it: API) -> tuple[list[Piece], bool]:
    """The word under the iterator, moved to the next; and whether there is a next."""
    level = tesserocr().RIL
    text = _text(it, level.WORD)
    found = {script_of(c) for c in text}
    # GetUTF8Text separates all words by a space; this count alone knows where Korean and Thai have none
    gap = it.BlanksBeforeWord() > 0
    if "Grek" in found and not _MU.isdisjoint(text):
        return _with_mu(it, text, gap)
    if not found & (UNSPACED | RIGHT_TO_LEFT):
        pieces = [_piece(it, level.WORD, text, gap)] if text else []
        return pieces, it.Next(level.WORD)
    symbols, more = _symbols(it, gap)
    if found & RIGHT_TO_LEFT and symbols:
        # the word's own text is in the order seen, from the left; its symbols come in the order read
        symbols[0].text = "".join(s.text for s in symbols).translate(_MIRRORED)
        for other in symbols[1:]:
            symbols[0].add(Piece("", other.box, other.score, symbols[0].gap))
        return symbols[:1], more
    for symbol in symbols:
        symbol.whole = script_of(symbol.text[0]) in UNSPACED
    return symbols, more


def _with_mu(it: API, text: str, gap: bool) -> tuple[list[Piece], bool]:
    """A Greek word with a mu, as sure as its other letters.

    Tesseract's Greek pack knows mu and the micro sign, which look alike: it takes either, and is 13 to 90 sure of it.
    """
    piece = _piece(it, tesserocr().RIL.WORD, text.replace(_MICRO, "\u03bc"), gap)
    symbols, more = _symbols(it, gap)
    piece.score = max(piece.score, min((s.score for s in symbols if s.text not in _MU), default=0.0))
    return [piece], more


def _symbols(it: API, gap: bool) -> tuple[list[Piece], bool]:
    level = tesserocr().RIL
    symbols: list[Piece] = []
    more = True
    while more:
        if text := _text(it, level.SYMBOL):
            symbols.append(_piece(it, level.SYMBOL, text, gap and not symbols))
        more = it.Next(level.SYMBOL)
        if it.IsAtBeginningOf(level.WORD):
            break
    return symbols, more


def _piece(it: API, level: int, text: str, gap: bool) -> Piece:
    left, top, right, bottom = it.BoundingBox(level) or (0, 0, 0, 0)
    return Piece(text, (left, top, right, bottom), it.Confidence(level), gap)


def _text(it: API, level: int) -> str:
    try:
        return str(it.GetUTF8Text(level)).strip()
    except RuntimeError:  # tesserocr's way of saying that a word is empty
        return ""


def _line(row: list[Piece]) -> Line:
    content = "".join(f" {p.text}" if p.spaced and n else p.text for n, p in enumerate(row))
    words = tuple(Word(p.text, from_box(*p.box), probability_of(p.score)) for p in row)
    left, top, right, bottom = zip(*(p.box for p in row), strict=True)
    weight = sum(len(w.content) for w in words)
    return Line(
        content,
        from_box(min(left), min(top), max(right), max(bottom)),
        sum(w.confidence * len(w.content) for w in words) / weight,
        words,
        script=dominant(content),
        engine=ENGINE,
    )
