"""What cannot be written in any format is replaced one for one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.document.text import printable, printable_page

BOX = from_box(0, 0, 1, 1)


@given(st.text(st.characters(exclude_categories=())))
def test_printable_text_is_as_long_and_fits_xml_and_utf8(text: str) -> None:
    clean = printable(text)
    assert len(clean) == len(text)
    root = etree.Element("x")
    root.text = clean  # lxml refuses what XML cannot hold
    assert etree.fromstring(etree.tostring(root, encoding="utf-8")).text == (clean or None)
    assert printable(clean) == clean


def test_ordinary_text_stays() -> None:
    text = "tab\tline\n\u200f\u200d é 𠮷 👍🏽 \u00ad"
    assert printable(text) is text


def test_a_page_is_cleaned_down_to_its_words() -> None:
    line = Line("a\x00\ud800 b\rc", BOX, 0.5, (Word("a\x00\ud800", BOX, 0.5), Word("b\rc", BOX, 0.5)))
    page = compose(Page(1, 1, 1, "pixel"), [Block("text", BOX, (line,))])
    clean = printable_page(page)
    assert clean.text == "a\ufffd\ufffd b c"
    assert [word.content for word in clean.words] == ["a\ufffd\ufffd", "b c"]
    assert all(word.span.of(clean.text) == word.content for word in clean.words)


def test_a_clean_page_is_not_copied() -> None:
    page = compose(Page(1, 1, 1, "pixel"), [Block("text", BOX, (Line("fine", BOX, 1.0),))])
    assert printable_page(page) is page
