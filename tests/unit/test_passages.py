from __future__ import annotations

import pytest

from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.passages import best


def page(*texts: str, number: int = 1) -> Page:
    """A page with a block for each text; lines end where the text says."""
    blocks, y = [], 0
    for text in texts:
        lines = []
        for content in text.split("\n"):
            words, x = [], 0
            for token in content.split():
                words.append(Word(token, from_box(x, y, x + 10 * len(token), y + 20), 0.9))
                x += 10 * len(token) + 10
            lines.append(Line(content, from_box(0, y, max(x - 10, 1), y + 20), 0.9, tuple(words)))
            y += 26
        blocks.append(Block("text", from_box(0, 0, 500, y), tuple(lines)))
        y += 60
    return compose(Page(number, 1000, 1400, "pixel"), blocks)


INVOICE = [
    page("The lamps left our workshop on Monday. They were packed by Ms Lindqvist,\nwho will answer for them."),
    page("The invoice total is $42, due on March 3.", "Thank you for the order.", number=2),
    page("发票总额为四十二元。付款日期是三月三日。", number=3),
]


@pytest.mark.parametrize(
    ("question", "page", "text"),
    [
        ("What is the invoice total and due date?", 2, "The invoice total is $42, due on March 3."),
        ("INVOICE TOTALS", 2, "The invoice total is $42, due on March 3."),
        ("Who packed the lamp?", 1, "The lamps left our workshop on Monday."),
        ("Who is Lindqvist", 1, "They were packed by Ms Lindqvist, who will answer for them."),
        ("付款日期是什么？", 3, "付款日期是三月三日。"),
    ],
)
def test_the_sentence_that_shares_most_comes_first(question: str, page: int, text: str) -> None:
    found = best(INVOICE, question)
    assert (found[0].page, found[0].text) in [
        (page, text),
        (1, "They were packed by Ms Lindqvist, who will answer for them."),
    ]
    assert text in [passage.text for passage in found]


@pytest.mark.parametrize("question", ["What is the capital of Peru?", "what is this?", "", "???", "\x00\ud800"])
def test_what_is_not_there_is_not_found(question: str) -> None:
    assert best(INVOICE, question) == []


def test_the_same_sentence_is_given_once() -> None:
    pages = [page("Minutes of the board", number=number) for number in range(1, 6)]
    assert [(p.page, p.text) for p in best(pages, "minutes of the board")] == [(1, "Minutes of the board")]


def test_no_more_than_asked_for() -> None:
    pages = [page(f"clause {number} of the lease") for number in range(9)]
    assert len(best(pages, "lease", most=2)) == 2
