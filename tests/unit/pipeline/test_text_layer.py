from __future__ import annotations

from legenda.document import Line, from_box
from legenda.pipeline.text_layer import blocks_of, without_doubles
from legenda.sources import TextLine


def own(content: str, left: float, top: float, right: float = 300, height: float = 12) -> TextLine:
    polygon = from_box(left, top, right, top + height)
    words = tuple(content.split())
    return TextLine(content, polygon, words, (polygon,) * len(words))


def seen(content: str, left: float, top: float, right: float, bottom: float) -> Line:
    return Line(content, from_box(left, top, right, bottom), 0.9)


def test_blocks_end_at_gaps_sizes_and_columns() -> None:
    lines = [
        own("A heading", 50, 20, height=24),
        own("one paragraph", 50, 60),
        own("and its second line", 50, 75),
        own("another paragraph", 50, 120),
        own("the next column", 350, 60, right=600),
        own("goes on", 350, 75, right=600),
    ]
    assert [[line.content for line in block.lines] for block in blocks_of(lines)] == [
        ["A heading"],
        ["one paragraph", "and its second line"],
        ["another paragraph"],
        ["the next column", "goes on"],
    ]


def test_pieces_of_one_row_stay_together() -> None:
    (block,) = blocks_of([own("Total", 50, 20, right=90), own("12.50", 400, 20, right=450)])
    assert len(block.lines) == 2
    assert block.polygon == from_box(50, 20, 450, 32)


def test_lines_keep_words_and_are_certain() -> None:
    (block,) = blocks_of([own("two words", 50, 20)])
    (line,) = block.lines
    assert [word.content for word in line.words] == ["two", "words"]
    assert (line.confidence, line.engine) == (1.0, "text-layer")
    assert blocks_of([]) == []


def test_what_the_page_says_itself_is_not_said_twice() -> None:
    layer = [own("printed text", 50, 20)]
    again, new, beside = (
        seen("printed text", 48, 18, 302, 34),
        seen("in the picture", 50, 60, 300, 75),
        seen("overlaps a little", 50, 29, 300, 45),
    )
    assert without_doubles([again, new, beside], layer) == [new, beside]
    assert without_doubles([new], []) == [new]
