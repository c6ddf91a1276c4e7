from __future__ import annotations

import pytest

from legenda.document import Line
from legenda.pipeline.doubt import lacking_language, suspicious


def line_of(text: str, confidence: float = 0.95, squares: float = 20.0) -> Line:
    width = 30 * squares
    return Line(text, (0, 0, width, 0, width, 30, 0, 30), confidence, unreadable=not text)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line_of("Verklaar die algemene verklaring van")] * 3, False),
        (
            [line_of("TOTAL 12.50", squares=9), line_of("CASH 20.00", squares=9), line_of("CHANGE 7.50", squares=8)],
            False,
        ),
        ([line_of("  ,   , ", 0.9)] * 3, True),
        ([line_of("a good line of text with letters")] * 3 + [line_of("", 0.0)], False),
        ([line_of("a good line of text with letters")] + [line_of("", 0.0)] * 2, True),
        ([line_of("Nhân quyn phi đưc pháp lut bo v đ mi ngưi")] * 2, True),
        ([line_of("Eπειδ χει ουσιαστι σασα να πρτατεονται")] * 2, True),
        ([line_of("x", 0.2, squares=3)], False),
        ([], False),
    ],
)
def test_doubt(lines: list[Line], found: bool) -> None:
    assert suspicious(lines) == found


def test_languages_are_known_by_the_letters_that_are_left() -> None:
    assert lacking_language([line_of("Nhân quyn phi đưc pháp lut bo v đ mi ngưi")]) == "vi"
    assert lacking_language([line_of("Gbogbo ènìyàn ni a bí ní òmìnira; iyì àti eto kóòkan sì dógba")]) == "yo"
    assert lacking_language([line_of("Alle Menschen sind frei und gleich")]) == ""
    assert lacking_language([line_of("Perché è già così: là, più giù, l'età è già metà")]) == ""
