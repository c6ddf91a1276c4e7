from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from legenda.document import Block, Line, Page, Word, assemble, bounds, compose, from_box

Export = Callable[..., bytes]
NAMESPACE = {"h": "http://www.w3.org/1999/xhtml"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parsed(data: bytes) -> Any:
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def found(root: Any, kind: str) -> list[Any]:
    return list(root.xpath(f"//h:*[@class='{kind}']", namespaces=NAMESPACE))


def box(element: Any) -> list[int]:
    match = re.search(r"bbox (\d+) (\d+) (\d+) (\d+)", element.get("title"))
    assert match
    return [int(v) for v in match.groups()]


@pytest.mark.parametrize("script", ["latin", "cjk", "arabic"])
def test_words_boxes_and_confidences(script: str, export: Export, written: Callable[..., Any]) -> None:
    _, page = written(script)
    root = parsed(export("hocr", [page], name='a "b" <c>&.png'))
    words = found(root, "ocrx_word")
    assert [word.text for word in words] == [word.content for word in page.words]
    assert [box(word) for word in words] == [[round(v) for v in bounds(word.polygon)] for word in page.words]
    assert {word.get("title").split("; ")[1] for word in words} == {"x_wconf 90"}
    lines = found(root, "ocr_line")
    assert ["".join(line.itertext()) for line in lines] == page.text.split("\n")
    assert {line.get("dir") for line in lines} == {"rtl" if script == "arabic" else None}
    assert {line.get(XML_LANG) for line in lines} == {"xx"}
    assert all("baseline 0 0" in line.get("title") for line in lines)
    (sheet,) = found(root, "ocr_page")
    assert sheet.get("title") == "image \"a 'b' <c>&.png\"; bbox 0 0 1000 400; ppageno 0"
    assert len({element.get("id") for element in root.iter() if element.get("id")}) == len(root.xpath("//*[@id]"))


def test_boxes_of_pdf_pages_are_at_300_dpi(export: Export) -> None:
    line = Line("x", from_box(72, 144, 216, 156), 0.5)
    page = compose(Page(3, 612, 792, "point"), [Block("text", from_box(72, 144, 216, 156), (line,))])
    root = parsed(export("hocr", [page]))
    assert found(root, "ocr_page")[0].get("title") == 'image ""; bbox 0 0 2550 3300; ppageno 2; scan_res 300 300'
    assert box(found(root, "ocrx_word")[0]) == [300, 600, 900, 650]


def test_tilted_and_upright_lines(export: Export) -> None:
    tilted = Line("a", (0, 10, 100, 0, 102, 20, 2, 30), 0.5)
    upwards = Line("b", (0, 100, 0, 0, 20, 0, 20, 100), 0.5)
    page = compose(Page(1, 200, 200, "pixel"), [Block("text", from_box(0, 0, 102, 100), (tilted, upwards))])
    first, second = found(parsed(export("hocr", [page])), "ocr_line")
    assert first.get("title") == "bbox 0 0 102 30; baseline -0.1 0"
    assert second.get("title") == "bbox 0 0 20 100; textangle 90"


def test_what_cannot_be_read_is_left_out(export: Export, page: Callable[..., Page]) -> None:
    gap = Line("", from_box(0, 0, 9, 9), 0.1, unreadable=True)
    root = parsed(export("hocr", [page(Block("text", from_box(0, 0, 9, 9), (gap,))), page(number=2)]))
    assert len(found(root, "ocr_page")) == 2
    assert not found(root, "ocr_carea")


def test_markup_in_text_is_text(export: Export, page: Callable[..., Page]) -> None:
    box = from_box(0, 0, 9, 9)
    line = Line('<b title="x">&amp;', box, 0.5, (Word('<b title="x">&amp;', box, 1.0),), language='"><x')
    root = parsed(export("hocr", [page(Block("text", box, (line,)))]))
    assert found(root, "ocrx_word")[0].text == '<b title="x">&amp;'


def test_words_are_looked_up_by_document_spans(export: Export, page: Callable[..., Page], block: Any) -> None:
    pages = assemble([page(block("a b")), page(block("c d"), number=2)]).pages
    moved = [replace(pages[0]), pages[1].at(500)]
    lines = found(parsed(export("hocr", moved)), "ocr_line")
    assert ["".join(line.itertext()) for line in lines] == ["a b", "c d"]
