"""Equations of Word as LaTeX: what our own exporter writes comes back, and hostile markup ends."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from legenda.document.mathsigns import NAMESPACE
from legenda.exports.omml import equation
from legenda.notation.formula.grammar import parse
from legenda.notation.formula.tokens import tokens
from legenda.sources.omml_text import formulas, latex


def markup(inner: str) -> ET.Element:
    return ET.fromstring(f'<m:oMath xmlns:m="{NAMESPACE}">{inner}</m:oMath>')


@pytest.mark.parametrize(
    ("given", "back"),
    [
        (r"x^2+y^2=r^2", r"x^{2}+y^{2}=r^{2}"),
        (r"\frac{a+b}{\sqrt{x}}", r"\frac{a+b}{\sqrt{x}}"),
        (r"\sqrt[3]{2}", r"\sqrt[3]{2}"),
        (r"\sum_{i=1}^{n} \alpha_i", r"\sum_{i=1}^{n} \alpha_{i}"),
        (r"\int_0^\infty e^{-t} dt", r"\int_{0}^{\infty} e^{-t}dt"),
        (r"\lim_{x\to 0} \sin x", r"\lim_{x\to 0}\sin x"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\left( \begin{matrix} a & b \\ c & d \end{matrix} \right)"),
        (r"\begin{cases} a \\ b \end{cases}", r"\left\{ \begin{aligned} a \\ b \end{aligned} \right."),
        (r"\left\langle u \middle| v \right\rangle", None),
        (r"\hat{x} \le \overline{y}", r"\hat{x}\le \overline{y}"),
        (r"\mathbb{R} \subset \mathcal{L}", r"\mathbb{R}\subset \mathcal{L}"),
        (r"\underbrace{a+b}_{n}", r"\underbrace{a+b}_{n}"),
        (r"\text{if } x > 0", r"\text{if}x>0"),
        (r"50\% \{ a \}", r"50\%\{a\}"),
        (r"\boxed{x_1'}", r"\boxed{x_{1}^{'}}"),
    ],
)
def test_our_own_come_back(given: str, back: str | None) -> None:
    try:
        element = ET.fromstring(equation(given).replace("<m:oMath>", f'<m:oMath xmlns:m="{NAMESPACE}">', 1))
    except ValueError:
        assert back is None
        return
    found = latex(element)
    assert parse(tokens(found)).tokens
    assert back is None or found == back


def test_scripts_keep_their_base_together() -> None:
    inner = "<m:r><m:t>x</m:t></m:r>"
    fraction = f"<m:f><m:num>{inner}</m:num><m:den><m:r><m:t>v</m:t></m:r></m:den></m:f>"
    made = latex(markup(f"<m:sSup><m:e>{fraction}</m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"))
    assert made == r"{\frac{x}{v}}^{2}"


def test_functions_and_styled_letters() -> None:
    about = '<m:rPr><m:sty m:val="p"/></m:rPr>'
    name = f"<m:r>{about}<m:t>log</m:t></m:r>"
    assert latex(markup(f"<m:func><m:fName>{name}</m:fName><m:e><m:r><m:t>x</m:t></m:r></m:e></m:func>")) == r"\log x"
    assert latex(markup("<m:r><m:t>𝑥𝛼</m:t></m:r>")) == r"x\alpha"
    assert latex(markup(f"<m:r>{about}<m:t>rank</m:t></m:r>")) == r"\operatorname{rank}"


def test_what_is_struck_out_or_said_twice_is_left_out() -> None:
    one = "<m:oMath><m:r><m:t>a</m:t></m:r></m:oMath>"
    part = f'<w xmlns:m="{NAMESPACE}"><del>{one}</del><AlternateContent>{one}<Fallback>{one}</Fallback>'
    assert list(formulas(ET.fromstring(part + "</AlternateContent></w>"))) == [("a", "a")]


def test_too_deep_and_too_long_say_nothing() -> None:
    deep = "<m:e>" * 200 + "<m:r><m:t>x</m:t></m:r>" + "</m:e>" * 200
    assert latex(markup(deep)) == ""
    assert latex(markup("<m:r><m:t>x</m:t></m:r>" * 5000)) == ""
