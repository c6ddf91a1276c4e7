"""The `tesseract` engine on scripts PP-OCR lacks, drawn with system fonts, with the packs that make test installs."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher

import numpy as np
import pytest
from written import written

from legenda.document import Page, bounds, compose
from legenda.document.model import Block
from legenda.engines.base import EngineOptions
from legenda.engines.tesseract import Tesseract

CJK = "NotoSansCJK-Regular.ttc"
ARABIC = ("يولد جميع الناس أحرارا متساوين في الكرامة", "والحقوق وقد وهبوا عقلا وضميرا وعليهم")
HEBREW = ("כל בני האדם נולדו בני חורין ושווים", "בערכם ובזכויותיהם, כולם חוננו בתבונה")
SAMPLES = {
    "de": ("Latn", ("Alle Menschen sind frei und gleich an Würde", "und Rechten geboren."), "DejaVuSans.ttf"),
    "ru": ("Cyrl", ("Все люди рождаются свободными и равными", "в своем достоинстве и правах."), "DejaVuSans.ttf"),
    "el": ("Grek", ("Όλοι οι άνθρωποι γεννιούνται ελεύθεροι", "και ίσοι στην αξιοπρέπεια."), "DejaVuSans.ttf"),
    "ar": ("Arab", ARABIC, "NotoNaskhArabic-Regular.ttf"),
    "he": ("Hebr", HEBREW, "NotoSansHebrew-Regular.ttf"),
    "hi": ("Deva", ("सभी मनुष्यों को गौरव और अधिकारों के मामले", "में जन्मजात स्वतन्त्रता"), "NotoSansDevanagari-Regular.ttf"),
    "th": ("Thai", ("มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน", "ในเกียรติศักดิ์และสิทธิ"), "NotoSansThai-Regular.ttf"),
    "ko": ("Kore", ("모든 인간은 태어날 때부터 자유로우며", "그 존엄과 권리에 있어 동등하다."), CJK),
    "ja": ("Jpan", ("すべての人間は、生まれながらにして自由で", "あり、かつ、尊厳と権利とについて平等である。"), CJK),
    "zh": ("Hans", ("人人生而自由，在尊严和权利上一律平等。", "他们赋有理性和良心，并应以兄弟关系的精神"), CJK),
    "vi": (
        "Latn",
        ("Tất cả mọi người sinh ra đều được tự do", "và bình đẳng về nhân phẩm và quyền lợi."),
        "DejaVuSans.ttf",
    ),
}
RIGHT = {"ar", "he"}


@pytest.fixture(scope="module")
def engine() -> Tesseract:
    return Tesseract()


def likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, *(unicodedata.normalize("NFKC", x) for x in (a, b)), autojunk=False).ratio()


def drawn(code: str) -> np.ndarray:
    _, lines, font = SAMPLES[code]
    return written(*lines, name=font, size=36, right=code in RIGHT)


@pytest.mark.parametrize("code", SAMPLES)
def test_a_page_reads_in_logical_order(engine: Tesseract, code: str) -> None:
    picture = drawn(code)
    script, truth, _ = SAMPLES[code]
    lines = sorted(engine.read(picture, EngineOptions(languages=(code,))).lines, key=lambda x: x.polygon[1])
    assert len(lines) == 2
    for line, expected in zip(lines, truth, strict=True):
        assert likeness(line.content, expected) > 0.9
        # Han alone says nothing of Chinese or Japanese
        assert line.script in (script, "Hani")
    height, width = picture.shape
    for word in (word for line in lines for word in line.words):
        left, top, right, bottom = bounds(word.polygon)
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
        assert (picture[int(top) : int(bottom) + 1, int(left) : int(right) + 1] < 128).any()
    page = compose(Page(1, width, height, "pixel"), [Block("text", lines[0].polygon, tuple(lines))])
    assert all(word.span.of(page.text) == word.content for word in page.words)


@pytest.mark.parametrize("code", sorted(RIGHT))
def test_words_run_from_the_right(engine: Tesseract, code: str) -> None:
    lines = engine.read(drawn(code), EngineOptions(languages=(code,))).lines
    for line in lines:
        assert line.content.count(" ") == len(line.words) - 1
        lefts = [bounds(word.polygon)[0] for word in line.words]
        assert lefts == sorted(lefts, reverse=True)
    first = min(lines, key=lambda x: x.polygon[1]).words[0].content
    assert likeness(first, SAMPLES[code][1][0].split()[0]) > 0.7


def test_characters_are_words_without_spaces(engine: Tesseract) -> None:
    lines = sorted(engine.read(drawn("zh"), EngineOptions(languages=("zh",))).lines, key=lambda x: x.polygon[1])
    assert " " not in lines[0].content
    assert [word.content for word in lines[0].words[:4]] == list("人人生而")


def test_korean_keeps_its_own_spaces_only(engine: Tesseract) -> None:
    lines = sorted(engine.read(drawn("ko"), EngineOptions(languages=("ko",))).lines, key=lambda x: x.polygon[1])
    assert [len(word.content) for word in lines[0].words] == [2, 3, 3, 3, 5]


@pytest.mark.parametrize("code", sorted(set(SAMPLES) - {"de", "vi", "ja", "zh"}))
def test_the_script_of_a_line_picks_the_pack(engine: Tesseract, code: str) -> None:
    script, (first, _), font = SAMPLES[code]
    crop = ink(written(first, name=font, size=36, right=code in RIGHT))
    assert likeness(engine.read_line(crop, engine.packs_of(script, [crop])).content, first) > 0.9


def test_auto_reads_a_page_without_being_told(engine: Tesseract) -> None:
    reading = engine.read(drawn("ru"), EngineOptions())
    text = " ".join(line.content for line in sorted(reading.lines, key=lambda x: x.polygon[1]))
    assert likeness(text, " ".join(SAMPLES["ru"][1])) > 0.95


def ink(strip: np.ndarray) -> np.ndarray:
    """The part of a strip that is written on, with a little margin."""
    rows, columns = (np.flatnonzero((strip < 128).any(axis=axis)) for axis in (1, 0))
    return strip[max(0, rows[0] - 4) : rows[-1] + 5, max(0, columns[0] - 4) : columns[-1] + 5]
