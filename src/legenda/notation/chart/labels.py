"""Words on a chart: where they stand, which way they run, and what number they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from legenda.document import Line, bounds

_FACTORS = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "T": 1e12, "m": 1e-3, "µ": 1e-6, "%": 1.0}
_NUMBER = re.compile(r"[$€£]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?:[eE]([+-]?\d+))?\s?([kKMBGTmµ%]?)")
_POWER = re.compile(r"10(-?\d)")
_TIMES = re.compile(r"(\d) ?[xX×] ?10(-?\d)")
_RAISED = str.maketrans("°⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "00123456789--")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "⁻": "-", "O": "0", "o": "0"})


@dataclass(frozen=True, slots=True)
class Label:
    """A word or a line of words.

    Attributes:
        text: without the ticks that the reading took for dashes.
        raw: as it was read.
        left: in pixels of the crop, as the other sides.
        top: of its box.
        right: of its box.
        bottom: of its box.
        upright: it runs from left to right, not up or down.
        confidence: that it was read right (0..1).
        aslant: it runs neither level nor upright.
    """

    text: str
    raw: str
    left: float
    top: float
    right: float
    bottom: float
    upright: bool
    confidence: float
    aslant: bool = False

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """Its middle."""
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """Height of its letters, nearly."""
        return min(self.right - self.left, self.bottom - self.top)


def words(lines: Sequence[Line]) -> list[Label]:
    """Every word by itself."""
    found: list[Label] = []
    for line in lines:
        upright = _upright(line)
        pieces = (line,) if _slanted(line) else line.words or (line,)
        found += (
            replace(
                _label(piece.content, bounds(piece.polygon), piece.confidence, upright=upright), aslant=_slanted(line)
            )
            for piece in pieces
            if piece.content.strip("-–—_ ")
        )
    return found


def whole(lines: Sequence[Line]) -> list[Label]:
    """Every line by itself."""
    return [
        _label(line.content, bounds(line.polygon), line.confidence, upright=_upright(line))
        for line in lines
        if line.content.strip("-–—_ ")
    ]


def _upright(line: Line) -> bool:
    x1, y1, x2, y2 = line.polygon[:4]
    left, top, right, bottom = bounds(line.polygon)
    single = len(line.content.strip("-–— ")) < 2  # a letter alone has no direction
    return abs(x2 - x1) >= abs(y2 - y1) if not single else right - left < 3 * (bottom - top)


def _slanted(line: Line) -> bool:
    """Whether it runs neither level nor upright; its words then do not stand in one row."""
    x1, y1, x2, y2 = line.polygon[:4]
    return min(abs(x2 - x1), abs(y2 - y1)) > 0.25 * max(abs(x2 - x1), abs(y2 - y1))


def _label(text: str, box: tuple[float, float, float, float], confidence: float, *, upright: bool) -> Label:
    clean = text.strip().strip("-–—|").strip()
    return Label(clean or text.strip(), text.strip(), *box, upright, confidence)


def values(label: Label) -> Iterator[float]:
    """The numbers a label may mean: a dash before it is a sign or a tick."""
    if times := _TIMES.fullmatch(label.raw.translate(_RAISED).strip()):
        yield int(times[1]) * 10.0 ** int(times[2])
        return
    text = label.raw.translate(_MINUS).strip()
    match = _NUMBER.fullmatch(text.strip("-+ "))
    if not match:
        if power_of_ten := _POWER.fullmatch(label.raw.translate(_RAISED).strip()):
            yield 10.0 ** int(power_of_ten[1])
        return
    whole_part, fraction, power, suffix = match.groups()
    number = float(whole_part.replace(",", "") + (fraction or "")) * 10 ** int(power or 0) * _FACTORS[suffix]
    yield number
    if number and text.startswith("-"):
        yield -number
    if power_of_ten := _POWER.fullmatch(label.raw.translate(_RAISED).strip()):
        yield 10.0 ** int(power_of_ten[1])


def is_percent(found: Sequence[Label]) -> bool:
    """Whether most of the labels are per cent."""
    return 2 * sum("%" in label.raw for label in found) > len(found)
