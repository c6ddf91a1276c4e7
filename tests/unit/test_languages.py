"""The language table and how its entries are found."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from legenda.errors import InvalidOptionError
from legenda.languages import languages, resolve, vocabulary


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("deu", "de"),
        ("ger", "de"),
        (" german ", "de"),
        ("chi_sim", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh_Hant_HK", "zh-Hant"),
        ("Simplified Chinese", "zh-Hans"),
        ("Latin", "la"),
        ("sr", "sr"),
        ("sr-Latn-RS", "sr-Latn"),
        ("nor", "no"),
        ("nb", "nb"),
        ("frk", "de-Latf"),
        ("jpn_vert", "ja"),
        ("el", "el"),
        ("grc", "grc"),
        ("ChinesePRC", "zh-Hans"),
        ("GermanNewSpelling", "de"),
        ("japan", "ja"),
        ("chinese_cht", "zh-Hant"),
        ("ch", "ch"),
    ],
)
def test_a_language_is_found_by_what_people_call_it(text: str, code: str) -> None:
    assert resolve(text).code == code


def test_an_unknown_language_names_the_nearest() -> None:
    with pytest.raises(InvalidOptionError, match=r"French \(fr\)"):
        resolve("Frensh")


@pytest.mark.parametrize("text", ["", "-", "xx-Latn", "a\x00b", "9" * 5000])
def test_nonsense_is_an_invalid_option(text: str) -> None:
    with pytest.raises(InvalidOptionError):
        resolve(text)


def test_the_table_is_sound() -> None:
    table = languages()
    assert len(table) >= 100
    assert len({x.code for x in table}) == len(table)
    assert len({x.name for x in table}) == len(table)
    for x in table:
        assert resolve(x.code) is x
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)*", x.code)
        assert re.fullmatch(r"[A-Z][a-z]{3}", x.script)
        assert x.ppocr in ("tiny", "small", "partly", "none")
        assert re.fullmatch(r"tesseract-ocr-[a-z-]+", x.package)


def test_engines_follow_the_character_sets() -> None:
    # kana are missing from tiny, Vietnamese tone marks from both, Cyrillic altogether
    assert [resolve(x).ppocr for x in ("en", "ja", "el", "vi", "ru")] == ["tiny", "small", "partly", "none", "none"]
    assert [resolve(x).engine for x in ("en", "ja", "el", "vi")] == ["cpu", "cpu", "tesseract", "tesseract"]
    assert resolve("zh").package == "tesseract-ocr-chi-sim"
    assert resolve("Chechen").package == "tesseract-ocr-script-cyrl"


def test_other_programs_names_are_all_of_our_table() -> None:
    codes = {x.code for x in languages()}
    for of in ("abbyy", "paddle"):
        assert all(code in codes for means in vocabulary(of).values() for code in means)
    names = vocabulary("abbyy")
    assert len(names) == 200
    assert (names["ChinesePRC"], names["Digits"], names["Mixed"]) == (("zh-Hans",), (), ("en", "ru"))
    assert names["Moldavian"] == ("ro-MD-Cyrl",)
    assert vocabulary("paddle")["ch"] == ("zh-Hans",)


def test_abbyy_names_are_those_of_its_list() -> None:
    listed = Path(__file__).parents[3] / "shared" / "spec" / "abbyy_langs.csv"
    if not listed.exists():
        pytest.skip("the list is not at hand")
    with listed.open(encoding="utf-8", newline="") as rows:
        known = {row["abbyy_name"]: row for row in csv.DictReader(rows)}
    names = vocabulary("abbyy")
    assert names.keys() - known.keys() == {"Chinese", "Mixed", "Portuguese"}
    assert known.keys() <= names.keys()
    for name, row in known.items():
        if names[name]:
            found = resolve(names[name][0])
            # MICR fonts and digits have no language; Armenian has one pack for all of its forms
            assert found.iso639_3 in (row["iso639_3"], "") or row["bcp47"].startswith(found.code) or found.pack == "hye"
