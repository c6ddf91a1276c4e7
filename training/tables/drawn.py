"""Tables drawn with known words, rows, columns and spans: what `legenda.layout.tables` was tuned with.

python -m training.tables.drawn FOLDER     some of them as pictures, to look at
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legenda.document import Line, Word, from_box

FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansCondensed.ttf")
STYLES = ("ruled", "booktabs", "across", "down", "none", "zebra", "ruled", "booktabs")
TEXT = """
    total net gross income of the share by region method control dose patients median age group weight unit price amount
    balance assets paid due north south rate index mean error annual change first second third quarter model speed
    output input size average
"""
Run = list[tuple[str, tuple[float, float, float, float]]]


class Cell(NamedTuple):
    """A cell: where it begins, what it takes, its text with line feeds, whether it is bold."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    bold: bool = False


@dataclass
class Drawn:
    """A drawn table.

    Attributes:
        picture: RGB.
        lines: as an engine would see them: words with gaps up to 1.2 heights are one line.
        cells: of it.
        rows: how many.
        style: how it was drawn.
    """

    picture: Image.Image
    lines: list[Line]
    cells: list[Cell]
    rows: int
    style: str

    def html(self) -> str:
        """The truth, as HTML."""
        rows: list[str] = [""] * self.rows
        for cell in sorted(self.cells):
            spans = f' rowspan="{cell.rows}"' * (cell.rows > 1) + f' colspan="{cell.columns}"' * (cell.columns > 1)
            text = cell.text.replace("\n", " ")
            rows[cell.row] += f"<td{spans}>{text}</td>"
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def drawn(seed: int) -> Drawn:
    """A table; the same one for the same seed."""
    rng = random.Random(seed)
    size = rng.choice((12, 15, 18, 22, 28))
    font = ImageFont.truetype(rng.choice(FONTS), size)
    bold = ImageFont.truetype("DejaVuSans-Bold.ttf", size)
    style = rng.choice(STYLES)
    columns = rng.randint(2, 9)
    head = _heads(rng, columns)
    cells = head + _body(rng, columns, max(cell.row + cell.rows for cell in head), style)
    return _Sheet(rng, cells, columns, style, (font, bold)).drawn()


def _heads(rng: random.Random, columns: int) -> list[Cell]:
    if columns < 4 or rng.random() > 0.35:
        first = "" if rng.random() < 0.2 else _words(rng, 1, 2)
        wrapped = [_words(rng, 1, 2, wrap=rng.random() < 0.25) for _ in range(columns - 1)]
        return [Cell(0, c, 1, 1, text, True) for c, text in enumerate((first, *wrapped))]
    cells, at = [Cell(0, 0, 2, 1, _words(rng, 1, 2), True)], 1
    while at < columns:
        n = min(rng.randint(2, 3), columns - at)
        if n < 2 or rng.random() < 0.2:
            cells.append(Cell(0, at, 2, 1, _words(rng, 1, 1), True))
            at += 1
            continue
        cells.append(Cell(0, at, 1, n, _words(rng, 1, 3), True))
        cells += [Cell(1, at + k, 1, 1, _words(rng, 1, 1), True) for k in range(n)]
        at += n
    return cells


def _body(rng: random.Random, columns: int, top: int, style: str) -> list[Cell]:
    count, wrapped, sparse = rng.randint(2, 24), rng.random() < 0.3, rng.random() < 0.25
    sections = style != "none" and rng.random() < 0.2
    grouped = style == "ruled" and columns >= 3 and not sections and rng.random() < 0.25
    cells: list[Cell] = []
    r = until = top
    for k in range(count):
        if sections and k % 5 == 0:
            cells.append(Cell(r, 0, 1, columns, _words(rng, 1, 3), True))
            r += 1
        if grouped and r >= until:
            n = min(rng.randint(1, 4), count - k)
            cells.append(Cell(r, 0, n, 1, _words(rng, 1, 2)))
            until = r + n
        cells.append(Cell(r, int(grouped), 1, 1, _words(rng, 1, 4, wrap=wrapped and rng.random() < 0.5)))
        for c in range(grouped + 1, columns):
            prose = c == columns - 1 and wrapped and rng.random() < 0.3
            text = "" if sparse and rng.random() < 0.4 else _words(rng, 3, 6, wrap=True) if prose else _number(rng)
            cells.append(Cell(r, c, 1, 1, text))
        r += 1
    return cells


def _words(rng: random.Random, least: int, most: int, wrap: bool = False) -> str:
    words = [rng.choice(TEXT.split()) for _ in range(rng.randint(max(least, 2 if wrap else 1), max(most, 2)))]
    words[0] = words[0].capitalize()
    cut = len(words) // 2
    return f"{' '.join(words[:cut])}\n{' '.join(words[cut:])}" if wrap else " ".join(words)


def _number(rng: random.Random) -> str:
    whole, thousand = rng.randint(0, 999), f"{rng.randint(1, 99)},{rng.randint(100, 999)}"
    return rng.choice((f"{whole}", f"{rng.random() * 100:.2f}", thousand, "—", f"{rng.randint(0, 100)}%"))


class _Sheet:
    """Cells set on paper."""

    def __init__(
        self,
        rng: random.Random,
        cells: list[Cell],
        columns: int,
        style: str,
        fonts: tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont],
    ) -> None:
        self.rng, self.cells, self.columns, self.style, self.fonts = rng, cells, columns, style, fonts
        self.rows = max(cell.row + cell.rows for cell in cells)
        self.size = fonts[0].size
        self.pitch, self.gap = 1.3 * self.size, rng.uniform(0.5, 2.0) * self.size
        self.pad = (rng.uniform(0.15, 0.5) if style == "none" else rng.uniform(0.25, 0.7)) * self.size
        widths, heights = self._sides()
        self.xs = list(accumulate((w + self.gap for w in widths), initial=self.size))
        self.ys = list(accumulate((h + 2 * self.pad for h in heights), initial=self.size))
        self.head = max(cell.row + cell.rows for cell in cells if cell.bold and cell.row < 2 and cell.columns < columns)
        self.picture = Image.new("RGB", (int(self.xs[-1] + self.size), int(self.ys[-1] + self.size)), "white")
        self.pen = ImageDraw.Draw(self.picture)

    def drawn(self) -> Drawn:
        """The table."""
        self._shades()
        self._rules()
        flush = [self.rng.choice("lcr") if c else "l" for c in range(self.columns)]
        middle = self.rng.random() < 0.5
        runs = [run for cell in self.cells for run in self._written(cell, flush, middle)]
        return Drawn(self.picture, _lines(runs, self.size), self.cells, self.rows, self.style)

    def _sides(self) -> tuple[list[float], list[float]]:
        widths, heights = [float(self.size)] * self.columns, [self.pitch] * self.rows
        for cell in sorted(self.cells, key=lambda cell: cell.columns + cell.rows):
            across, down = range(cell.column, cell.column + cell.columns), range(cell.row, cell.row + cell.rows)
            parts = cell.text.split("\n")
            need = max(map(self.fonts[cell.bold].getlength, parts))
            less = need - sum(widths[c] for c in across) - self.gap * (cell.columns - 1)
            for c in across:
                widths[c] += max(less, 0) / cell.columns
            for r in down:
                heights[r] = max(heights[r], len(parts) * self.pitch / cell.rows)
        return widths, heights

    def _shades(self) -> None:
        shade = self.rng.choice(((255, 255, 255), (220, 220, 220), (200, 215, 240)))
        self.pen.rectangle([self.xs[0], self.ys[0], self.xs[-1], self.ys[self.head]], fill=shade)
        for r in range(self.head, self.rows, 2) if self.style == "zebra" else ():
            self.pen.rectangle([self.xs[0], self.ys[r], self.xs[-1], self.ys[r + 1]], fill=(235, 235, 235))

    def _rules(self) -> None:
        xs, ys = self.xs, self.ys
        width, ink = self.rng.choice((1, 1, 2)), self.rng.choice(((0, 0, 0), (90, 90, 90), (150, 150, 150)))
        for cell in self.cells:
            left, top = xs[cell.column], ys[cell.row]
            right, bottom = xs[cell.column + cell.columns], ys[cell.row + cell.rows]
            if self.style == "ruled":
                self.pen.rectangle([left, top, right, bottom], outline=ink, width=width)
            elif self.style == "down":
                self.pen.line([left, top, left, bottom], fill=ink, width=width)
            elif self.style == "booktabs" and cell.bold and cell.row == 0 and cell.columns > 1:
                self.pen.line([left + self.gap / 2, ys[1], right - self.gap / 2, ys[1]], fill=ink, width=1)
        across = {"across": (ys[0], *ys[self.head :]), "booktabs": (ys[0], ys[self.head], ys[-1])}
        for y in across.get(self.style.replace("down", "booktabs"), ()):
            self.pen.line([xs[0], y, xs[-1], y], fill=ink, width=width)

    def _written(self, cell: Cell, flush: list[str], middle: bool) -> list[Run]:
        """The words of each line of a cell, with boxes as inexact as a detector's."""
        parts, font = cell.text.split("\n") if cell.text else [], self.fonts[cell.bold]
        top, bottom = self.ys[cell.row] + self.pad, self.ys[cell.row + cell.rows]
        if middle or cell.rows > 1:
            top = (self.ys[cell.row] + bottom - len(parts) * self.pitch) / 2
        room = self.xs[cell.column + cell.columns] - self.xs[cell.column] - self.gap
        way = {"l": 0.0, "c": 0.5, "r": 1.0}["c" if cell.columns > 1 else flush[cell.column]]
        runs = []
        for k, part in enumerate(parts):
            x, y = self.xs[cell.column] + self.gap / 2 + (room - font.getlength(part)) * way, top + k * self.pitch
            run: Run = []
            for word in part.split(" "):
                width = font.getlength(word)
                self.pen.text((x, y), word, fill="black", font=font)
                a, b, c, d = (self.rng.gauss(0, 0.03 * self.size) for _ in range(4))
                run.append((word, (x + a, y + 0.05 * self.size + b, x + width + c, y + 1.22 * self.size + d)))
                x += width + font.getlength(" ")
            runs.append(run)
        return runs


def _lines(runs: list[Run], size: float) -> list[Line]:
    """Runs nearer than 1.2 heights on one row become one line, as detectors have it."""
    merged: list[Run] = []
    for run in sorted(runs, key=lambda run: run[0][1][0]):
        for other in merged:
            last, first = other[-1][1], run[0][1]
            if abs(last[1] - first[1]) < 0.2 * size and 0 <= first[0] - last[2] < 1.2 * size:
                other += run
                break
        else:
            merged.append(list(run))
    return [_line(run) for run in merged]


def _line(run: Run) -> Line:
    words = tuple(Word(text, from_box(*box), 0.95) for text, box in run)
    boxes = np.array([box for _, box in run])
    around = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]
    return Line(" ".join(word.content for word in words), from_box(*around), 0.95, words)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(12):
        drawn(seed).picture.save(folder / f"{seed}.png")
