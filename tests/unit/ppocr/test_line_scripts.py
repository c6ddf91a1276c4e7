"""The script of a line, from what the tiny recogniser makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from written import written

from legenda.engines.ppocr import models
from legenda.engines.ppocr.line_scripts import foreign, names, other_scripts, probabilities
from legenda.engines.ppocr.recognise import Features
from legenda.engines.ppocr.strip import cut

LINES = {
    "Latn": ("Alle Menschen sind frei und gleich", "DejaVuSans.ttf"),
    "Cyrl": ("Все люди рождаются свободными", "DejaVuSans.ttf"),
    "Grek": ("Όλοι οι άνθρωποι γεννιούνται", "DejaVuSans.ttf"),
    "Armn": ("Բոլոր մարդիկ ծնվում են ազատ", "DejaVuSans.ttf"),
    "Geor": ("ყველა ადამიანი იბადება თავისუფალი", "DejaVuSans.ttf"),
    "Arab": ("يولد جميع الناس أحرارا متساوين", "NotoNaskhArabic-Regular.ttf"),
    "Hebr": ("כל בני האדם נולדו בני חורין", "NotoSansHebrew-Regular.ttf"),
    "Deva": ("सभी मनुष्यों को गौरव और", "NotoSansDevanagari-Regular.ttf"),
    "Beng": ("সমস্ত মানুষ স্বাধীনভাবে সমান", "NotoSansBengali-Regular.ttf"),
    "Taml": ("மனிதப் பிறிவியினர் சகலரும்", "NotoSansTamil-Regular.ttf"),
    "Thai": ("มนุษย์ทั้งหลายเกิดมามีอิสระ", "NotoSansThai-Regular.ttf"),
    "Khmr": ("មនុស្សទាំងអស់កើតមកមានសេរីភាព", "NotoSansKhmer-Regular.ttf"),
    "Mymr": ("လူတိုင်းသည် တူညီ လွတ်လပ်သော", "NotoSansMyanmar-Regular.ttf"),
    "Ethi": ("የሰው ልጅ ሁሉ ሲወለድ ነጻና", "NotoSansEthiopic-Regular.ttf"),
    "Kore": ("모든 인간은 태어날 때부터", "NotoSansCJK-Regular.ttc"),
    "Hani": ("人人生而自由，在尊严和权利上", "NotoSansCJK-Regular.ttc"),
}


def look(code: str, turned: bool = False) -> Features:
    text, font = LINES[code]
    picture = written(text, name=font, size=36, right=code in ("Arab", "Hebr"))
    rows, columns = (np.flatnonzero((picture < 128).any(axis=axis)) for axis in (1, 0))
    top, bottom, left, right = rows[0] - 6, rows[-1] + 7, columns[0] - 6, columns[-1] + 7
    quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return models.recogniser("tiny").look([cut(picture, np.roll(quad, 2, axis=0) if turned else quad)])[0]


@pytest.mark.parametrize("code", LINES)
def test_scripts_are_told_apart(code: str) -> None:
    (chances,) = probabilities([look(code)])
    assert names()[chances.argmax()] == code


@pytest.mark.parametrize("code", ["Hebr", "Taml", "Kore"])
def test_foreign_is_what_the_recognisers_lack_the_right_way_up(code: str) -> None:
    assert foreign([look(code)] * 3) == [True] * 3
    assert foreign([look(code, turned=True)] * 3) == [False] * 3
    assert foreign([look("Latn")] * 3) == foreign([look("Hani")] * 3) == [False] * 3
    assert foreign([]) == []


def test_doubtful_lines_are_named_and_sure_ones_left() -> None:
    seen = [look("Latn"), look("Thai"), look("Latn"), look("Cyrl"), look("Latn"), look("Latn")]
    found = other_scripts([0.99, 0.4, 0.99, 0.95, 0.5, 0.98], [300] * 6, lambda which: [seen[i] for i in which])
    assert found == ["", "Thai", "", "", "", ""]


def test_on_a_page_of_one_script_sure_lines_belong_to_it() -> None:
    seen = [look("Cyrl")] * 4 + [look("Latn")]
    found = other_scripts([0.5, 0.7, 0.96, 0.9, 0.99], [300] * 5, lambda which: [seen[i] for i in which])
    assert found == ["Cyrl"] * 4 + [""]


def test_lines_read_with_certainty_are_not_looked_at() -> None:
    def never(which: object) -> list[Features]:
        raise AssertionError("this page is Latin")

    assert other_scripts([0.99, 0.9], [100, 100], never) == ["", ""]
