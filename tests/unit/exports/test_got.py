from __future__ import annotations

from collections.abc import Callable

import pytest

from legenda.document import Block, Cell, Line, Mark, Notation, NotationKind, Page, Table, from_box
from legenda.document.model import BlockKind

Export = Callable[..., bytes]
Make = Callable[..., Block]


@pytest.fixture
def mmd(export: Export, page: Callable[..., Page]) -> Callable[..., str]:
    return lambda *blocks: export("mmd", [page(*blocks)]).decode()


def notated(kind: NotationKind, form: str, text: str, problem: str = "") -> Block:
    said = Notation(kind, {form: text, "other": "-"}, problem=problem)
    return Block(kind, from_box(0, 0, 100, 100), (), notation=said)


def test_headings_are_latex_and_paragraphs_are_not_escaped(mmd: Callable[..., str], block: Make) -> None:
    made = mmd(
        block("On Reading", kind="title"),
        block("1 Methods", kind="heading"),
        block("Costs are 5 % of $10_000 & more #1.", top=100),
    )
    assert made == "\\title{On Reading}\n\n\\section*{1 Methods}\n\nCosts are 5 % of $10_000 & more #1.\n"


@pytest.mark.parametrize(
    ("level", "name"), [(0, "section"), (1, "section"), (2, "subsection"), (3, "subsubsection"), (6, "subsubsection")]
)
def test_levels_of_headings(level: int, name: str, mmd: Callable[..., str]) -> None:
    line = Line("Depth", from_box(0, 0, 100, 20), 1.0)
    assert mmd(Block("heading", line.polygon, (line,), level=level)) == f"\\{name}*{{Depth}}\n"


@pytest.mark.parametrize(
    ("kind", "form", "text", "said"),
    [
        ("formula", "latex", r"E = m c^{2}", "\\[E = m c^{2}\\]\n"),
        ("molecule", "smiles", "CCO", "<smiles>CCO</smiles>\n"),
        ("score", "kern", "**kern\n*clefG2\n4c\n*-", "**kern\n*clefG2\n4c\n*-\n"),
        ("geometry", "tikz", "\\begin{tikzpicture}\n\\draw (0,0) -- (1,1);\n\\end{tikzpicture}", None),
        ("chart", "dict", "{'title': 'Sales', 'values': {'A': 1}}", None),
        ("barcode", "text", "4006381333931", None),
    ],
)
def test_notations_are_written_as_the_model_writes_them(
    kind: NotationKind, form: str, text: str, said: str | None, mmd: Callable[..., str]
) -> None:
    assert mmd(notated(kind, form, text)) == (said or text + "\n")


def test_what_failed_its_check_says_so(mmd: Callable[..., str]) -> None:
    made = mmd(notated("formula", "latex", r"\frac{1", problem="a brace is not closed -- here"))
    assert made == "\\[\\frac{1\\]\n<!-- unchecked: a brace is not closed - - here -->\n"


def test_tables_are_tabular(mmd: Callable[..., str]) -> None:
    texts = [["Item", "Share"], ["A & B", "5 %"]]
    lines = [
        Line(text, from_box(100 * j, 30 * i, 100 * j + 80, 30 * i + 20), 1.0)
        for i, row in enumerate(texts)
        for j, text in enumerate(row)
    ]
    cells = [Cell(i // 2, i % 2, line.polygon, i, 1, header=i < 2) for i, line in enumerate(lines)]
    made = mmd(Block("table", from_box(0, 0, 200, 60), tuple(lines), table=Table(2, 2, tuple(cells))))
    assert made.startswith("\\begin{tabular}{l") and made.endswith("\\end{tabular}\n")
    assert "Item & Share \\\\ \\hline" in made and r"A \& B & 5 \%" in made


def test_marks_inside_lines(mmd: Callable[..., str]) -> None:
    text = "The area is pi r2, see note1 and this page."
    marks = (
        Mark("formula", text.index("pi r2"), 5, r"\pi r^2"),
        Mark("superscript", text.index("note1") + 4, 1),
        Mark("link", text.index("this page"), 9, "https://example.org/a"),
    )
    line = Line(text, from_box(0, 0, 400, 20), 1.0, marks=marks)
    assert mmd(Block("text", line.polygon, (line,))) == (
        "The area is \\( \\pi r^2 \\), see note\\( {}^{1} \\) and [this page](https://example.org/a).\n"
    )


@pytest.mark.parametrize("kind", ["header", "footer", "page_number", "caption"])
def test_nothing_is_left_out(kind: BlockKind, mmd: Callable[..., str], block: Make) -> None:
    assert mmd(block("Page 7 of 12", kind=kind)) == "Page 7 of 12\n"
