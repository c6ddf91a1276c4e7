"""Accents drawn by themselves, as TeX's old fonts have it."""

from __future__ import annotations

import numpy as np

from legenda.sources.accents import composed


def page(*characters: tuple[str, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Codes and boxes of characters with a left edge and a width; accents stand higher."""
    codes = np.array([ord(c) for c, _, _ in characters], np.uint32)
    boxes = np.array([(x, 2.0 if c in "´ˇ¨" else 0.0, x + w, 4.0 if c in "´ˇ¨" else 10.0) for c, x, w in characters])
    return codes, boxes


def text(codes: np.ndarray) -> str:
    return "".join(chr(code) for code in codes if code)


def test_an_accent_before_and_far_behind_its_letter() -> None:
    before = page(("J", 0, 5), ("´", 6, 3), ("a", 5, 5), ("n", 10, 5))
    assert text(composed(*before)) == "Ján"
    behind = page(
        *((c, 5.0 * k, 5.0) for k, c in enumerate("Minac")), (" ", 25, 0), ("ˇ", 21, 3), (" ", 25, 0), ("x", 40, 5)
    )
    assert text(composed(*behind)) == "Minač  x"


def test_spaces_made_by_an_accent_go() -> None:
    drawn = page(("n", 0, 5), (" ", 5, 0), ("´", 6, 3), (" ", 5, 0), ("a", 5, 5))
    assert text(composed(*drawn)) == "ná"


def test_what_is_no_accent_of_a_letter_stays() -> None:
    for alone in (page(("´", 0, 3), ("a", 20, 5)), page(("1", 0, 5), ("´", 1, 3)), page(("x", 0, 5), ("y", 5, 5))):
        assert composed(*alone).tolist() == alone[0].tolist()
