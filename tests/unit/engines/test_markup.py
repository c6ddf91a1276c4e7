from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.engines.markup import grounded, layout_json, markdown, plain
from legenda.engines.markup.mathematics import shown
from legenda.engines.transcriber import Passage

TABULAR = r"\begin{tabular}{|l|r|}\hline \multicolumn{2}{c}{Head} \\ \hline A \& B & 5 \% \\ \end{tabular}"
TIKZ = r"\begin{tikzpicture}\draw (0,0);\end{tikzpicture}"


def texts(*passages: Passage) -> list[tuple[str, str]]:
    return [(passage.kind, passage.text) for passage in passages]


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("# On Reading\n\n**Bold** and *slanted*,\nand", [("title", "On Reading"), ("text", "Bold and slanted,\nand")]),
        (r"\title{On Reading}" + "\n" + r"\section*{1 Methods}", [("title", "On Reading"), ("heading", "1 Methods")]),
        ("- one\n- two\n1. three", [("list", "one"), ("list", "two"), ("text", "1. three")]),
        ("It costs $5 and $6, not $x^2$.", [("text", "It costs $5 and $6, not x2.")]),
        (r"so \(a_1 \leq b\) holds", [("text", "so a1 ≤ b holds")]),
        ("see [the page](https://example.org) ![a cat](cat.png)", [("text", "see the page")]),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |\nafter", [("table", "a\tb\n1\t2"), ("text", "after")]),
        ("<table><tr><th colspan=2>head</th></tr><tr><td>a<br>b<td>c</table>", [("table", "head\na b\tc")]),
        (TABULAR, [("table", "Head\nA & B\t5 %")]),
        ("<fcel>a<fcel>b<nl>\n<fcel>1<ecel><nl>\nafter", [("table", "a\tb\n1\t"), ("text", "after")]),
        (r"$$\frac{a}{b} = \alpha$$", [("formula", "a/b = α")]),
        ("\\begin{align*}a &= b \\\\ c &= d\\end{align*}", [("formula", "a = b\nc = d")]),
        ("```python\nx = 1\n```", [("code", "x = 1")]),
        ("```html\n<table><tr><td>x</td></tr></table>\n```", [("table", "x")]),
        ("a_name and 2*3*4 stay", [("text", "a_name and 2*3*4 stay")]),
        ("", []),
    ],
)  # fmt: skip
def test_markdown_as_models_write_it(source: str, made: list[tuple[str, str]]) -> None:
    assert texts(*markdown(source)) == made


@pytest.mark.parametrize(
    ("source", "kind", "form"),
    [
        ("<smiles>C1=CC=CC=C1</smiles>", "molecule", {"smiles": "C1=CC=CC=C1"}),
        ("**kern\n*clefG2\n4c\n*-\n", "score", {"kern": "**kern\n*clefG2\n4c\n*-"}),
        (TIKZ, "geometry", {"tikz": TIKZ}),
        ("{'title': 'Sales', 'values': {'A': '1'}}", "chart", {"dict": "{'title': 'Sales', 'values': {'A': '1'}}"}),
        ("$$E=mc^2$$", "formula", {"latex": "E=mc^2"}),
    ],
)  # fmt: skip
def test_notations_are_kept_as_they_are(source: str, kind: str, form: dict[str, str]) -> None:
    (passage,) = markdown(source)
    assert passage.kind == kind and dict(passage.forms) == form


def test_a_dict_is_a_chart_only_where_it_can_be_read() -> None:
    assert [p.kind for p in markdown("{'title': __import__('os')}")] == ["text"]
    assert [p.kind for p in markdown("{" * 5000 + "}" * 5000)] == ["text"]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\sqrt{x+1}}{2}", "√x+1/2"),
        (r"\int_{0}^{\infty} e^{-x}\,dx", "∫0∞ e-x dx"),
        (r"\text{if } x \neq 0", "if x ≠ 0"),
        (r"50\%", "50%"),
    ],
)
def test_formulas_as_they_look(latex: str, text: str) -> None:
    assert shown(latex) == text


def test_blocks_after_markers() -> None:
    made = grounded(
        "![title](100,50,900,100) # On Reading\n![text+](100,150,900,400) First.\nSecond.\n![image](0,0,9,9) A cat."
    )
    assert texts(*made) == [("title", "On Reading"), ("text", "First.\nSecond.")]
    assert made[0].box == (0.1, 0.05, 0.9, 0.1)
    assert texts(*grounded("# no markers")) == [("title", "no markers")]


def test_blocks_in_json_even_when_cut_off() -> None:
    blocks = [
        {"bbox": [10, 20, 90, 40], "category": "Section-header", "text": "## Methods"},
        {"bbox": [10, 50, 90, 60], "category": "Formula", "text": r"a^2 \leq b"},
        {"bbox": [10, 60, 90, 70], "category": "Table", "text": "<table><tr><td>x</td></tr></table>"},
        {"bbox": [10, 70, 90, 80], "category": "Picture"},
        {"bbox": "?", "category": "Text", "text": "no box"},
    ]
    made = layout_json(json.dumps(blocks), (100, 200))
    assert texts(*made) == [("heading", "Methods"), ("formula", "a2 ≤ b"), ("table", "x"), ("text", "no box")]
    assert made[0].box == (0.1, 0.1, 0.9, 0.2) and made[-1].box is None
    assert dict(made[1].forms) == {"latex": r"a^2 \leq b"}
    assert texts(*layout_json(json.dumps(blocks)[:120], (100, 200))) == [("heading", "Methods")]
    assert texts(*layout_json("Sorry, no JSON.", (100, 200))) == [("text", "Sorry, no JSON.")]


def test_plain_text_keeps_its_lines() -> None:
    assert texts(*plain("a\nb\n\n\n c\n")) == [("text", "a\nb"), ("text", " c")]


@given(st.text(st.sampled_from("#*|$\\{}<>[]()`_-~\n abc{table}frac&%"), max_size=200))
def test_whatever_a_model_writes_is_taken(source: str) -> None:
    for passages in (markdown(source), grounded(source), layout_json(source, (10, 10)), plain(source)):
        assert all(isinstance(passage, Passage) for passage in passages)
