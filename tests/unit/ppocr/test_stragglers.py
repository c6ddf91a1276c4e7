from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from written import font, written

from legenda.engines.base import Raster
from legenda.engines.ppocr.detect import Boxes
from legenda.engines.ppocr.stragglers import SCORE, with_stragglers


def page(*extra: tuple[float, float, str], speckles: int = 0) -> Raster:
    """A line "Discount" at 40..., letters 24 high, with marks; positions in heights from the line's end."""
    picture = Image.new("L", (1200, 500), 250)
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        draw.text((100, 40 + 70 * row), "Discount", font=font("DejaVuSans.ttf", 32), fill=20)
    for x, y, text in extra:
        draw.text((260 + 32 * x, 40 + 70 * y), text, font=font("DejaVuSans.ttf", 32), fill=20)
    random = np.random.default_rng(1)
    for x, y in random.uniform(0, 1, (speckles, 2)):
        draw.ellipse([300 + 800 * x, 480 * y, 312 + 800 * x, 480 * y + 16], fill=20)
    return np.asarray(picture)


def lines() -> Boxes:
    quads = [[[96, y], [250, y], [250, y + 40], [96, y + 40]] for y in range(38, 458, 70)]
    return Boxes(np.array(quads, np.float32), np.full(6, 0.9, np.float32))


def test_a_page_without_stragglers_keeps_its_boxes() -> None:
    assert with_stragglers(page(), lines()).quads.tolist() == lines().quads.tolist()


def test_a_colon_after_a_gap_becomes_part_of_its_line() -> None:
    boxes = with_stragglers(page((0.5, 2, ":")), lines())
    assert len(boxes.quads) == 6
    assert boxes.quads[2, 1, 0] > 280 and (np.delete(boxes.quads, 2, 0) == np.delete(lines().quads, 2, 0)).all()


def test_a_digit_far_from_its_line_gets_a_box_of_its_own() -> None:
    boxes = with_stragglers(page((10, 3, "1")), lines())
    assert len(boxes.quads) == 7 and boxes.scores[6] == SCORE
    left, top, right, bottom = *boxes.quads[6].min(0), *boxes.quads[6].max(0)
    assert 560 < left < 585 < right < 620 and abs(top - 248) < 4 and abs(bottom - 288) < 4


@pytest.mark.parametrize(
    "given",
    [
        page((10, 0.5, "1")),  # between two rows
        page((0.5, 2, "."), (3, 2, "."), (5, 2, ".")),  # leaders
        page(speckles=60),
    ],
    ids=["between rows", "dots", "speckled"],
)
def test_what_stands_like_no_letter_of_a_row_is_left(given: Raster) -> None:
    assert with_stragglers(given, lines()).quads.tolist() == lines().quads.tolist()


def test_a_rule_between_cells_is_no_straggler() -> None:
    picture = Image.fromarray(page())
    ImageDraw.Draw(picture).line([(400, 0), (400, 499)], fill=0, width=3)
    assert len(with_stragglers(np.asarray(picture), lines()).quads) == 6


def test_without_lines_there_are_no_rows_to_look_in() -> None:
    empty = Boxes(np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))
    assert len(with_stragglers(written("1"), empty).quads) == 0
