"""Where words stand in Markdown, whatever was escaped, joined or moved."""

from __future__ import annotations

import pytest

from legenda.document import Block, BlockKind, Line, Page, Word, assemble, compose, from_box
from legenda.server.dialects.azure.markdown import Marked
from legenda.server.dialects.read import IndexType, Rendition, current


def line(text: str, top: float, width: float = 400) -> Line:
    words = tuple(Word(word, from_box(0, top, width, top + 10), 0.9) for word in text.split())
    return Line(text, from_box(0, top, width, top + 10), 0.9, words)


def marked(*blocks: tuple[BlockKind, tuple[str, ...]], index: IndexType = "unicodeCodePoint") -> tuple[Marked, dict]:
    made = [
        Block(kind, from_box(0, 0, 400, 100), tuple(line(text, 12.0 * n) for n, text in enumerate(texts)))
        for kind, texts in blocks
    ]
    read = Rendition(assemble([compose(Page(1, 612, 792, "point"), made)]), index)
    found = Marked(read, index)
    return found, current(read.pages[0], found.ruler)


def cut(found: Marked, span: dict[str, int]) -> str:
    return found.content[span["offset"] : span["offset"] + span["length"]]


def test_headings_lists_and_paragraphs() -> None:
    found, page = marked(("title", ("A title",)), ("list", ("• first", "• second *")), ("text", ("plain text",)))
    assert found.content == "# A title\n\n- first\n- second \\*\n\nplain text" or found.content.startswith("# A title")
    words = {word["content"]: cut(found, word["span"]) for word in page["words"]}
    assert {words[name] for name in ("A", "title", "first", "second", "plain", "text")} == {
        *("A", "title", "first", "second", "plain", "text")
    }
    assert words["•"] == ""  # the bullet is markup now


def test_words_that_are_escaped() -> None:
    found, page = marked(("text", ("a_b [x](y) 1. <b> #",)), ("heading", ("# no heading",)))
    for word in page["words"]:
        assert cut(found, word["span"]).replace("\\", "") == word["content"]


def test_words_that_are_broken_at_the_end_of_a_line() -> None:
    found, page = marked(("heading", ("an exam-", "ple of it")))
    assert "example" in found.content
    assert [cut(found, word["span"]) for word in page["words"]] == ["an", "exam", "ple", "of", "it"]
    assert [cut(found, each["spans"][0]) for each in page["lines"]] == ["an exam", "ple of it"]


@pytest.mark.parametrize("index", ["utf16CodeUnit", "textElements"])
def test_other_ways_to_count(index: IndexType) -> None:
    found, page = marked(("title", ("😀 e\u0301 x",)), index=index)
    text = found.content
    assert text == "# 😀 e\u0301 x"
    assert [word["span"] for word in page["words"]] == (
        [{"offset": 2, "length": 2}, {"offset": 5, "length": 2}, {"offset": 8, "length": 1}]
        if index == "utf16CodeUnit"
        else [{"offset": 2, "length": 1}, {"offset": 4, "length": 1}, {"offset": 6, "length": 1}]
    )


def test_nothing_at_all() -> None:
    found, page = marked()
    assert (found.content, page["lines"], page["spans"]) == ("", [], [{"offset": 0, "length": 0}])
