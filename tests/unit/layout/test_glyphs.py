"""Formulas by what text objects say and where they stand, as TeX sets them."""

from __future__ import annotations

import pytest

from legenda.document import Line, from_box
from legenda.layout.glyphs import Sign, latex_of
from legenda.layout.scripts import with_scripts

BASE, SCRIPT, TINY = 12.0, 8.0, 6.0


def set_(*given: tuple[str, float, float] | tuple[str, float, float, float], **more: object) -> list[Sign]:
    """Signs one behind the other: text, size, how far the foot is above the base line, the left edge if it is set."""
    signs, x = [], 0.0
    for text, size, raised, *left in given:
        x = left[0] if left else x
        width = 0.5 * size * len(text)
        signs.append(Sign(text, (x, 100 - raised - 0.7 * size, x + width, 100 - raised), size, **more))  # type: ignore[arg-type]
        x += width + 0.5
    return signs


@pytest.mark.parametrize(
    ("signs", "latex"),
    [
        (set_(("a", BASE, 0), ("=", BASE, 2), ("b", BASE, 0)), "a=b"),
        (set_(("λ", BASE, 0), ("g", SCRIPT, -3)), r"\lambda_{g}"),
        (set_(("x", BASE, 0), ("2", SCRIPT, 6), ("+", BASE, 2), ("y", BASE, 0)), "x^{2}+y"),
        (set_(("ζ", BASE, 0), ("n", SCRIPT, -3), ("k", SCRIPT, 6, 6)), r"\zeta_{n}^{k}"),
        (set_(("x", BASE, 0), ("a", SCRIPT, -3), ("i", TINY, -5)), "x_{a_{i}}"),
        (set_(("g", BASE, 0), ("′", SCRIPT, 6)), "g'"),
        (set_(("α", BASE, 0), ("x", BASE, 0)), r"\alpha x"),
        (set_(("s", SCRIPT, -12, 1), ("∑", 16.0, -2, 0), ("a", BASE, 0)), r"\sum_{s}a"),
        (set_(("i=1", SCRIPT, -12, 0), ("k", SCRIPT, 14, 2), ("∑", 16.0, -2, 1), ("a", BASE, 0)), r"\sum_{i=1}^{k}a"),
        (set_(("{x}", BASE, 0)), r"\{x\}"),
    ],
)
def test_what_tex_sets(signs: list[Sign], latex: str) -> None:
    assert latex_of(signs) == latex
    assert latex_of(signs[::-1]) == latex  # whatever the order of the file


def test_words_and_letters() -> None:
    assert latex_of(set_(("Ann(x)", BASE, 0), upright=True)) == r"\mathrm{Ann}(x)"
    assert latex_of(set_(("sin", BASE, 0), upright=True)) == r"\sin"
    assert latex_of(set_(("I", BASE, 0), letters="mathcal")) == r"\mathcal{I}"
    assert latex_of(set_(("B", BASE, 0), bold=True)) == r"\mathbf{B}"


def test_what_is_stacked_or_has_no_spelling_is_left_alone() -> None:
    fraction = [*set_(("a", BASE, 8, 0)), *set_(("b", BASE, -8, 0))]
    assert latex_of(fraction) == ""
    assert latex_of(set_(("本", BASE, 0))) == ""
    assert latex_of([]) == ""


def test_signs_at_the_end_of_a_line_go_back_into_it() -> None:
    def line(text: str, x: float, y: float, size: float) -> Line:
        return Line(text, from_box(x, y, x + len(text) * size / 2, y + size), 1.0)

    base, rest = line("that λ = ∑", 72, 100, 12), line("c(g)", 160, 100, 12)
    scripts = [line("k", 133, 98, 7), line("i=1", 133, 108, 7)]
    far = line("7", 300, 98, 7)
    found = with_scripts([scripts[0], base, far, rest, scripts[1]])
    assert [x.content for x in found] == ["that λ = ∑ k i=1", "7", "c(g)"]


def test_a_fraction_stands_beside_its_relation() -> None:
    bar = [Sign("E", (0, 10, 8, 20), 12, upright=True, bold=True), Sign("=", (12, 12, 20, 18), 12)]
    bar.append(Sign("−", (22, 14, 28, 16), 12))
    over = [Sign("∂", (32, 1, 38, 10), 12), Sign("B", (38, 1, 46, 10), 12, upright=True, bold=True)]
    under = [Sign("∂", (34, 20, 40, 29), 12), Sign("t", (40, 20, 44, 29), 12)]
    assert latex_of([*bar, *over, *under]) == r"\mathbf{E}=-\frac{\partial\mathbf{B}}{\partial t}"
    # nothing says where the bar would be
    assert latex_of([*over, *under]) == ""
