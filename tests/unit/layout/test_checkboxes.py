"""Check boxes found and put into lines; letters, bullets and tables are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from legenda.document import Line, Mark, Word, from_box
from legenda.layout.boxed import with_boxes
from legenda.layout.checkboxes import CheckBox, checkboxes

UNIT = 40.0


def sheet() -> np.ndarray:
    return np.full((400, 900), 250, np.uint8)


def square(page: np.ndarray, x: int, y: int, side: int = 34, inside: str = "") -> None:
    cv2.rectangle(page, (x, y), (x + side, y + side), 20, 3)
    if inside == "cross":
        cv2.line(page, (x + 6, y + 6), (x + side - 6, y + side - 6), 20, 3)
        cv2.line(page, (x + side - 6, y + 6), (x + 6, y + side - 6), 20, 3)
    if inside == "tick":  # which runs over the box
        cv2.line(page, (x + 8, y + 18), (x + 16, y + side - 6), 20, 4)
        cv2.line(page, (x + 16, y + side - 6), (x + side + 8, y - 8), 20, 4)
    if inside == "filled":
        cv2.rectangle(page, (x + 8, y + 8), (x + side - 8, y + side - 8), 20, -1)


@pytest.mark.parametrize(("inside", "checked"), [("", False), ("cross", True), ("tick", True), ("filled", True)])
def test_a_box_and_what_stands_in_it(inside: str, checked: bool) -> None:
    page = sheet()
    square(page, 100, 100, inside=inside)
    (box,) = checkboxes(page, UNIT)
    assert box.checked is checked
    assert box.confidence > 0.9
    assert np.allclose(box.box, (100, 100, 135, 135), atol=4)


def test_a_tilted_speckled_page() -> None:
    page = sheet()
    square(page, 300, 150)
    square(page, 300, 250, inside="cross")
    turn = cv2.getRotationMatrix2D((450, 200), 0.8, 1)
    page = cv2.warpAffine(page, turn, (900, 400), borderValue=250)
    noise = np.random.default_rng(0).normal(0, 12, page.shape)
    page = np.clip(page + noise, 0, 255).astype(np.uint8)
    assert [box.checked for box in checkboxes(page, UNIT)] == [False, True]


def test_letters_are_no_boxes() -> None:
    page = sheet()
    for k, text in enumerate(("BOARD OF EDUCATION 0800 DOQ", "HEIMLICH [II] |O| 8888")):
        for scale, y in ((1.0, 70), (1.6, 180)):
            cv2.putText(page, text, (10, y + 180 * k), cv2.FONT_HERSHEY_SIMPLEX, scale, 20, 3)
    assert checkboxes(page, UNIT) == []


def test_tables_windows_and_discs_are_no_boxes() -> None:
    page = sheet()
    for k in range(5):  # a comb of fields for one letter each
        cv2.rectangle(page, (50 + 36 * k, 50), (86 + 36 * k, 86), 20, 3)
    square(page, 400, 50)
    cv2.line(page, (400, 67), (434, 67), 20, 3)
    cv2.rectangle(page, (500, 50), (530, 80), 20, -1)
    cv2.circle(page, (620, 67), 18, 20, 3)
    cv2.rectangle(page, (700, 50), (740, 66), 20, 3)
    assert checkboxes(page, UNIT) == []


def test_a_filled_square_is_ticked_beside_an_empty_one() -> None:
    page = sheet()
    square(page, 100, 100)
    cv2.rectangle(page, (100, 200), (134, 234), 20, -1)
    assert [box.checked for box in checkboxes(page, UNIT)] == [False, True]


def text(content: str, x: float, y: float = 100.0, engine: str = "ppocrv6-tiny") -> Line:
    """Letters of width 10 in lines of height 20."""
    words, at = [], 0
    for token in content.split():
        at = content.index(token, at)
        words.append(Word(token, from_box(x + 10 * at, y, x + 10 * (at + len(token)), y + 20), 0.9))
        at += len(token)
    return Line(content, from_box(x, y, x + 10 * len(content), y + 20), 0.9, tuple(words), engine=engine)


def box(x: float, y: float = 101.0, *, checked: bool = False, side: float = 18.0) -> CheckBox:
    return CheckBox((x, y, x + side, y + side), checked, 0.98)


def boxed(lines: list[Line], *boxes: CheckBox) -> list[str]:
    done = with_boxes(lines, boxes)
    for line in done:
        at = 0
        for word in line.words:  # as `compose` wants them
            at = line.content.index(word.content, at) + len(word.content)
        for mark in line.marks:
            if mark.kind == "checkbox":
                sign = line.content[mark.start : mark.start + mark.length]
                assert sign == ("☑" if mark.value == "checked" else "☐")
    return [line.content for line in done]


def test_a_box_goes_before_the_line_on_its_right() -> None:
    assert boxed([text("I agree", 130)], box(100, checked=True)) == ["☑ I agree"]


def test_what_a_box_was_read_as_is_replaced() -> None:
    assert boxed([text("O Yes O No", 100)], box(96), box(156, checked=True)) == ["☐ Yes ☑ No"]
    assert boxed([text("OYes", 100)], box(94, side=16)) == ["☐ Yes"]
    assert boxed([text("O", 100), text("Yes", 130)], box(98)) == ["☐ Yes"]


def test_no_letter_of_a_word_is_lost() -> None:
    assert boxed([text("Other", 100)], box(94, side=16)) == ["☐ Other"]
    assert boxed([text("Press A now", 100)], box(158)) == ["Press A now"]  # a key
    assert boxed([text("born: DOB 1980", 100)], box(158, side=12)) == ["born: DOB 1980"]


def test_a_box_behind_its_word_wants_another_and_no_sentence() -> None:
    assert boxed([text("Yes", 100)], box(140)) == ["Yes"]
    assert boxed([text("Yes", 100), text("No", 100, 150)], box(140), box(140, 151)) == ["Yes ☐", "No ☐"]
    assert boxed([text("which was to be shown.", 100)], box(330), box(330, 401)) == ["which was to be shown."]


def test_letters_of_chinese_are_none() -> None:
    line = Line(
        "人口",
        from_box(100, 100, 140, 120),
        0.9,
        tuple(Word(c, from_box(100 + 20 * k, 100, 120 + 20 * k, 120), 0.9) for k, c in enumerate("人口")),
    )
    assert with_boxes([line], [box(121)])[0].content in ("人口", "人 ☐")


def test_other_marks_stay_where_they_are() -> None:
    line = text("see here", 130)
    link = Mark("link", 4, 4, "https://example.org")
    (done,) = with_boxes([Line(line.content, line.polygon, 0.9, line.words, marks=(link,))], [box(100)])
    found = next(mark for mark in done.marks if mark.kind == "link")
    assert done.content[found.start : found.start + found.length] == "here"
