"""Markdown is read again by a CommonMark parser: what comes out must be the text that went in."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.exports import Origin
from legenda.exports.md import Markdown, escape

Blocks = Callable[..., Block]
Pages = Callable[..., Page]
Export = Callable[..., bytes]

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def plain(markdown: str) -> list[tuple[str, str]]:
    """Pairs of enclosing element and text."""
    found = []
    tokens = PARSER.parse(markdown)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            kinds = {child.type for child in token.children or ()}
            assert kinds <= {"text", "softbreak", "hardbreak", "text_special"}, (kinds, markdown)
            text = "".join(child.content or "\n" for child in token.children or ())
            found.append((before.tag if before else "", text))
        elif token.type in ("fence", "hr", "code_block", "html_block"):
            found.append((token.type, token.content))
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["#", "-", "+", "*", "_", "1.", "12)", ">", "|", "`", "```", "~~", "[", "](", "]", "x", "a_b"])
        | st.sampled_from(["<b>", "<!--", "&amp;", "&#35;", "\\", "!", "===", "---", "* * *", "http://a.b", "**", "é"]),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_text_is_never_misread(tokens: list[str], spaced: bool) -> None:
    text = " ".join((" " if spaced else "").join(tokens).split())
    assert plain(escape(text)) == [("p", text)]
    assert plain("before\\\n" + escape(text)) == [("p", f"before\n{text}")]


@pytest.mark.parametrize(
    "text", ["a * b", "5 > 3", "snake_case", "well-known", "-5", "#1", "1.5", "a|b", "[1]", "~5 %"]
)
def test_what_is_safe_is_left_alone(text: str) -> None:
    assert escape(text) == text


def test_kinds_of_blocks(export: Export, page: Pages, block: Blocks) -> None:
    blocks = [
        block("A big", "title", kind="title"),
        block("Heading # 1", kind="heading"),
        block("Some text"),
        block("• first item", "goes on here", "• second", kind="list"),
        block("1. one", "2. two", kind="list"),
        Block(
            "table",
            from_box(0, 0, 400, 40),
            block("Name").lines
            + block("Price", left=300).lines
            + block("x", top=30).lines
            + block("1 *", left=300, top=30).lines,
        ),
    ]
    assert export("md", [page(*blocks)]).decode() == (
        "# A big title\n\n## Heading # 1\n\nSome text\n\n- first item goes on here\n- second\n\n1. one\n2. two\n\n"
        "```\nName                          Price\nx                             1 *\n```\n"
    )


def test_lines_of_a_paragraph_are_joined(export: Export, page: Pages, block: Blocks) -> None:
    text = export("md", [page(block("a paragraph whose lines", "all run to the margin", "and end"))]).decode()
    assert text == "a paragraph whose lines all run to the margin and end\n"


def test_lines_ended_on_purpose_stay_apart(export: Export, page: Pages, block: Blocks) -> None:
    text = export("md", [page(block("Corner Shop", "12 Long Street, Smalltown", "TOTAL"))]).decode()
    assert plain(text) == [("p", "Corner Shop\n12 Long Street, Smalltown\nTOTAL")]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("some hyphen-", "ation here"), "some hyphenation here"),
        (("soft hyphen\u00ad", "ation here"), "soft hyphenation here"),
        (("Jean-", "Paul is a name"), "Jean- Paul is a name"),
        (("from 1990-", "2000 or so"), "from 1990- 2000 or so"),
        (("the well-", "known is well-known"), "the well-known is well-known"),
        (("日本国民は", "正当に選挙"), "日本国民は正当に選挙"),
        (("한국어는 띄어", "쓰기를 한다"), "한국어는 띄어 쓰기를 한다"),
    ],
)
def test_words_broken_at_the_end_of_a_line(lines: tuple[str, ...], text: str, export: Export, page: Pages) -> None:
    box = from_box(0, 0, 200, 20)
    block = Block("text", box, tuple(Line(x, box, 1.0, (Word(x, box, 1.0),)) for x in lines))
    assert export("md", [page(block)]).decode() == text + "\n"


def test_code_with_fences_in_it(export: Export, page: Pages, block: Blocks) -> None:
    text = export("md", [page(block("```", "x = `1`", kind="code"))]).decode()
    assert plain(text) == [("fence", "```\nx = `1`\n")]


def test_rows_of_cells_are_set_as_a_table(export: Export, page: Pages, block: Blocks) -> None:
    cells = [block(text, left=left, top=top).lines for text, left, top in (("Tea", 0, 0), ("1.20", 300, 0))]
    more = [block(text, left=left, top=top).lines for text, left, top in (("Cake", 0, 30), ("3.40", 300, 30))]
    table = Block("text", from_box(0, 0, 340, 50), tuple(line for lines in cells + more for line in lines))
    text = export("md", [page(table)]).decode()
    assert [[line.split() for line in body.splitlines()] for _, body in plain(text)] == [
        [["Tea", "1.20"], ["Cake", "3.40"]]
    ]
    one_row = Block("text", table.polygon, tuple(line for lines in cells for line in lines))
    assert plain(export("md", [page(one_row)]).decode())[0][0] == "p"


def test_page_breaks_on_demand(export: Export, page: Pages, block: Blocks) -> None:
    pages = [page(block("one")), page(), page(block("two"))]
    assert export("md", pages).decode() == "one\n\ntwo\n"
    out = io.BytesIO()
    exporter = Markdown(out, Origin(), page_breaks=True)
    for each in pages:
        exporter.add(each)
    exporter.close()
    assert plain(out.getvalue().decode()) == [("p", "one"), ("hr", ""), ("hr", ""), ("p", "two")]


def test_nothing(export: Export) -> None:
    gap = Line("", from_box(0, 0, 1, 1), 0.1, unreadable=True)
    block = Block("text", from_box(0, 0, 1, 1), (gap,))
    assert export("md", [compose(Page(1, 1, 1, "pixel"), [block])]) == b""
