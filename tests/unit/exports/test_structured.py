"""What structure adds to Markdown and HTML: emphasis, links, levels, notes, formulas, what goes on over pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import html
from markdown_it import MarkdownIt

from legenda.document import Block, Line, Mark, Notation, Page, Style, from_box

Blocks = Callable[..., Block]
Pages = Callable[..., Page]
Export = Callable[..., bytes]


def marked(block: Block, *marks: Mark, **changes: object) -> Block:
    """The block with marks in its first line."""
    first, *others = block.lines
    return replace(block, lines=(replace(first, marks=marks, **changes), *others))  # type: ignore[arg-type]


def test_emphasis_links_and_formulas(export: Export, page: Pages, block: Blocks) -> None:
    text = "bold and slanted, see here, where x holds"
    made = marked(
        block(text),
        Mark("bold", 0, 4),
        Mark("italic", 9, 7),
        Mark("link", 18, 8, "https://example.org/a(b)"),
        Mark("formula", 34, 1, "x_1"),
    )
    assert export("md", [page(made)]).decode() == (
        "**bold** and *slanted*, [see here](https://example.org/a%28b%29), where $x_1$ holds\n"
    )
    shown = html.fromstring(export("html", [page(made)]).decode())
    assert [(x.tag, x.text_content()) for x in shown.iter("strong", "em", "a")] == [
        ("strong", "bold"),
        ("em", "slanted"),
        ("a", "see here"),
    ]
    assert shown.find(".//a").get("href") == "https://example.org/a(b)"  # type: ignore[union-attr]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "https://a b", "file:///etc/passwd"])
def test_addresses_that_may_not_be_followed(address: str, export: Export, page: Pages, block: Blocks) -> None:
    made = marked(block("click here"), Mark("link", 0, 10, address))
    assert export("md", [page(made)]).decode() == "click here\n"
    assert b"<a " not in export("html", [page(made)])


def test_marks_go_on_over_the_end_of_a_line(export: Export, page: Pages, block: Blocks) -> None:
    made = block("a very important hyphen-", "ation that is bold", "and more")
    first, second, third = made.lines
    lines = (
        replace(first, marks=(Mark("bold", 7, 17),)),
        replace(second, marks=(Mark("bold", 0, 5),)),
        third,
    )
    text = export("md", [page(replace(made, lines=lines))]).decode()
    assert text.startswith("a very **important hyphenation** that is bold")


def test_levels_of_headings_and_lists(export: Export, page: Pages, block: Blocks) -> None:
    blocks = [
        replace(block("One", kind="heading"), level=1),
        replace(block("Deep", kind="heading"), level=9),
        replace(block("• outer", kind="list"), level=1),
        replace(block("2. inner", kind="list"), level=2),
        replace(block("☑ done", kind="list"), level=1),
    ]
    assert export("md", [page(*blocks)]).decode() == "## One\n\n###### Deep\n\n- outer\n   2. inner\n- [x] done\n"
    shown = html.fromstring(export("html", [page(*blocks)]).decode())
    assert [x.tag for x in shown.iter("h2", "h6")] == ["h2", "h6"]
    assert shown.xpath("//ul/li/ol/li/text()") == ["inner"]


def test_nested_lists_are_read_as_such(export: Export, page: Pages, block: Blocks) -> None:
    blocks = [replace(block(f"• item {k}", kind="list"), level=level) for k, level in enumerate((1, 2, 3, 2, 1))]
    tree = MarkdownIt("commonmark").render(export("md", [page(*blocks)]).decode())
    shown = html.fromstring(tree)
    depth = [len(item.xpath("ancestor::ul")) for item in shown.iter("li")]
    assert depth == [1, 2, 3, 2, 1]


def test_running_heads_are_comments(export: Export, page: Pages, block: Blocks) -> None:
    blocks = [block('A "head" --> x', kind="header"), block("text"), block("7", kind="page_number")]
    text = export("md", [page(*blocks)]).decode()
    assert text == '<!-- PageHeader="A \'head\' - -&gt; x" -->\n\ntext\n\n<!-- PageNumber="7" -->\n'


def test_a_paragraph_goes_on_over_columns_and_pages(export: Export, page: Pages, block: Blocks) -> None:
    long = "a line of text that fills the whole of its column and has no end of a"
    first = page(block(long + " hyphens", long + " hyphen-"), block("3", kind="page_number"))
    second = page(block("head", kind="header"), block("ation goes on here."), block("Another one."), number=2)
    text = export("md", [first, second]).decode()
    assert f"{long} hyphenation goes on here.\n\n<!-- PageNumber" in text
    assert text.endswith("Another one.\n")
    ended = export("md", [page(block(long + "."), block("small letters begin"))]).decode()
    assert ended == f"{long}.\n\nsmall letters begin\n"


def test_notes_that_something_leads_to(export: Export, page: Pages, block: Blocks) -> None:
    body = marked(block("as others say 1 and so on"), Mark("superscript", 14, 1))
    note = block("1 Smith, page 3.", kind="footnote")
    other = block("2 Nobody leads here.", kind="footnote")
    text = export("md", [page(body, note, other)]).decode()
    assert text == "as others say [^1-1] and so on\n\n[^1-1]: Smith, page 3.\n\n2 Nobody leads here.\n"
    shown = html.fromstring(export("html", [page(body, note)]).decode())
    assert shown.find(".//a").get("href") == "#note-1-1" and shown.find(".//p[@id='note-1-1']") is not None  # type: ignore[union-attr]


def test_notations(export: Export, page: Pages) -> None:
    box = from_box(0, 0, 100, 50)
    read = Notation("formula", {"latex": r"\int f\,dx"}, 0.9)
    wrong = replace(read, problem="two -- many braces")
    code = Notation("barcode", {"text": "https://example.org/`x`\x07", "format": "QRCode"})
    blocks = [Block("formula", box, notation=read, lines=()), Block("formula", box, (), notation=wrong)]
    text = export("md", [page(*blocks, Block("barcode", box, (), notation=code))]).decode()
    assert text == (
        "$$\n\\int f\\, dx\n$$\n\n$$\n\\int f\\, dx\n$$\n\n<!-- unchecked: two - - many braces -->\n\n"
        "QRCode: ``https://example.org/`x`\ufffd``\n"
    )
    shown = html.fromstring(export("html", [page(*blocks)]).decode())
    assert [x.get("title") for x in shown.iter("pre")] == [None, "two -- many braces"]


def test_two_dollars_are_no_formula(export: Export, page: Pages, block: Blocks) -> None:
    assert export("md", [page(block("from $x to y$ it costs"))]).decode() == "from \\$x to y$ it costs\n"
    assert export("md", [page(block("it costs $5"))]).decode() == "it costs $5\n"


def test_headings_are_not_bold_twice(export: Export, page: Pages, block: Blocks) -> None:
    made = marked(replace(block("Bold heading", kind="heading"), level=1), style=Style(bold=True))
    assert export("md", [page(made)]).decode() == "## Bold heading\n"
    assert b"<strong" not in export("html", [page(made)])


def test_figures_without_the_original(export: Export, page: Pages) -> None:
    figure = Block("figure", from_box(0, 0, 100, 50), ())
    assert export("md", [page(figure)]).decode() == "<!-- Figure -->\n"
    lines = (Line("label", from_box(0, 0, 50, 20), 0.9),)
    assert export("md", [page(replace(figure, lines=lines))]).decode() == "label\n"
