"""Read-shaped pages: the invariant of spans, units, angles, words of scripts without spaces, handwriting."""

from __future__ import annotations

import json
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from legenda.document import Block, Document, Line, Page, Style, Word, assemble, compose, from_box
from legenda.server.dialects.read import INDEX_TYPES, IndexType, Rendition, current, former, handwriting

BOX = from_box(10, 20, 110, 40)


def line(text: str, *, words: list[str] | None = None, style: Style | None = None, **more: Any) -> Line:
    words = text.split() if words is None else words
    return Line(text, BOX, 0.9, tuple(Word(word, BOX, 0.87654321) for word in words), style=style, **more)


def page(*lines: Line, number: int = 1, kind: str = "text", **more: Any) -> Page:
    blank = Page(number, more.pop("width", 612), more.pop("height", 792), more.pop("unit", "point"), **more)
    return compose(blank, [Block(kind, BOX, (each,)) for each in lines])


def cut(text: str, span: dict[str, int], index: IndexType) -> str:
    """What a client of this index type takes for the span's text."""
    start, end = span["offset"], span["offset"] + span["length"]
    if index == "utf16CodeUnit":
        return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    units = regex.findall(r"\X", text) if index == "textElements" else text
    return "".join(units[start:end])


def check(document: Document, index: IndexType) -> list[dict[str, Any]]:
    """Every span of every page gives its content."""
    made = Rendition(document, index)
    pages = [current(each, made.ruler) for each in made.pages]
    for whole, shown in zip(made.pages, pages, strict=True):
        assert cut(made.content, shown["spans"][0], index) == whole.text
        for each in shown["lines"]:
            assert cut(made.content, each["spans"][0], index) == each["content"]
        for word in shown["words"]:
            assert cut(made.content, word["span"], index) == word["content"] != ""
    json.dumps(pages).encode()
    return pages


CHARACTERS = st.sampled_from(
    [
        *("a", "é", "e\u0301", "ß", "\u0301", "字", "文", "葛\U000e0100", "か\u3099", "ก็", "ข", "한", "ह\u093f", "न"),
        *("😀", "👨\u200d👩\u200d👧", "🇩🇪", "🇫", "\u200d", "。", "-", ".", "𝒳", "\ud800", "\x07", "\r", "\u2028"),
        *("א", "ﷺ", "Ａ", "ー", "\u200b", "\u00ad", "1"),
    ]
)
TEXTS = st.lists(CHARACTERS, min_size=1, max_size=6).map("".join)
LINES = st.lists(st.tuples(TEXTS, st.booleans()), max_size=5)


def built(parts: list[tuple[str, bool]]) -> Line:
    text = "".join(word + " " * spaced for word, spaced in parts).rstrip(" ")
    return line(text, words=[word for word, _ in parts if word in text])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(LINES, max_size=3), min_size=1, max_size=3), st.sampled_from(INDEX_TYPES))
def test_spans_give_their_content(written: list[list[list[tuple[str, bool]]]], index: IndexType) -> None:
    pages = [page(*map(built, lines), number=n) for n, lines in enumerate(written, 1)]
    check(assemble(pages), index)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(INDEX_TYPES))
def test_any_text_at_all(first: str, second: str, index: IndexType) -> None:
    check(assemble([page(line(first.replace("\n", " ")), line(second.replace("\n", " ")))]), index)


def test_scripts_without_spaces_have_a_word_for_every_character() -> None:
    shown = check(assemble([page(line("PDF文件 42か\u3099。", words=["PDF文件", "42か\u3099。"]))]), "textElements")[0]
    assert [word["content"] for word in shown["words"]] == ["PDF", "文", "件", "42", "か\u3099", "。"]
    lefts = [word["polygon"][0] for word in shown["words"]]
    assert lefts[:3] == sorted(lefts[:3]) and shown["words"][1]["polygon"][0] == shown["words"][0]["polygon"][2]
    assert shown["lines"][0]["spans"] == [{"offset": 0, "length": 10}]


def test_korean_and_others_with_spaces_stay_whole() -> None:
    shown = check(assemble([page(line("안녕하세요 세계"), line("नमस्ते दुनिया"), line("שלום עולם"))]), "utf16CodeUnit")[0]
    assert [word["content"] for word in shown["words"]] == [*("안녕하세요", "세계", "नमस्ते", "दुनिया", "שלום", "עולם")]


def test_words_that_share_a_character_are_one() -> None:
    shown = check(assemble([page(line("e\u0301x", words=["e", "\u0301x"]))]), "textElements")[0]
    assert [(word["content"], word["span"]) for word in shown["words"]] == [("e\u0301x", {"offset": 0, "length": 2})]


def test_pdf_is_in_inches_and_pictures_in_pixels() -> None:
    document = assemble([page(line("a b")), page(line("c"), number=2, unit="pixel", width=1000.4, height=2000)])
    first, second = check(document, "unicodeCodePoint")
    assert (first["width"], first["height"], first["unit"]) == (8.5, 11, "inch")
    assert first["lines"][0]["polygon"][:4] == [0.1389, 0.2778, 1.5278, 0.2778]
    assert (second["width"], second["height"], second["unit"]) == (1000, 2000, "pixel")
    assert all(type(value) is int for value in [second["width"], *second["words"][0]["polygon"]])
    assert first["words"][0]["confidence"] == 0.8765
    assert (first["spans"], second["spans"]) == ([{"offset": 0, "length": 3}], [{"offset": 4, "length": 1}])


@pytest.mark.parametrize(
    ("angle", "now", "then"), [(180.0, 180, -180), (-180.0, 180, -180), (0.123456, 0.1235, 0.1235)]
)
def test_angles(angle: float, now: float, then: float) -> None:
    shown = page(line("a"), angle=angle)
    assert current(shown, Rendition(assemble([shown])).ruler)["angle"] == now
    assert former(shown)["angle"] == then


def test_empty_pages_are_there() -> None:
    pages = check(assemble([page(line("ab")), page(number=2), page(line("c"), number=3)]), "textElements")
    assert pages[1] | {"width": 0, "height": 0} == {
        "pageNumber": 2,
        "angle": 0,
        "width": 0,
        "height": 0,
        "unit": "inch",
        "lines": [],
        "words": [],
        "spans": [{"offset": 3, "length": 0}],
    }
    assert pages[2]["spans"] == [{"offset": 4, "length": 1}]


def test_lines_that_could_not_be_read_have_no_text_to_show() -> None:
    shown = check(assemble([page(line("a"), line("", unreadable=True), line("b"))]), "unicodeCodePoint")[0]
    assert [each["content"] for each in shown["lines"]] == ["a", "b"]


def test_lines_without_words_are_one() -> None:
    shown = check(assemble([page(line(" a b ", words=[]))]), "unicodeCodePoint")[0]
    assert [word["content"] for word in shown["words"]] == ["a b"]


def test_handwriting() -> None:
    sure, unsure = Style(handwritten=True, handwritten_confidence=0.88), Style(handwritten=True)
    print_ = Style(handwritten=False, handwritten_confidence=0.7)
    pages = [
        page(line("printed", style=print_), line("by hand", style=sure), line("again", style=sure), line("nobody")),
        page(line("😀 by hand", style=sure), line("for certain", style=unsure), number=2),
        page(line("a block"), number=3, kind="handwriting"),
    ]
    made = Rendition(assemble(pages), "utf16CodeUnit")
    found = handwriting(made.pages, made.ruler)
    assert [(style["confidence"], style["isHandwritten"]) for style in found] == [(1.0, True), (0.9, True)]
    assert [cut(made.content, span, "utf16CodeUnit") for span in found[1]["spans"]] == ["by hand\nagain", "😀 by hand"]
    assert [cut(made.content, span, "utf16CodeUnit") for span in found[0]["spans"]] == ["for certain", "a block"]
    looks = [each["appearance"]["style"] for each in former(made.pages[0])["lines"]]
    assert [look["name"] for look in looks] == ["other", "handwriting", "handwriting", "other"]
    assert [look["confidence"] for look in looks] == [0.7, 0.88, 0.88, 0.0]


def test_pages_of_read_3() -> None:
    assert former(page(line("INVOICE 42"))) == {
        "page": 1,
        "angle": 0,
        "width": 8.5,
        "height": 11,
        "unit": "inch",
        "lines": [
            {
                "boundingBox": [0.1389, 0.2778, 1.5278, 0.2778, 1.5278, 0.5556, 0.1389, 0.5556],
                "text": "INVOICE 42",
                "appearance": {"style": {"name": "other", "confidence": 0.0}},
                "words": [
                    {
                        "boundingBox": [0.1389, 0.2778, 1.5278, 0.2778, 1.5278, 0.5556, 0.1389, 0.5556],
                        "text": text,
                        "confidence": 0.8765,
                    }
                    for text in ("INVOICE", "42")
                ],
            }
        ],
    }
