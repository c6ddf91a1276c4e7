"""Headings of one size have one level on all pages."""

from __future__ import annotations

from legenda.document import Block, Line, Page, from_box
from legenda.layout.levels import Levels


def heading(text: str, size: float, level: int = 1, *, kind: str = "heading", confidence: float = 0.9) -> Block:
    line = Line(text, from_box(50, 50, 300, 50 + size), 0.9, engine="ppocrv6-tiny")
    return Block(kind, line.polygon, (line,), confidence=confidence, level=level)  # type: ignore[arg-type]


def settled(*pages: list[Block]) -> list[list[tuple[str, int]]]:
    levels = Levels()
    done = [levels.settled(Page(n, 600, 800, "pixel", blocks=tuple(blocks))) for n, blocks in enumerate(pages, 1)]
    return [[(block.kind, block.level) for block in page.blocks] for page in done]


def test_a_size_keeps_its_level() -> None:
    first = [heading("Lamps", 40, 0, kind="title"), heading("Their making", 24, 2)]
    assert settled(first, [heading("Their use", 24.8, 3)], [heading("Their end", 23.5, 1)])[1:] == [
        [("heading", 2)],
        [("heading", 2)],
    ]


def test_a_later_title_that_is_smaller_is_a_heading() -> None:
    assert settled([heading("Lamps", 40, 0, kind="title")], [heading("Wicks", 30, 0, kind="title")])[1] == [
        ("heading", 1)
    ]
    assert settled([heading("Lamps", 40, 0, kind="title")], [heading("Oil", 40, 0, kind="title")])[1] == [("title", 0)]


def test_smaller_headings_are_no_higher_than_larger_ones() -> None:
    assert settled([heading("Wicks", 30, 2)], [heading("Cotton", 22, 1)])[1] == [("heading", 2)]
    assert settled([heading("Cotton", 22, 2)], [heading("Wicks", 30, 3)])[1] == [("heading", 2)]


def test_numbers_say_it_best_and_give_their_size_a_level() -> None:
    assert settled([heading("2.1 Wicks", 24, 2)], [heading("References", 24, 3)], [heading("3 Oil", 24, 1)]) == [
        [("heading", 2)],
        [("heading", 2)],
        [("heading", 1)],
    ]


def test_what_the_file_says_itself_stays() -> None:
    page = Page(1, 600, 800, "point", blocks=(heading("Lamps", 20, 4, confidence=1.0),))
    levels = Levels()
    levels.settled(Page(1, 600, 800, "point", blocks=(heading("Wicks", 20, 1),)))
    assert levels.settled(page) is page
