from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legenda.document import from_box
from legenda.exports.cleaned import cleaned

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def test_text_is_painted_over_and_its_colour_kept() -> None:
    image = Image.new("RGB", (400, 200), (30, 60, 120))
    ImageDraw.Draw(image).rectangle((0, 100, 400, 200), (250, 240, 230))
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, 30)
    pen.text((20, 30), "White on blue", (255, 255, 255), font)
    pen.text((20, 130), "Red on cream", (200, 0, 0), font)
    before = np.asarray(image)
    boxes = [from_box(20, 30, 240, 66), from_box(20, 130, 240, 166)]
    after, (white, red) = cleaned(before, boxes)
    assert np.abs(after[:95].astype(int) - (30, 60, 120)).max() <= 3
    assert np.abs(after[106:].astype(int) - (250, 240, 230)).max() <= 3
    assert min(white) > 200 and red[0] > 170 and max(red[1:]) < 90
    assert (before[40:60, 20:200] == 255).all(2).any()  # the original is left alone


def test_close_lines_do_not_smear_into_one_another() -> None:
    image = Image.new("L", (400, 120), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, 24)
    boxes = []
    for row in range(4):
        pen.text((10, 2 + 28 * row), "minimum of lines", 0, font)
        boxes.append(from_box(10, 4 + 28 * row, 230, 28 + 28 * row))
    after, inks = cleaned(np.asarray(image), boxes)
    assert after.shape == (120, 400, 3) and after.min() > 240
    assert all(max(ink) < 60 for ink in inks)


def test_places_outside_the_picture_do_no_harm() -> None:
    blank = np.full((20, 20), 255, np.uint8)
    nan = (float("nan"),) * 8
    places = [nan, from_box(-50, -50, -10, -10), from_box(0, 0, 1e9, 1e9), from_box(5, 5, 5, 5)]  # type: ignore[list-item]
    after, inks = cleaned(blank, places)  # type: ignore[arg-type]
    assert after.min() == 255 and len(inks) == 4


def test_rules_of_tables_stay() -> None:
    image = Image.new("L", (400, 100), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((5, 10, 390, 90), outline=0, width=2)
    pen.text((12, 25), "In a cell, gy", 0, ImageFont.truetype(_FONT, 28))
    after, _ = cleaned(np.asarray(image), [from_box(6, 22, 200, 60)])
    assert (after[90, 10:380] < 60).all() and (after[20:80, 5] < 60).all()
    assert after[30:50, 12:200].min() > 200


def test_lines_that_all_fill_the_picture_cost_little() -> None:
    blank = np.full((500, 500), 200, np.uint8)
    after, inks = cleaned(blank, [from_box(0, 0, 500, 500)] * 5000)
    assert after.min() == 200 and len(inks) == 5000


def test_words_that_leave_the_polygon_of_their_bent_line_are_painted_over() -> None:
    image, font = Image.new("L", (900, 160), 255), ImageFont.truetype(_FONT, 28)
    pen, words = ImageDraw.Draw(image), []
    for place, text in enumerate(["lines", "rise", "near", "the", "spine", "of", "a", "thick", "book"]):
        x, y = 20 + 95 * place, 100 - place**2
        pen.text((x, y), text, 0, font)
        words.append(from_box(x, y, x + font.getlength(text), y + 34))
    line = from_box(20, 100, 875, 134)
    left, _ = cleaned(np.asarray(image), [line])
    after, (ink,) = cleaned(np.asarray(image), [line], [words])
    assert left.min() < 60 and after.min() > 230 and max(ink) < 60
