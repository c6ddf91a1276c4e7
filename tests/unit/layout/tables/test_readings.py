"""The readings a table is chosen from, each for itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from legenda.document import Line, Style, Word, from_box
from legenda.layout.tables.alignment import aligned, columns
from legenda.layout.tables.frame import level
from legenda.layout.tables.grid import Grid, Place, filled
from legenda.layout.tables.lattice import lattice
from legenda.layout.tables.network import tagged
from legenda.layout.tables.rulings import rulings
from legenda.layout.tables.textrows import phrases
from legenda.layout.tables.wrapping import wraps


@pytest.mark.parametrize("ink", [0, 150, 215])
@pytest.mark.parametrize("width", [1, 2, 5])
def test_rulings_of_any_ink_and_width(ink: int, width: int) -> None:
    image = Image.new("L", (400, 300), 255)
    pen = ImageDraw.Draw(image)
    pen.line([20, 100, 380, 100], fill=ink, width=width)
    pen.line([200, 30, 200, 280], fill=ink, width=width)
    pen.text((40, 40), "Illness IlIl || === ___", fill=0, font_size=20)
    found = rulings(np.asarray(image), 20.0)
    assert found.across == pytest.approx(np.array([[100, 20, 381]]), abs=2)
    assert found.down == pytest.approx(np.array([[200, 30, 281]]), abs=2)


def test_rulings_of_noise_are_few() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (600, 600), dtype=np.uint8)
    found = rulings(noise, 12.0)
    assert len(found.across) + len(found.down) < 20


def test_a_lattice_without_its_outer_rulings(draw: Any) -> None:
    drawn = draw([["a", "b", "c"], ["d", "e", "f"]])
    height, width = drawn.raster.shape[:2]
    cut = drawn.raster[24 : height - 24, 24 : width - 24]
    at = level(cut, (0, 0, width, height), [_shifted(line, -24) for line in drawn.lines])
    grid = lattice(rulings(at.picture, at.words.unit), at.words)
    assert grid is not None and (grid.rows, grid.columns) == (2, 3)


def _shifted(line: Line, by: float) -> Line:
    words = tuple(Word(w.content, tuple(x + by for x in w.polygon), 1.0) for w in line.words)  # type: ignore[arg-type]
    return Line(line.content, tuple(x + by for x in line.polygon), 1.0, words)  # type: ignore[arg-type]


@pytest.mark.usefixtures("weights")
def test_the_network_sees_rows_columns_and_spans(draw: Any) -> None:
    rows = [["Region", "Sales", None], [None, "2025", "2026"], ["North", "12", "14"], ["South", "9", "8"]]
    seen = tagged(draw(rows, spans={(0, 0): (2, 1), (0, 1): (1, 2)}).raster)
    assert seen is not None and (seen.rows, seen.columns, seen.whole) == (4, 3, True)
    assert {(p.row, p.column): (p.rows, p.columns) for p in seen.places if p.rows * p.columns > 1} == {
        (0, 0): (2, 1),
        (0, 1): (1, 2),
    }
    assert 0 < seen.least <= seen.sure <= 1 and seen.boxes.shape == (len(seen.places), 4)


@pytest.mark.usefixtures("weights")
def test_the_network_takes_anything() -> None:
    for picture in (np.zeros((1, 5), np.uint8), np.zeros((3, 4000, 3), np.uint8), np.full((500, 20), 255, np.uint8)):
        seen = tagged(picture)
        assert seen is None or len(seen.boxes) == len(seen.places) > 0


def test_headings_span_what_is_ruled_under_them(draw: Any) -> None:
    body = [["North", "12", "140"], ["South", "9", "80"], ["West", "8", "75"], ["East", "6", "51"]]
    drawn = draw([["Region", "All", None], *body], "none", spans={(0, 1): (1, 2)})
    image = Image.fromarray(drawn.raster)
    left, right = drawn.lines[3].polygon[0], drawn.lines[4].polygon[2]
    ImageDraw.Draw(image).line([left, 58, right, 58], fill="black", width=1)
    at = level(np.asarray(image), (0, 0, *image.size), drawn.lines)
    text = phrases(at.words)
    grid = aligned(text, rulings(at.picture, at.words.unit), columns(text, at.words.unit))
    assert grid is not None
    assert Place(0, 1, 1, 2) in grid.places


def test_lines_that_go_on() -> None:
    texts = [
        (0, "a ship that lay in", "12"),
        (30, "the harbour of Leith", "7"),
        (60, "was sold", "1"),
        (90, "a man", "4"),
    ]
    lines = []
    for y, prose, number in texts:
        for left, content in ((0, prose), (400, number)):
            words, x = [], float(left)
            for word in content.split():
                words.append(Word(word, from_box(x, y, x + 10 * len(word), y + 20), 1.0))
                x += 10 * len(word) + 5
            lines.append(Line(content, from_box(left, y, x - 5, y + 20), 1.0, tuple(words)))
    at = level(np.full((200, 500), 255, np.uint8), (0, 0, 500, 200), lines)
    told = wraps(at.words, phrases(at.words), np.array([-1.0, 300.0, 500.0]))
    assert told.tolist() == [1.0, 1.0, 0.0]  # "a" would have fitted behind "was sold"


def test_bold_first_rows_are_headings(draw: Any) -> None:
    from dataclasses import replace

    rows = [["one", "two"], ["three", "four"], ["five", "six"]]
    plain = draw(rows)
    assert not any(cell.header for cell in plain.table()[0].cells)
    plain.lines = [replace(x, style=Style(bold=x.content in ("one", "two"))) for x in plain.lines]
    assert [cell.row for cell in plain.table()[0].cells if cell.header] == [0, 0]


def test_grids_without_some_of_their_bands() -> None:
    places = filled([Place(0, 0, 3, 1), Place(0, 1), Place(1, 1), Place(2, 1)], 3, 2)
    grid = Grid(np.array([0.0, 1, 2, 3]), np.array([0.0, 1, 2]), places)
    less = grid.without([1, 2], [])
    assert (less.rows, less.columns, less.ys.tolist()) == (1, 2, [0.0, 3.0])
    assert less.places == (Place(0, 0), Place(0, 1))
    assert filled([Place(0, 0, 9, 9), Place(1, 1)], 2, 2) == (Place(0, 0, 2, 2),)
