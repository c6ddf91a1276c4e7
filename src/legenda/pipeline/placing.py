"""What a model wrote, put onto a page: word for word where the engines read the same, else where there is ink."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from legenda.document import Block, Box, Line, Mark, Notation, from_box
from legenda.engines.transcriber import Passage, Transcript
from legenda.pipeline.alignment import MODEL, Alignment, Run, aligned, with_words
from legenda.pipeline.guards import loops
from legenda.pipeline.ink import Ink
from legenda.pipeline.matching import Codes, find, letters

# a line an engine read with this confidence says what it says, whatever a model has in its place
CERTAIN = 0.8
DOUBTED = 0.7  # below it, a line that the model leaves out is one that nobody could read
# letters a box can hold, by its width over its height: print has up to 2.6 in boxes as the detector draws them
_DENSITY = 3.2
_SPARE = 6
# letters by which lines of one page differ without being cut, and share by which those do that were read badly (as
# handwriting is, whose letters are not of one width)
_SLACK, _UNSURE = 3, 0.5
# share of a model's letters from which a line nobody read surely is the one it means, and may be it
HELD, LIKE = 0.8, 0.4
_TESSERACT = "tesseract"
LEAST = 4  # letters without ink from which an answer is looked at again


@dataclass
class Placed:
    """A page as a model has it.

    Attributes:
        lines: those it wrote, and those it left out, as the engines read them.
        model: its name.
        written: letters it wrote.
        unfounded: letters it wrote where nothing is written; they are in no line.
        repeated: letters of these in which it repeats itself.
        unlocated: lines that have the place of ink nobody read, and no places of their words.
        complete: it was not cut off.
        blocks: notations without words, where something is drawn.
    """

    lines: list[Line] = field(default_factory=list)
    model: str = ""
    written: int = 0
    unfounded: int = 0
    repeated: int = 0
    unlocated: int = 0
    complete: bool = True
    blocks: list[Block] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether all of it is founded on ink."""
        return self.unfounded < LEAST


def placed(transcript: Transcript, lines: Sequence[Line], ink: Ink) -> Placed:
    """Put a transcript onto a page.

    Args:
        transcript: of the page, upright.
        lines: as engines read the page, in reading order.
        ink: of the page.
    """
    text = "\n".join(passage.text for passage in transcript.passages if passage.text.strip())
    done = _Placing(aligned(lines, text), lines, ink, transcript).done()
    done.blocks = [block for passage in transcript.passages if (block := _drawn(passage, ink, transcript.model))]
    return done


def _drawn(passage: Passage, ink: Ink, model: str) -> Block | None:
    """A molecule, a score, a figure: on the page as a whole where the model does not say where."""
    if passage.text.strip() or passage.kind not in ("molecule", "score", "geometry", "chart", "formula"):
        return None
    left, top, right, bottom = passage.box or (0.0, 0.0, 1.0, 1.0)
    width, height = ink.size
    polygon = from_box(left * width, top * height, right * width, bottom * height)
    said = Notation(passage.kind, dict(passage.forms), MODEL, model)
    return Block(passage.kind, polygon, (), notation=said) if ink.is_under(polygon) else None


class _Placing:
    """One transcript being placed."""

    def __init__(self, alignment: Alignment, lines: Sequence[Line], ink: Ink, transcript: Transcript) -> None:
        self._alignment, self._lines, self._ink = alignment, lines, ink
        self._model = transcript.model
        self._loops = loops(alignment.text)
        self._formulas = {" ".join(p.text.split()): p.forms["latex"] for p in transcript.passages if "latex" in p.forms}
        self._owned = dict(alignment.owned)
        self._made: dict[int, Line] = {}
        self._density = self._usual_density()
        self._loose: list[Box] | None = None
        self._result = Placed(model=transcript.model, complete=transcript.complete)
        self._result.written = len(letters(alignment.text).codes)

    def done(self) -> Placed:
        homeless = [run for run in self._alignment.runs if self._in_loop(run) or not self._lengthen(run)]
        for index, tokens in self._owned.items():
            self._write(index, tokens)
        for run in homeless:
            self._place(run)
        kept = [self._made.get(i) or _left_out(line) for i, line in enumerate(self._lines)]
        self._result.lines = kept + self._result.lines
        return self._result

    def _place(self, run: Run) -> None:
        """Words of no line: onto lines the engines could not read, onto ink they did not see, or nowhere."""
        size = self._size(run.tokens)
        if not size:
            return
        if not self._in_loop(run) or self._is_row_by_row(run, size):
            if free := self._free(run, size):
                self._share_out(run, free)
                return
            if (row := self._loose_row(run, size)) is not None:
                self._set(run, row)
                return
            if self._is_elsewhere(run):
                return
        else:
            self._result.repeated += size
        self._result.unfounded += size

    def _write(self, index: int, tokens: tuple[int, int]) -> None:
        content = self._alignment.content(tokens)
        line = with_words(self._lines[index], content, self._model)
        if latex := self._formulas.get(content):
            line = replace(line, marks=(Mark("formula", 0, len(content), latex, line.confidence),))
        self._made[index] = line

    def _usual_density(self) -> float:
        """Letters a line of this page has by its width over its height."""
        found = []
        for index, tokens in self._owned.items():
            if (size := self._size(tokens)) > LEAST:
                found.append(size / _slenderness(self._lines[index]))
        return statistics.median(found) if found else 0.0

    def _lengthen(self, run: Run) -> bool:
        """Words at the ends of lines that have too few for their length: engines lose ends, or misread them."""
        first, last = run.tokens
        before, after = self._lacking(run.before, first, 1), self._lacking(run.after, last, 0)
        if not 0 < self._size(run.tokens) <= before + after:
            return False
        cut, left = first, before
        while cut < last and (not after or self._size((cut, cut + 1)) <= left):
            left, cut = left - self._size((cut, cut + 1)), cut + 1
        if cut > first:
            self._owned[run.before] = self._owned[run.before][0], cut
        if cut < last:
            self._owned[run.after] = cut, self._owned[run.after][1]
        return True

    def _lacking(self, index: int, token: int, end: int) -> float:
        """Letters a line whose words end (1) or begin (0) at a token could have besides."""
        if index < 0 or self._owned[index][end] != token:
            return 0.0
        line = self._lines[index]
        room = self._density * _slenderness(line)
        slack = _SLACK + _UNSURE * room * (1 - line.confidence)
        return max(0.0, room + slack - self._size(self._owned[index]))

    def _size(self, tokens: tuple[int, int]) -> int:
        return len(letters(self._alignment.content(tokens)).codes)

    def _between(self, run: Run) -> range:
        """Lines among which the run is to be looked for: behind the one before it, before the one behind it."""
        low, high = run.before + 1, run.after if run.after >= 0 else len(self._lines)
        if low > high:  # the model has another order: up to the next line that was found
            high = next((i for i in range(low, len(self._lines)) if i in self._alignment.owned), len(self._lines))
        return range(low, high)

    def _is_free(self, index: int) -> bool:
        """Whether a line was seen but not read, or not surely, and is there."""
        line = self._lines[index]
        sure = self._is_sure(line) and len(letters(line.content).codes) >= LEAST
        return index not in self._made and not sure and self._ink.is_under(line.polygon)

    def _is_sure(self, line: Line) -> bool:
        """Whether an engine may be believed against a model.

        Tesseract, where its script was found by trial, reads English handwriting as kana at .93: it is believed where
        the model has read at least one line as it did.
        """
        borne_out = line.engine != _TESSERACT or any(self._lines[i].engine == _TESSERACT for i in self._owned)
        return borne_out and not line.unreadable and line.confidence >= CERTAIN

    def _free(self, run: Run, size: int) -> list[int]:
        """Lines that may be what the run says: one that has its letters, those between its neighbours, one like it."""
        said = letters(self._alignment.content(run.tokens)).codes
        free = [i for i in range(len(self._lines)) if self._is_free(i)]
        shared = {i: _shared(said, letters(self._lines[i].content).codes) for i in free}
        best = max(free, key=lambda i: shared[i], default=-1)
        if free and size >= LEAST and shared[best] >= HELD:
            return [best]
        near = [i for i in self._between(run) if i in shared]
        if near and size <= sum(_room(self._lines[i]) for i in near):
            return near
        return [best] if free and shared[best] >= LIKE and size <= _room(self._lines[best]) else []

    def _share_out(self, run: Run, free: Sequence[int]) -> None:
        """Words onto lines, by the model's own line ends where they are as many, else by the room there is."""
        first, last = run.tokens
        for index, (a, b) in zip(free, self._parts(first, last, free), strict=True):
            if a < b:
                self._write(index, (a, b))

    def _parts(self, first: int, last: int, free: Sequence[int]) -> Iterator[tuple[int, int]]:
        ends = self._line_ends(first, last)
        if len(ends) != len(free):
            room = [_room(self._lines[i]) for i in free]
            shares = [sum(room[: i + 1]) / sum(room) for i in range(len(room))]
            sizes = [len(self._alignment.content((i, i + 1))) + 1 for i in range(first, last)]
            ends, done, place = [], 0, first
            for share in shares:
                while place < last and done + sizes[place - first] / 2 <= share * sum(sizes):
                    done, place = done + sizes[place - first], place + 1
                ends.append(place)
            ends[-1] = last
        return zip([first, *ends[:-1]], ends, strict=True)

    def _line_ends(self, first: int, last: int) -> list[int]:
        tokens, text = self._alignment.tokens, self._alignment.text
        ends = [i for i in range(first + 1, last) if "\n" in text[tokens[i - 1].end : tokens[i].start]]
        return [*ends, last]

    def _loose_row(self, run: Run, size: int) -> Box | None:
        """A row of ink nobody read, between the lines around a run, that has room for it."""
        if self._loose is None:
            self._loose = self._ink.loose([line.polygon for line in self._lines])
        top = self._lines[run.before].polygon[1] if run.before >= 0 else -math.inf
        bottom = self._lines[run.after].polygon[5] if run.after >= 0 else math.inf
        if top > bottom:
            top, bottom = -math.inf, math.inf
        for row in self._loose:
            if top <= (row[1] + row[3]) / 2 <= bottom and size <= _held(row[2] - row[0], row[3] - row[1]):
                self._loose.remove(row)
                return row
        return None

    def _set(self, run: Run, row: Box) -> None:
        content = self._alignment.content(run.tokens)
        self._result.lines.append(Line(content, from_box(*row), MODEL, engine=self._model))
        self._result.unlocated += 1

    def _is_elsewhere(self, run: Run) -> bool:
        """Whether an engine is sure of what a model wrote otherwise: the line stands as it is, nothing is made up."""
        sure = [i for i in self._between(run) if i not in self._made and self._is_sure(self._lines[i])]
        said = letters(self._alignment.content(run.tokens)).codes
        read = letters(" ".join(self._lines[i].content for i in sure)).codes
        return len(said) <= sum(_room(self._lines[i]) for i in sure) and _shared(said, read) >= LIKE

    def _is_row_by_row(self, run: Run, size: int) -> bool:
        """Whether there is a line nobody could read for every line of a loop: some pages do repeat themselves."""
        free = [i for i in self._between(run) if self._is_free(i)]
        return len(self._line_ends(*run.tokens)) == len(free) and size <= sum(_room(self._lines[i]) for i in free)

    def _in_loop(self, run: Run) -> bool:
        """Whether most of a run is said again and again."""
        first, last = run.tokens
        start, end = self._alignment.tokens[first].start, self._alignment.tokens[last - 1].end
        said_again = sum(max(0, min(end, b) - max(start, a)) for a, b in self._loops)
        return 2 * said_again > end - start


def _shared(said: Codes, read: Codes) -> float:
    """Share of what a model said that an engine has in one piece, edits taken off; texts at random share .3."""
    return 1 - find(said, read, 0).distance / len(said) if len(read) else 0.0


def _left_out(line: Line) -> Line:
    """A line the model does not have: as the engine is sure of it, or as something that nobody can read."""
    if line.confidence >= DOUBTED:
        return line
    return replace(line, content="", words=(), marks=(), confidence=0.0, unreadable=True)


def _slenderness(line: Line) -> float:
    """Width over height."""
    x1, y1, x2, y2, _, _, x4, y4 = line.polygon
    return max(1.0, math.hypot(x2 - x1, y2 - y1) / max(1.0, math.hypot(x4 - x1, y4 - y1)))


def _room(line: Line) -> float:
    return _DENSITY * _slenderness(line) + _SPARE


def _held(width: float, height: float) -> float:
    """Letters a box has room for."""
    return _DENSITY * max(width, height) / max(1.0, min(width, height)) + _SPARE
