"""Tables as they come out of a file: its own words in cells, over page breaks, in every format."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from lxml import html
from pdf_maker import make_pdf, words

import legenda
from legenda.document import Block, Document, Page, from_json, to_json
from legenda.exports import EXPORTERS, Origin
from legenda.options import ReadOptions
from legenda.pipeline import Reader

HEAD = ("Harbour", "Ships", "Tons", "Master of the port")
ROWS = (
    ("Aberdeen", "14", "2,300", "J. Munro"),
    ("Leith", "31", "9,150", "A. and B. Kerr"),
    ("Wick", "7", "480", "none"),
)
MORE = (("Stornoway", "3", "95", "M. MacLeod"), ("Oban", "5", "210", "I. Campbell"))
LEFTS, RIGHT = (30, 120, 180, 240), 370


def ruled(rows: Sequence[Sequence[str]], top: float = 270) -> str:
    """Content of a page: a table with all its rulings."""
    bottom = top - 24 * len(rows)
    lines = [f"{30 - 6} {top - 24 * k} m {RIGHT} {top - 24 * k} l S" for k in range(len(rows) + 1)]
    lines += [f"{x - 6} {top} m {x - 6} {bottom} l S" for x in (*LEFTS, RIGHT + 6)]
    texts = [words(t, x, top - 24 * k - 17) for k, row in enumerate(rows) for t, x in zip(row, LEFTS, strict=True)]
    return "\n".join([*lines, *texts])


TWO_PAGES = make_pdf(ruled((HEAD, *ROWS)), ruled((HEAD, *MORE)))


def only_table(page: Page) -> Block:
    (block,) = page.blocks
    assert block.table
    return block


def texts(block: Block) -> list[list[str]]:
    assert block.table
    grid = [[""] * block.table.columns for _ in range(block.table.rows)]
    for cell in block.table.cells:
        lines = block.lines[cell.first : cell.first + cell.count]
        grid[cell.row][cell.column] = " ".join(line.content for line in lines)
    return grid


def written(name: str, document: Document, *, bare: bool = True) -> bytes:
    out = io.BytesIO()
    exporter = EXPORTERS[name](out, Origin(pages=len(document.pages), bare=bare))
    for page in document.pages:
        exporter.add(page)
    exporter.close()
    return out.getvalue()


@pytest.fixture(scope="module")
def read() -> Document:
    with Reader(ReadOptions(content="table"), jobs=1) as reader:
        return reader.read(TWO_PAGES)


def test_cells_hold_the_words_of_the_file_and_no_others(read: Document) -> None:
    plain = legenda.read(TWO_PAGES)
    for page, own in zip(read.pages, plain.pages, strict=True):
        assert page.source == "text_layer"
        assert Counter(word.content for word in page.words) == Counter(word.content for word in own.words)
        assert all(word.span.of(read.text) == word.content for word in page.words)
    assert texts(only_table(read.pages[0])) == [list(row) for row in (HEAD, *ROWS)]


def test_cells_lie_around_their_words(read: Document) -> None:
    block = only_table(read.pages[0])
    assert block.table
    for cell in block.table.cells:
        left, top, right, bottom = cell.polygon[0], cell.polygon[1], cell.polygon[4], cell.polygon[5]
        for line in block.lines[cell.first : cell.first + cell.count]:
            x, y = (sum(line.polygon[axis::2]) / 4 for axis in (0, 1))
            assert left < x < right and top < y < bottom


def test_a_table_over_two_pages_is_marked_and_written_once(read: Document) -> None:
    assert [only_table(page).table.continued for page in read.pages] == [False, True]  # type: ignore[union-attr]
    rows = [",".join(f'"{t}"' if "," in t else t for t in row) for row in (HEAD, *ROWS, *MORE)]
    assert written("csv", read).decode().splitlines() == rows
    assert written("md", read).decode().splitlines()[-1] == "| Oban | 5 | 210 | I. Campbell |"
    assert len(list(html.fromstring(written("html", read)).iter("tr"))) == 6
    assert written("latex", read).decode().count(r"\\") == 6


def test_json_keeps_it(read: Document) -> None:
    again = from_json(to_json(read))
    assert [texts(only_table(page)) for page in again.pages] == [texts(only_table(page)) for page in read.pages]
    for one, other in zip(again.pages, read.pages, strict=True):
        kept, given = only_table(one).table, only_table(other).table
        assert kept and given and kept.continued == given.continued
        for cell, own in zip(kept.cells, given.cells, strict=True):
            assert (cell.row, cell.column, cell.header) == (own.row, own.column, own.header)
            assert cell.polygon == pytest.approx(own.polygon, abs=0.006)


def test_the_command_prints_just_the_table(tmp_path: Path) -> None:
    path = tmp_path / "table.pdf"
    path.write_bytes(make_pdf(ruled((HEAD, *ROWS))))
    command = [sys.executable, "-m", "legenda", "read", str(path), "--as", "table", "--format", "html"]
    found = html.fromstring(subprocess.run(command, capture_output=True, check=True).stdout)
    assert found.tag == "table"
    assert [[cell.text for cell in row] for row in found.iter("tr")] == [list(row) for row in (HEAD, *ROWS)]
