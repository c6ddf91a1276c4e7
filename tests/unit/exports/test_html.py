from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

from lxml import html
from PIL import Image, ImageDraw

from legenda.document import Block, Page, from_box

Export = Callable[..., bytes]


def test_the_structure_is_said_in_elements(
    export: Export, page: Callable[..., Page], block: Callable[..., Block], merged: Block
) -> None:
    blocks = (
        *(block("A <b>title</b>", kind="title"), block("an under-", "standing of it", language="en")),
        *(block("- lamps", "- chairs", "3. more", kind="list"), merged, block("if a < b:", kind="code")),
        block("שלום עולם", language="he"),
    )
    made = html.fromstring(export("html", [page(*blocks), page(number=2)], name="a&b.png").decode())
    assert made.get("lang") == "en" and made.findtext(".//title") == "a&b.png"
    assert [section.get("id") for section in made.iter("section")] == ["page-1", "page-2"]
    assert [(x.tag, x.text_content(), x.get("dir")) for x in made.iter("h1", "p")] == [
        ("h1", "A <b>title</b>", "ltr"),
        ("p", "an understanding of it", "ltr"),
        ("p", "שלום עולם", "rtl"),
    ]
    assert [p.get("lang") for p in made.iter("p")] == [None, "he"]
    assert [(x.tag, [li.text for li in x]) for x in made.iter("ul", "ol")] == [
        ("ul", ["lamps", "chairs"]),
        ("ol", ["more"]),
    ]
    assert made.find(".//ol/li").get("value") == "3"  # type: ignore[union-attr]
    rows = [[(cell.text, cell.get("colspan")) for cell in row] for row in made.iter("tr")]
    assert rows[0] == [("Part", None), ("Price in 2025 and in 2026", "2")] and rows[2][1] == (None, None)
    assert made.findtext(".//pre/code") == "if a < b:"


def test_nothing_is_fetched_and_nothing_runs(
    export: Export, page: Callable[..., Page], block: Callable[..., Block]
) -> None:
    hostile = block("<script>alert(1)</script>", "\"><img src=x onerror='a'>", language='x" onload="y')
    text = export("html", [page(hostile)], name='"><script>', metadata={"title": "</title><script>"}).decode()
    assert "<script" not in text and "<img" not in text and "onload" not in text
    assert "default-src 'none'" in text


def test_figures_are_cut_from_the_original(
    export: Export, page: Callable[..., Page], block: Callable[..., Block]
) -> None:
    image = Image.new("RGB", (1000, 1400), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 500, 300), "red")
    file = io.BytesIO()
    image.save(file, "PNG")
    figure = replace(block("red", kind="figure", left=100, top=100), polygon=from_box(100, 100, 500, 300))
    made = html.fromstring(export("html", [page(figure)], file.getvalue()).decode())
    (picture,) = made.iter("img")
    assert picture.get("alt") == "red"
    address = picture.get("src")
    assert address and address.startswith("data:image/jpeg;base64,")
    import base64

    shown = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert shown.size == (400, 200) and shown.getpixel((200, 100))[0] > 240  # type: ignore[index]
    without = html.fromstring(export("html", [page(figure)]).decode())
    assert not list(without.iter("img")) and without.findtext(".//p") == "red"


def test_an_original_that_cannot_be_opened_costs_the_picture_only(
    export: Export, page: Callable[..., Page], block: Callable[..., Block]
) -> None:
    assert b"<p" in export("html", [page(block("text", kind="figure"))], b"\x89PNG\r\n\x1a\n and no more")


def test_a_document_without_pages_is_a_page(export: Export) -> None:
    assert html.fromstring(export("html", []).decode()).findtext(".//title") == "Untitled"
