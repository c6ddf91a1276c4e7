"""Formulas as equations of Word."""

from __future__ import annotations

import io
from collections.abc import Callable
from xml.etree import ElementTree as ET

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Block, Line, Mark, Notation, Page, from_box
from legenda.document.mathsigns import NAMESPACE
from legenda.exports.omml import equation

M = f"{{{NAMESPACE}}}"


def parsed(latex: str) -> ET.Element:
    return ET.fromstring(f'<m:x xmlns:m="{NAMESPACE}">{equation(latex)}</m:x>')


def text(latex: str) -> str:
    return "".join(parsed(latex).itertext())


@pytest.mark.parametrize(
    ("latex", "path", "said"),
    [
        (r"\frac{a+1}{b}", "f", "a+1b"),
        (r"x^{2}", "sSup", "x2"),
        (r"x_{i}^{2}", "sSubSup", "xi2"),
        (r"\sqrt[3]{x}", "rad", "3x"),
        (r"\sum_{i=1}^{n} x_i", "nary", "i=1nxi"),
        (r"\left( a \right)", "d", "a"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "d", "abcd"),
        (r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}", "d", "1  x>00  x≤0"),
        (r"\hat{x}", "acc", "x"),
        (r"\overline{AB}", "bar", "AB"),
        (r"\lim_{x \to 0} f", "limLow", "limx→0f"),
        (r"a = 1 \\ b = 2", "eqArr", "a=1b=2"),
        (r"\binom{n}{k}", "d", "nk"),
        (r"\text{if } x", "r", "ifx"),
    ],
)
def test_each_kind_has_its_element(latex: str, path: str, said: str) -> None:
    root = parsed(latex)[0]
    assert root.tag == f"{M}oMath" and root.find(f"{M}{path}") is not None
    assert text(latex).replace(" ", "") == said.replace(" ", "")


def test_letters_have_their_scripts() -> None:
    (script,) = parsed(r"\mathbb{R}").iter(f"{M}scr")
    assert script.get(f"{M}val") == "double-struck"
    assert text(r"\alpha \leq \Omega \cdots") == "α≤Ω⋯"


@pytest.mark.parametrize("latex", [r"\begin{CD} A \end{CD}", "{" * 60 + "x" + "}" * 60])
def test_what_word_cannot_say_is_an_error_or_mended(latex: str) -> None:
    try:
        ET.fromstring(f'<m:x xmlns:m="{NAMESPACE}">{equation(latex)}</m:x>')
    except ValueError as error:
        assert str(error)


PARTS = r"\frac { } ^ _ & \\ x 1 \left( \right) [ ] \sum \sqrt \begin{matrix} ' < -"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS.split(" "))).map(" ".join))
def test_anything_gives_an_equation_or_an_error_of_value(latex: str) -> None:
    try:
        made = equation(latex)
    except ValueError:
        return
    assert ET.fromstring(f'<m:x xmlns:m="{NAMESPACE}">{made}</m:x>').tag == f"{{{NAMESPACE}}}x"


def test_word_gets_equations_links_and_levels(export: Callable[..., bytes], page: Callable[..., Page]) -> None:
    place = from_box(0, 0, 200, 20)
    marked = Line(
        "see x2 there",
        place,
        1.0,
        marks=(Mark("formula", 4, 2, "x^{2}"), Mark("link", 7, 5, "https://example.org/?a=1&b=2")),
    )
    blocks = (
        Block("heading", place, (Line("Deep", place, 1.0),), level=3),
        Block("list", place, (Line("• inner", place, 1.0),), level=2),
        Block("text", place, (marked,)),
        Block("formula", place, (), notation=Notation("formula", {"latex": r"\frac{1}{2}"})),
    )
    made = docx.Document(io.BytesIO(export("docx", [page(*blocks)])))
    shown = [(p.style.name, p.text) for p in made.paragraphs if p.style]
    assert shown[:2] == [("Heading 3", "Deep"), ("List Bullet 2", "inner")]
    third, fourth = made.paragraphs[2]._p, made.paragraphs[3]._p
    assert [child.tag.rpartition("}")[2] for child in third] == ["r", "oMath", "r", "hyperlink"]
    (link,) = made.paragraphs[2].hyperlinks
    assert (link.text, link.address) == ("there", "https://example.org/?a=1&b=2")
    assert fourth[0].tag == f"{M}oMathPara" and fourth.find(f".//{M}f") is not None
