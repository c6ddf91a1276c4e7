"""What a model wrote, put onto a page: word for word where the engines read the same, else where there is ink."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from legenda.document import Box, Line, from_box
from legenda.engines.transcriber import Transcript
from legenda.pipeline.alignment import MODEL, Alignment, Run, aligned, with_words
from legenda.pipeline.guards import loops
from legenda.pipeline.ink import Ink
from legenda.pipeline.matching import letters

# a line an engine read with this confidence says what it says, whatever a model has in its place
CERTAIN = 0.8
# letters a box can hold, by its width over its height: print has up to 2.6 in boxes as the detector draws them
_DENSITY = 3.2
_SPARE = 6
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
    """

    lines: list[Line] = field(default_factory=list)
    model: str = ""
    written: int = 0
    unfounded: int = 0
    repeated: int = 0
    unlocated: int = 0
    complete: bool = True

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
    return _Placing(aligned(lines, text), lines, ink, transcript).done()


class _Placing:
    """One transcript being placed."""

    def __init__(self, alignment: Alignment, lines: Sequence[Line], ink: Ink, transcript: Transcript) -> None:
        self._alignment, self._lines, self._ink = alignment, lines, ink
        self._model = transcript.model
        self._loops = loops(alignment.text)
        self._made: dict[int, Line] = {}
        self._loose: list[Box] | None = None
        self._result = Placed(model=transcript.model, complete=transcript.complete)
        self._result.written = len(letters(alignment.text).codes)

    def done(self) -> Placed:
        for index, tokens in self._alignment.owned.items():
            self._made[index] = with_words(self._lines[index], self._alignment.content(tokens), self._model)
        for run in self._alignment.runs:
            self._place(run)
        self._result.lines = [self._made.get(i, line) for i, line in enumerate(self._lines)] + self._result.lines
        return self._result

    def _place(self, run: Run) -> None:
        """Words of no line: onto lines the engines could not read, onto ink they did not see, or nowhere."""
        size = self._size(run.tokens)
        if not size:
            return
        if not self._in_loop(run):
            free = [i for i in self._between(run) if self._is_free(i)]
            if free and size <= sum(_room(self._lines[i]) for i in free):
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
        sure = not line.unreadable and line.confidence >= CERTAIN and len(letters(line.content).codes) >= LEAST
        return index not in self._made and not sure and self._ink.is_under(line.polygon)

    def _share_out(self, run: Run, free: Sequence[int]) -> None:
        """Words onto lines, by the model's own line ends where they are as many, else by the room there is."""
        first, last = run.tokens
        for index, (a, b) in zip(free, self._parts(first, last, free), strict=True):
            if a < b:
                self._made[index] = with_words(self._lines[index], self._alignment.content((a, b)), self._model)

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
        return any(i not in self._made and not self._lines[i].unreadable for i in self._between(run)) and self._size(
            run.tokens
        ) <= sum(_room(self._lines[i]) for i in self._between(run) if i not in self._made)

    def _in_loop(self, run: Run) -> bool:
        """Whether most of a run is said again and again."""
        first, last = run.tokens
        start, end = self._alignment.tokens[first].start, self._alignment.tokens[last - 1].end
        said_again = sum(max(0, min(end, b) - max(start, a)) for a, b in self._loops)
        return 2 * said_again > end - start


def _room(line: Line) -> float:
    x1, y1, x2, y2, _, _, x4, y4 = line.polygon
    return _held(math.hypot(x2 - x1, y2 - y1), math.hypot(x4 - x1, y4 - y1))


def _held(width: float, height: float) -> float:
    """Letters a box has room for."""
    return _DENSITY * max(width, height) / max(1.0, min(width, height)) + _SPARE
