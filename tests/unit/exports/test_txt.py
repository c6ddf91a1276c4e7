from __future__ import annotations

from collections.abc import Callable

from legenda.document import Block, Line, Page, from_box

Make = Callable[..., Page]


def test_lines_blocks_and_pages(export: Callable[..., bytes], page: Make, block: Callable[..., Block]) -> None:
    pages = [page(block("one", "two"), block("three")), page(number=2), page(block("four"), number=3)]
    assert export("txt", pages).decode() == "one\ntwo\n\nthree\n\f\n\f\nfour\n"


def test_nothing_is_nothing(export: Callable[..., bytes], page: Make) -> None:
    assert export("txt", []) == b""
    assert export("txt", [page()]) == b""


def test_unreadable_lines_are_not_guessed(
    export: Callable[..., bytes], page: Make, block: Callable[..., Block]
) -> None:
    gap = Block("text", from_box(0, 0, 9, 9), (Line("", from_box(0, 0, 9, 9), 0.1, unreadable=True),))
    assert export("txt", [page(gap, block("one"), gap)]).decode() == "one\n"


def test_layout_keeps_columns(export: Callable[..., bytes], page: Make, block: Callable[..., Block]) -> None:
    pages = [page(block("left column", "goes on"), block("right column", left=300)), page(number=2)]
    assert export("txt-layout", pages).decode() == ("left column                   right column\ngoes on\n\f\n")
