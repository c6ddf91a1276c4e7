"""Which engine reads what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from faulty_engines import Recording
from soundness import likeness, sound
from written import written

import legenda
from legenda.document import Document
from legenda.engines.base import Engine, EngineOptions, Raster
from legenda.errors import InvalidOptionError, MissingComponentError

Add = Callable[[Engine], str]
Save = Callable[[Raster], bytes]
LATIN = ("Alle Menschen sind frei und gleich", "an Würde und Rechten geboren.", "Sie sind mit Vernunft begabt.")
GREEK = ("Όλοι οι άνθρωποι γεννιούνται ελεύθεροι", "και ίσοι στην αξιοπρέπεια και τα δικαιώματα.")
CYRILLIC = ("Все люди рождаются свободными и равными", "в своем достоинстве и правах.")
ARABIC = (
    "يولد جميع الناس أحرارا متساوين في الكرامة",
    "والحقوق وقد وهبوا عقلا وضميرا وعليهم",
    "أن يعامل بعضهم بعضا بروح الإخاء",
    "لكل إنسان حق التمتع بكافة الحقوق",
)
PAGES = {
    "Greek": (GREEK, "DejaVuSans.ttf"),
    "Cyrillic": (CYRILLIC, "DejaVuSans.ttf"),
    "Arabic": (ARABIC, "NotoNaskhArabic-Regular.ttf"),
}


def page(lines: tuple[str, ...], font: str = "DejaVuSans.ttf") -> Raster:
    return written(*lines, name=font, size=36, right="Arabic" in font)


def read(data: bytes, **options: object) -> Document:
    return sound(legenda.read(data, **options))


@pytest.mark.parametrize("script", PAGES)
def test_scripts_the_cpu_engine_lacks_go_to_tesseract(png: Save, script: str) -> None:
    lines, font = PAGES[script]
    document = read(png(page(lines, font)))
    assert document.pages[0].engine == "tesseract"
    assert likeness(document.text, "\n".join(lines)) > 0.9


def test_scripts_are_mixed_line_by_line(png: Save) -> None:
    rows = [page(LATIN[:1]), page(ARABIC[:1], "NotoNaskhArabic-Regular.ttf"), page(LATIN[1:2]), page(GREEK[:1])]
    width = max(row.shape[1] for row in rows)
    mixed = np.vstack([np.pad(row, ((0, 0), (0, width - row.shape[1])), constant_values=255) for row in rows])
    (result,) = read(png(mixed)).pages
    assert [line.script for line in result.lines] == ["Latn", "Arab", "Latn", "Grek"]
    assert [line.engine.split("-")[0] for line in result.lines] == ["ppocrv6", "tesseract"] * 2
    for line, truth in zip(result.lines, (LATIN[0], ARABIC[0], LATIN[1], GREEK[0]), strict=True):
        assert likeness(line.content, truth) > 0.9


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_in_another_script(png: Save, turns: int) -> None:
    (result,) = read(png(np.ascontiguousarray(np.rot90(page(*PAGES["Arabic"]), -turns)))).pages
    assert likeness(result.text, "\n".join(ARABIC)) > 0.9
    assert round(result.angle / 90) % 4 == turns


def test_latin_stays_with_the_cpu_engine(png: Save) -> None:
    document = read(png(page(LATIN)))
    assert document.pages[0].engine.startswith("ppocrv6")
    assert document.text == "\n".join(LATIN)


@pytest.mark.parametrize(
    ("languages", "engine"),
    [(("German",), "ppocrv6"), (("ja",), "ppocrv6-small"), (("ru",), "tesseract"), (("en", "el"), "tesseract")],
)
def test_languages_choose_the_engine(png: Save, languages: tuple[str, ...], engine: str) -> None:
    (result,) = read(png(page(("Hamburg", "Bremen")[:1] * 2)), languages=languages).pages
    assert result.engine.startswith(engine)


def test_a_named_engine_gets_effort_and_languages(png: Save, engine: Add) -> None:
    recording = Recording()
    name = engine(recording)
    (result,) = read(png(page(LATIN)), engine=name, effort="accurate", languages=("ru",)).pages
    assert result.engine == name
    assert recording.asked == [EngineOptions("accurate", ("ru",))]


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tesseract's data folder with nothing but a damaged pack."""
    (tmp_path / "eng.traineddata").write_bytes(b"no pack")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    return tmp_path


def test_a_language_without_its_pack_is_an_error(png: Save, packs: Path) -> None:
    with pytest.raises(MissingComponentError, match="tesseract-ocr-rus"):
        legenda.read(png(page(CYRILLIC)), languages=("ru",))


def test_without_packs_other_scripts_are_said_to_be_unreadable(
    png: Save, packs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from legenda.engines import registry

    monkeypatch.setattr(registry, "_engines", {})
    (result,) = read(png(page(*PAGES["Arabic"]))).pages
    assert result.text == ""
    assert [problem.code for problem in result.problems] == ["missing_pack", "unreadable_lines"]
    assert "apt install tesseract-ocr-ara" in result.problems[0].message
    assert {line.script for line in result.lines} == {"Arab"}


def test_unknown_languages_and_engines_are_errors(png: Save) -> None:
    for options in ({"languages": ("Klingon",)}, {"engine": "tesseracd"}):
        with pytest.raises(InvalidOptionError, match=r"is not known|there is no engine"):
            legenda.read(png(page(LATIN)), **options)
