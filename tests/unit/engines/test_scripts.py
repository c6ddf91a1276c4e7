from __future__ import annotations

import unicodedata

import pytest

from legenda.engines.scripts import dominant, letters, script_of, scripts

NAMES = {
    **{"LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "ARMENIAN": "Armn"},
    **{"DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya"},
    **{"TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh", "THAI": "Thai"},
    **{"LAO": "Laoo", "TIBETAN": "Tibt", "MYANMAR": "Mymr", "KHMER": "Khmr", "GEORGIAN": "Geor", "ETHIOPIC": "Ethi"},
    **{"HANGUL": "Hang", "HIRAGANA": "Hira", "KATAKANA": "Kana", "THAANA": "Thaa", "SYRIAC": "Syrc", "CJK": "Hani"},
}


def test_every_letter_has_the_script_its_name_says() -> None:
    wrong = []
    for code in range(0x20000):
        character = chr(code)
        name = unicodedata.name(character, "").partition(" ")[0]
        if unicodedata.category(character) in ("Lu", "Ll", "Lo") and name in NAMES:
            wrong += [hex(code)] if script_of(character) != NAMES[name] else []
    assert wrong == []


@pytest.mark.parametrize("character", list(" .,1-—€“”‘’\u0301\u200f\U0001f600、。"))
def test_what_all_scripts_share_is_common(character: str) -> None:
    assert script_of(character) == "Zyyy"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Was ist das? 42", "Latn"),
        ("Что это? OCR", "Cyrl"),
        ("人間は理性と良心とを", "Jpan"),
        ("人人生而自由", "Hani"),
        ("모든 사람은", "Kore"),
        ("كل إنسان", "Arab"),
        ("12, 34.", ""),
        ("", ""),
    ],
)
def test_dominant(text: str, script: str) -> None:
    assert dominant(text) == script


def test_counts() -> None:
    assert scripts("aб1 в.") == {"Latn": 1, "Cyrl": 2}
    assert letters("कि1 a,") == 2
