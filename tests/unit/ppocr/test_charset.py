from __future__ import annotations

import pytest

from legenda.engines.ppocr.charset import is_beyond_tiny, latin_classes


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        (
            "trebuie să se comporte unele fa de altele în spiritul fraternităii",
            True,
        ),
        (
            "Bütün insanlar layaqat va hüquqlarına göra azad va barabar doğulurlar.",
            True,
        ),
        ("Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler", False),
        ("Alle Menschen sind frei und gleich an Würde und Rechten geboren.", False),
        ("Tous les êtres humains naissent libres et égaux en dignité et en droits, quels qu'ils soient.", False),
        ("", False),
    ],
)
def test_languages_the_tiny_recogniser_lacks_letters_of(text: str, beyond: bool) -> None:
    assert is_beyond_tiny(text) is beyond


def test_latin_has_the_letters_of_its_languages() -> None:
    assert (
        latin_classes(["", "a", "ß", "ə", "Ə", "ɗ", "ș", "ọ", "€", "中", "я", "α"]).tolist()
        == [False] + [True] * 8 + [False] * 3
    )
