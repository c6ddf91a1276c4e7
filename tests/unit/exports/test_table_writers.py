from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree, html

from legenda.document import Block, Cell, Line, Page, Table, Word, compose, from_box
from legenda.exports.table_breaks import continued
from legenda.exports.table_html import html as as_html
from legenda.exports.table_latex import latex
from legenda.exports.table_markdown import markdown
from legenda.exports.tables import Cell as Shown
from legenda.exports.tables import table

Rows = list[list[tuple[str, int, int]]]
SPANNED: Rows = [
    [("Region", 2, 1), ("Sales & more", 1, 2)],
    [("2025", 1, 1), ("2026", 1, 1)],
    [("North", 1, 1), ("12", 1, 1), ("1_4%", 1, 1)],
]


def block_of(rows: Rows, columns: int, heads: int = 1, top: float = 0) -> Block:
    """A block of a table with these texts and spans."""
    taken: set[tuple[int, int]] = set()
    cells, lines = [], []
    for r, row in enumerate(rows):
        c = 0
        for text, down, across in row:
            while (r, c) in taken:
                c += 1
            box = from_box(100 * c, top + 30 * r, 100 * (c + across), top + 30 * (r + down))
            words = tuple(Word(word, box, 0.9) for word in text.split())
            lines += [Line(text, box, 0.9, words)] if text else []
            cells.append(Cell(r, c, box, len(lines) - bool(text), int(bool(text)), down, across, r < heads))
            taken |= {(r + i, c + k) for i in range(down) for k in range(across)}
    return Block(
        "table",
        from_box(0, top, 100 * columns, top + 30 * len(rows)),
        tuple(lines),
        table=Table(len(rows), columns, tuple(cells)),
    )


def plain(texts: list[list[str]], heads: int = 1) -> Block:
    return block_of([[(text, 1, 1) for text in row] for row in texts], len(texts[0]), heads)


def said(cell: Shown) -> str:
    return cell.text


def test_html_keeps_spans_and_headings() -> None:
    found = html.fromstring(as_html(table(block_of(SPANNED, 3, heads=2))))
    rows = [
        [(cell.tag, cell.text, cell.get("rowspan"), cell.get("colspan")) for cell in row] for row in found.iter("tr")
    ]
    assert rows == [
        [("th", "Region", "2", None), ("th", "Sales & more", None, "2")],
        [("th", "2025", None, None), ("th", "2026", None, None)],
        [("td", "North", None, None), ("td", "12", None, None), ("td", "1_4%", None, None)],
    ]
    assert [len(part) for part in found] == [2, 1]


def test_empty_slots_are_cells() -> None:
    block = plain([["a", "b"], ["", "c"]])
    assert block.table
    bare = replace(block, table=replace(block.table, cells=tuple(c for c in block.table.cells if c.count)))
    assert [len(row) for row in html.fromstring(as_html(table(bare))).iter("tr")] == [2, 2]


def test_markdown_has_pipes_where_nothing_spans() -> None:
    text = markdown(table(plain([["a|b", "c"], ["1", ""]])), said)
    assert text.splitlines() == ["| a\\|b | c |", "| --- | --- |", "| 1 |  |"]
    assert markdown(table(block_of(SPANNED, 3)), said).startswith("<table>")


def test_latex_escapes_and_spans() -> None:
    text = latex(table(block_of(SPANNED, 3, heads=2)))
    assert text.splitlines() == [
        r"\begin{tabular}{lrl}",
        r"\hline",
        r"\multirow{2}{*}{Region} & \multicolumn{2}{c}{Sales \& more} \\",
        r" & 2025 & 2026 \\ \hline",
        r"North & 12 & 1\_4\% \\ \hline",
        r"\end{tabular}",
    ]


@pytest.mark.parametrize("rows", [2, 3])
def test_office_files_merge_cells(export: Callable[..., bytes], rows: int) -> None:
    page = compose(Page(1, 400, 300, "pixel"), [block_of(SPANNED, 3, heads=rows - 1)])
    with zipfile.ZipFile(io.BytesIO(export("xlsx", [page]))) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/table1.xml"))
    assert sorted(sheet.xpath("//@ref")) == ["A1:A2", "B1:C1"]
    with zipfile.ZipFile(io.BytesIO(export("docx", [page]))) as document:
        body = etree.fromstring(document.read("word/document.xml"))
    names = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    assert body.xpath("count(//w:tr[1]/w:tc)", namespaces=names) == 2
    assert body.xpath("//w:vMerge/@w:val", namespaces=names) == ["restart"]
    assert body.xpath("count(//w:vMerge)", namespaces=names) == 2
    assert body.xpath("count(//w:tblHeader)", namespaces=names) == rows - 1


def pages_of(*blocks: list[Block]) -> list[Page]:
    pages = [compose(Page(n, 300, 400, "pixel"), found) for n, found in enumerate(blocks, 1)]
    before, done = None, []
    for page in pages:
        before = continued(before, page)
        done.append(before)
    return done


def around(kind: Any, text: str) -> Block:
    box = from_box(0, 380, 50, 390)
    return Block(kind, box, (Line(text, box, 0.9, (Word(text, box, 0.9),)),))


HEAD = ["name", "value"]


def test_tables_over_pages_are_one(export: Callable[..., bytes]) -> None:
    first, second, third = (
        plain([HEAD, ["a", "1"]]),
        plain([HEAD, ["b", "2"]]),
        plain([["c", "3"], ["d", "4"]], heads=0),
    )
    pages = pages_of(
        [first, around("footer", "foot")], [around("header", "head"), second], [third, around("text", "end")]
    )
    assert [[b.table.continued for b in page.blocks if b.table] for page in pages] == [[False], [True], [True]]
    assert export("csv", pages).decode().splitlines() == ["name,value", "a,1", "b,2", "c,3", "d,4"]
    found = html.fromstring(export("html", pages))
    assert [cell.text for cell in found.iter("td")] == ["a", "1", "b", "2", "c", "3", "d", "4"]
    assert len(list(found.iter("table"))) == 1 and len(list(found.iter("section"))) == 3


@pytest.mark.parametrize(
    "second",
    [
        [around("text", "between"), plain([HEAD, ["b", "2"]])],
        [plain([["x", "y", "z"], ["1", "2", "3"]])],
        [around("text", "none")],
    ],
)
def test_other_tables_stay_apart(export: Callable[..., bytes], second: list[Block]) -> None:
    pages = pages_of([plain([HEAD, ["a", "1"]])], second)
    assert not any(block.table.continued for page in pages for block in page.blocks if block.table)
    assert export("csv", pages).decode().splitlines()[:2] == ["name,value", "a,1"]
    assert len(list(html.fromstring(export("html", pages)).iter("section"))) == 2
