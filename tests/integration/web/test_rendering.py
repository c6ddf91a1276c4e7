"""What is on a page besides lines, drawn: pages as readers of notations store them; those are not tested here."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable

import pytest
from browsing import png, read
from playwright.sync_api import Page, expect
from serving import Serving

from legenda.document import Block, Line, Word
from legenda.document import Page as Sheet
from legenda.document.jsonio import dumps, page_to_dict
from legenda.document.model import BlockKind, compose
from legenda.document.structure import Cell, Mark, Notation, NotationKind, Table

Open = Callable[..., Page]
BOX = (10.0, 10.0, 200.0, 10.0, 200.0, 40.0, 10.0, 40.0)
KERN = """**kern\t**kern
*clefF4\t*clefG2
*k[f#]\t*k[f#]
*M3/4\t*M3/4
=1\t=1
2.G\t4dd
.\t8g
.\t8a
.\t4b
=2\t=2
*\t*^
2.C\t2cc#\t4r
.\t.\t(4e
.\t4b;\t4d)
*\t*v\t*v
==\t==
*-\t*-
"""


def line(text: str, *marks: Mark) -> Line:
    return Line(text, BOX, 0.9, tuple(Word(word, BOX, 0.9) for word in text.split()), marks=marks)


def drawn(kind: NotationKind, form: str, content: str, problem: str = "") -> Block:
    block: BlockKind = kind
    return Block(block, BOX, (), notation=Notation(kind, {form: content}, 0.93, "test", problem))


def table() -> Block:
    lines = tuple(line(text) for text in ("Item", "Price", "Desk lamp", "129.00", "Total"))
    cells = (
        Cell(0, 0, BOX, 0, 1, header=True),
        Cell(0, 1, BOX, 1, 1, header=True),
        Cell(1, 0, BOX, 2, 1),
        Cell(1, 1, BOX, 3, 1),
        Cell(2, 0, BOX, 4, 1, columns=2),
    )
    return Block("table", BOX, lines, table=Table(3, 2, cells))


@pytest.fixture
def shown(opened: Open, server: Serving) -> Callable[..., Page]:
    """A page of these blocks in the browser."""

    def show(*blocks: Block) -> Page:
        # another input each time: jobs of the same one share their pages
        id = read(server, png() + uuid.uuid4().bytes, "notation.png")
        with sqlite3.connect(server.data_dir / "legenda.db") as db:
            ((key,),) = db.execute("SELECT key FROM pages WHERE job_id = ?", (id,)).fetchall()
        page = compose(Sheet(1, 600, 200, "pixel"), blocks)
        (server.data_dir / "blobs" / key).write_text(dumps(page_to_dict(page)))
        return opened(f"#/jobs/{id}")

    return show


def test_formulas(shown: Callable[..., Page]) -> None:
    display = drawn("formula", "latex", r"\int_0^1 \frac{dx}{\sqrt{x}} = 2")
    broken = drawn("formula", "latex", r"\frac{1}{", "braces do not close")
    inline = Block("text", BOX, (line("where x2 holds", Mark("formula", 6, 2, "x_2")),))
    page = shown(display, inline, broken)
    expect(page.locator(".notation .katex-display")).to_be_visible()
    expect(page.locator("p .katex")).to_contain_text("x2")
    expect(page.locator(".notation code.raw")).to_have_text(r"\frac{1}{")
    expect(page.get_by_text("Did not pass its check: braces do not close")).to_be_visible()


def test_a_molecule(shown: Callable[..., Page]) -> None:
    page = shown(drawn("molecule", "smiles", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"), drawn("molecule", "smiles", "C1CC("))
    picture = page.locator(".notation img")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    expect(page.get_by_text("This notation cannot be drawn")).to_be_visible()


def test_a_score_is_engraved_and_played(shown: Callable[..., Page]) -> None:
    page = shown(drawn("score", "kern", KERN))
    expect(page.locator(".score svg .abcjs-note")).to_have_count(10)
    expect(page.locator(".score svg .abcjs-staff")).to_have_count(2)
    button = page.get_by_role("button", name="Play")
    button.click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(button).to_be_visible()


def test_a_chart_and_its_table(shown: Callable[..., Page]) -> None:
    page = shown(drawn("chart", "csv", 'city,2023,2024\n"Kiel, old town",12,15\nMalmö,1.5k,900\n'))
    expect(page.locator(".chart-drawing rect[rx='1.5']")).to_have_count(4)
    page.locator(".chart label", has_text="As a table").click()
    expect(page.locator(".chart td").first).to_have_text("Kiel, old town")


def test_tables_headings_lists_and_marks(shown: Callable[..., Page]) -> None:
    page = shown(
        Block("title", BOX, (line("Annual report"),)),
        Block("heading", BOX, (line("Sales"),), level=2),
        table(),
        Block("list", BOX, (line("first item"),), level=1),
        Block("list", BOX, (line("second item"),), level=2),
        Block("text", BOX, (line("H2O is wet", Mark("bold", 0, 3)),)),
    )
    expect(page.get_by_role("heading", name="Annual report", level=2)).to_be_visible()
    expect(page.get_by_role("heading", name="Sales", level=4)).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_text(["Item", "Price"])
    expect(page.locator("td[colspan='2']")).to_have_text("Total")
    expect(page.locator(".list li")).to_have_text(["first item", "second item"])
    expect(page.locator("p b")).to_have_text("H2O")


def test_drawings_run_nothing(shown: Callable[..., Page]) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="99" height="99">'
        '<script>fetch("/stolen")</script><image href="http://127.0.0.1:9/x.png"/><path d="M1 1h7v7z"/></svg>'
    )
    page = shown(drawn("geometry", "svg", svg), Block("text", BOX, (line("<img src=x onerror=alert(1)>"),)))
    expect(page.locator(".drawing img")).to_be_visible()
    expect(page.locator(".text-pane")).to_contain_text("onerror=alert(1)>")
