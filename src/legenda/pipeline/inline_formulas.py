"""Formulas inside lines that were read from pixels: words with signs of formulas, read again as one.

The text stays as the recogniser read it; a formula is a mark on it, set only where its reader is sure, its grammar
holds, and both have read much the same letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby

from legenda import notation
from legenda.document import Block, Line, Mark, Notation, Word, bounds
from legenda.document.geometry import Box
from legenda.engines.base import Raster
from legenda.errors import LegendaError
from legenda.layout.formulas import WORD
from legenda.pipeline.sight import Sight

# what running text has none of; found by the recogniser, so that text without formulas costs nothing
_SIGNS = re.compile(r"[=≠≤≥≈≡∼≃∝→⇒↦∈∉⊂⊆∪∩∅∞∂∇√∑∏∫∮^α-ωΓΔΘΛΞΠΣΦΨΩ]")
_LETTER = re.compile(r"[^\W\d_]")
_COMMON = frozenset("a i of is in if we as to be by or at on an it so no do us up my me he".split())  # noqa: SIM905
_ENDS = re.compile(r"[,.;:]+$")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)|[{}\s]")
_SAID = re.compile(r"[^\W_]")
_LONGEST = 12  # characters of a word in a formula
_MOST = 40  # formulas of a page, which take up to three seconds
_SURE = 0.5  # confidence of the formula reader: that every sign is right
_ALIKE = 0.5  # of the letters and digits that both have read
_AROUND = 0.15  # heights of the line that a crop has around it


def with_formulas(blocks: Sequence[Block], sight: Sight) -> list[Block]:
    """The blocks with formulas marked in their lines; only those read from pixels are looked at."""
    left, done = _MOST, []
    for block in blocks:
        lines = []
        for line in block.lines:
            runs = list(_runs(line))[:left] if line.engine != "text-layer" and _SIGNS.search(line.content) else []
            left -= len(runs)
            marks = [mark for run in runs if (mark := _mark(line, run, sight))]
            lines.append(replace(line, marks=(*line.marks, *marks)) if marks else line)
        done.append(replace(block, lines=tuple(lines)))
    return done


def _runs(line: Line) -> Iterator[list[int]]:
    """Words of a line that may be one formula, by their places: a sign among them, and a letter."""
    may_be = [_may_be(word) for word in line.words]
    for within, group in groupby(range(len(line.words)), lambda k: may_be[k]):
        run = list(group)
        while run and within and not _is_part(line.words[run[0]]):
            run.pop(0)
        while run and within and not _is_part(line.words[run[-1]]):
            run.pop()
        said = " ".join(line.words[k].content for k in run)
        if within and len(run) < len(line.words) and _SIGNS.search(said) and _LETTER.search(said):
            yield run


def _may_be(word: Word) -> bool:
    bare = _ENDS.sub("", word.content)
    if bare.lower() in _COMMON or len(bare) > _LONGEST:
        return False
    return bool(_SIGNS.search(bare)) or not WORD.search(bare)


def _is_part(word: Word) -> bool:
    """Whether a formula may begin or end with it: not with brackets alone, relations, dashes or points."""
    return bool(_SAID.search(word.content))


def _is_balanced(latex: str) -> bool:
    """Whether no bracket is left open: else the run ended too early."""
    return all(latex.count(one) == latex.count(other) for one, other in ("()", "[]", "{}"))


def _mark(line: Line, run: Sequence[int], sight: Sight) -> Mark | None:
    words = [line.words[k] for k in run]
    start = _start(line, run[0])
    said = line.content[start : _start(line, run[-1]) + len(words[-1].content)]
    said = _ENDS.sub("", said)
    found = _read(line, run, sight)
    if found is None or found.problem or found.confidence < _SURE:
        return None
    latex = _ENDS.sub("", found.forms.get("latex", "").strip()).strip()
    if not latex or not _is_balanced(latex) or not _is_alike(said, latex):
        return None
    return Mark("formula", start, len(said), latex, found.confidence)


def _start(line: Line, place: int) -> int:
    at = 0
    for k, word in enumerate(line.words[: place + 1]):
        at = line.content.index(word.content, at)
        at += len(word.content) * (k < place)
    return at


def _is_alike(said: str, latex: str) -> bool:
    """Whether two readings have much the same letters and digits, commands aside."""
    ours, theirs = ("".join(_SAID.findall(text)) for text in (said, _COMMAND.sub("", latex)))
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= _ALIKE if ours or theirs else True


def _read(line: Line, run: Sequence[int], sight: Sight) -> Notation | None:
    crop = _crop(line, run, sight)
    if crop is None or min(crop.shape[:2]) < 8:
        return None
    try:
        return notation.read("formula", crop)
    except LegendaError as error:
        sight.problems["no_formula"] = f"Formulas in lines were not read: {error}"
        return None


def _crop(line: Line, run: Sequence[int], sight: Sight) -> Raster | None:
    """The run with what is raised above and lowered below it, up to the middle of the gaps to the words beside it."""
    if sight.pixels is None:
        return None
    boxes = [bounds(word.polygon) for word in line.words]
    left, right = boxes[run[0]][0], boxes[run[-1]][2]
    _, top, _, bottom = bounds(line.polygon)
    around = _AROUND * (bottom - top)
    first = (boxes[run[0] - 1][2] + left) / 2 if run[0] else left - around
    last = (boxes[run[-1] + 1][0] + right) / 2 if run[-1] + 1 < len(boxes) else right + around
    box: Box = (min(left, first), top - around, max(right, last), bottom + around)
    x0, y0, x1, y1 = (round(side) for side in sight.box_in_pixels(box))
    crop: Raster = sight.pixels[y0:y1, x0:x1]
    return crop
