from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.exports.fonts import font_for
from legenda.exports.overlay import colour, draw

BOX = from_box(20, 20, 180, 60)


def blank(width: int = 200, height: int = 300) -> Any:
    return np.full((height, width, 3), 255, np.uint8)


def sheet(*lines: Line, unit: Any = "pixel", size: tuple[float, float] = (200, 300)) -> Page:
    return compose(Page(1, *size, unit), [Block("text", BOX, lines)])


def word(confidence: float, box: Any = BOX) -> Line:
    return Line("word", box, confidence, (Word("word", box, confidence),))


def test_confidence_runs_from_red_to_green() -> None:
    red, amber, green = colour(0.3), colour(0.85), colour(1.0)
    assert colour(0.5) == red == colour(-1)
    assert red[0] > 2 * red[1]
    assert green[1] > 2 * green[0]
    assert amber[0] > amber[1] > 2 * amber[2]
    assert colour(0.9)[1] != colour(0.95)[1]


def test_words_take_the_colour_of_their_confidence() -> None:
    for confidence in (0.2, 0.85, 1.0):
        drawn = np.asarray(draw(blank(), sheet(word(confidence))), int)
        middle, outside = drawn[40, 100], drawn[200, 100]
        assert tuple(outside) == (255, 255, 255)
        assert np.argmax(middle) == np.argmax(colour(confidence))
        assert middle.min() < 250


def test_places_follow_the_scale_of_the_picture() -> None:
    page = sheet(word(1.0), unit="inch", size=(2, 3))
    inches = tuple(v / 100 for v in BOX)
    page = compose(page, [Block("text", inches, (word(1.0, inches),))])
    drawn = np.asarray(draw(blank(400, 600), page), int)
    assert drawn[80, 200].min() < 250
    assert drawn[300, 200].min() == 255


def test_large_pictures_are_reduced_and_small_ones_left() -> None:
    assert draw(blank(3000, 1000), sheet(word(1.0)), long_side=600).width == 600
    assert draw(blank(200, 300), sheet(word(1.0)), long_side=600).width == 200
    assert draw(np.zeros((50, 40), np.uint8), sheet(word(1.0))).mode == "RGB"


def test_unreadable_lines_are_hatched_grey() -> None:
    drawn = np.asarray(draw(blank(), sheet(Line("", BOX, 0.1, unreadable=True))), int)[25:55, 40:160]
    assert drawn.std() > 10
    assert np.ptp(drawn, axis=2).max() < 60


def test_blocks_are_numbered_in_reading_order() -> None:
    one = draw(blank(), sheet(word(1.0)))
    blue = np.asarray(one, int)[10:30, 5:30]
    assert ((blue[..., 2] > 180) & (blue[..., 0] < 90)).sum() > 30


def test_the_panel_shows_the_text_at_its_places() -> None:
    page = sheet(word(1.0, from_box(20, 20, 180, 80)))
    both = np.asarray(draw(blank(), page, panel=True).convert("L"), int)
    assert both.shape[1] > 400
    panel = both[:300, -200:]
    assert (panel[20:80, 20:180] < 100).sum() > 100
    assert (panel[100:] < 250).sum() == 0


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_turned_words_stay_in_their_polygon(angle: float) -> None:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    corners = np.array([[-60, -15], [60, -15], [60, 15], [-60, 15]]) @ [[c, s], [-s, c]] + (100, 150)
    polygon: Any = tuple(float(v) for v in corners.ravel())
    panel = np.asarray(draw(blank(), sheet(word(1.0, polygon)), panel=True).convert("L"), int)[:300, -200:]
    ys, xs = np.nonzero(panel < 128)
    along, across = (xs - 100) * c + (ys - 150) * s, (ys - 150) * c - (xs - 100) * s
    assert len(xs) > 50
    assert np.abs(along).max() < 66
    assert np.abs(across).max() < 18


def test_every_script_is_drawn(written: Callable[..., Any], scripts: dict[str, Any]) -> None:
    for script in scripts:
        image, page = written(script)
        panel = np.asarray(draw(np.asarray(image), page, panel=True).convert("L"), int)[:400, -1000:]
        for each in page.words:
            x0, y0, x1, _, _, y1, *_ = (int(v) for v in each.polygon)
            assert (panel[y0 : y1 + 10, x0:x1] < 160).any(), each


def test_fonts_have_the_characters_they_are_chosen_for() -> None:
    drawn = {bytes(font_for(text, 20).getmask(text)) for text in ("A", "Ж", "漢", "字")}
    assert len(drawn) == 4
    assert font_for("A", 20) is font_for("B", 20)


@pytest.mark.parametrize("box", [(5, 5, 5, 5), (-1e9, -1e9, 1e9, 1e9), (500, 500, 600, 600), (180, 60, 20, 20)])
def test_any_polygon_can_be_drawn(box: Any) -> None:
    polygon = from_box(*box)
    lines = (word(0.9, polygon), Line("", polygon, 0.1, unreadable=True), Line("whole line", polygon, 0.4))
    page = compose(Page(1, 200, 300, "pixel"), [Block("table", polygon, lines), Block("text", polygon, ())])
    assert draw(blank(), page, panel=True).size[0] > 400


def test_an_empty_page_and_text_that_cannot_be_drawn() -> None:
    assert draw(blank(), Page(1, 200, 300, "pixel")).width == 200
    assert draw(blank(), Page(1, 0, 0, "pixel")).width == 200
    strange = replace(word(1.0), content="\x00\ud800\U0010fffd", words=())
    assert isinstance(draw(blank(), sheet(strange), panel=True), Image.Image)
