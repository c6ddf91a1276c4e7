from __future__ import annotations

import pytest

from legenda.document import Line
from legenda.pipeline.doubt import suspicious


def line_of(text: str, confidence: float = 0.95, squares: float = 20.0) -> Line:
    width = 30 * squares
    return Line(text, (0, 0, width, 0, width, 30, 0, 30), confidence, unreadable=not text)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line_of("Verklaar die algemene verklaring van")] * 3, None),
        (
            [line_of("TOTAL 12.50", squares=9), line_of("CASH 20.00", squares=9), line_of("CHANGE 7.50", squares=8)],
            None,
        ),
        ([line_of("  ,   , ", 0.9)] * 3, "Zzzz"),
        ([line_of("a good line of text with letters")] * 3 + [line_of("", 0.0)], None),
        ([line_of("a good line of text with letters")] + [line_of("", 0.0)] * 2, "Zzzz"),
        ([line_of("Nhân quyn phi đưc pháp lut bo v đ mi ngưi")] * 2, "vi"),
        ([line_of("Eπειδ χει ουσιαστι σασα να πρτατεονται")] * 2, "Grek"),
        ([line_of("x", 0.2, squares=3)], None),
        ([], None),
    ],
)
def test_doubt(lines: list[Line], found: str | None) -> None:
    assert suspicious(lines) == found
