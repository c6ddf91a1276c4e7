"""Searchable PDFs: what they cost beyond reading, how much they grow, whether words are found at their places."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any

from lxml import etree

from benchmarks.drawn import DPI, WIDTH, Box, DrawnPage, draw_page, write_scan_pdf
from benchmarks.measure import CallFailedError, apart, command
from benchmarks.metrics import plain
from benchmarks.peers import ocrmypdf
from benchmarks.settings import Bar, Settings
from legenda.languages import resolve

SCRIPTS = {"Latn": "en", "Cyrl": "ru", "Grek": "el", "Hans": "zh"}  # with a language both programs are told
UNSPACED = ("Hans",)
SLACK = 12.0  # pixels; lines stand 38 apart


def run(settings: Settings, bar: Bar) -> None:
    """Measure with scans of several scripts and with one long scan."""
    if not shutil.which("pdftotext"):
        print("searchable PDFs are left out: pdftotext is not installed", file=sys.stderr)
        return
    bar.begin("searchable", len(SCRIPTS) + 1)
    folder = settings.out / "searchable"
    folder.mkdir(exist_ok=True)
    places = {}
    for script, language in SCRIPTS.items():
        places[resolve(language).name] = _places(script, language, folder, settings)
        bar.step(script)
    cost = _cost(folder, settings)
    bar.step("cost")
    settings.keep("searchable", {"places": places, "cost": cost})


def _places(script: str, language: str, folder: Path, settings: Settings) -> dict[str, Any]:
    """Share of the words on drawn pages that `pdftotext -bbox` finds where they stand."""
    try:
        pages = [draw_page(script, 100 + k) for k in range(settings.size(2, 1))]
    except (OSError, subprocess.CalledProcessError) as error:
        return {"error": str(error)}
    source = write_scan_pdf(folder / f"{script}.pdf", [page.image for page in pages])
    ours, theirs = folder / f"{script}.legenda.pdf", folder / f"{script}.ocrmypdf.pdf"
    result: dict[str, Any] = {}
    try:
        read, _, _ = apart(settings.log("searchable"), write, source, ours, language).value
        result = {"read": _share_read(pages, read, script), "placed": _share_placed(pages, ours, script)}
    except CallFailedError as error:
        result = {"error": str(error)}
    if command(ocrmypdf(source, theirs, resolve(language).pack), 1).value == 0:
        result["ocrmypdf"] = _share_placed(pages, theirs, script)
    return result


def write(source: Path, target: Path, language: str) -> tuple[list[str], float, float]:
    """Read a document and write it searchable; texts of the pages, processor seconds of reading and of writing."""
    from benchmarks.measure import processor_seconds
    from legenda.exports import EXPORTERS, Origin
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    began = processor_seconds()
    with Reader(ReadOptions(languages=(language,)), jobs=1) as reader:
        document = reader.read(source)
    read = processor_seconds()
    with target.open("wb") as out:
        exporter = EXPORTERS["pdf"](out, Origin(source.name, source, pages=len(document.pages)))
        for page in document.pages:
            exporter.add(page)
        exporter.close()
    return [page.text for page in document.pages], read - began, processor_seconds() - read


def _units(page: DrawnPage, script: str) -> list[tuple[str, Box]]:
    """What must be found: words; whole lines in a script without spaces, where words are not told apart."""
    if script in UNSPACED:
        return [("".join(word for word, _ in line), _around([box for _, box in line])) for line in page.lines]
    return [unit for line in page.lines for unit in line]


def _share_read(pages: list[DrawnPage], texts: list[str], script: str) -> float:
    """Share of units that stand in what was read, wherever on the page, as often as they were drawn."""
    drawn = found = 0
    for page, text in zip(pages, texts, strict=True):
        units = Counter(_letters(unit) for unit, _ in _units(page, script))
        read = Counter(map(_letters, text.splitlines() if script in UNSPACED else text.split()))
        drawn, found = drawn + units.total(), found + (units & read).total()
    return found / max(1, drawn)


def _share_placed(pages: list[DrawnPage], pdf: Path, script: str) -> float:
    """Share of units that the PDF has at their places."""
    found = zip(pages, _boxes(pdf), strict=True)
    return fmean(_is_found(word, box, seen) for page, seen in found for word, box in _units(page, script))


def _boxes(pdf: Path) -> list[list[tuple[str, Box]]]:
    """Words of every page as poppler sees them, in pixels of the drawn page."""
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True)
    # poppler escapes, but lets through characters XML forbids
    root = etree.fromstring(re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", done.stdout), etree.XMLParser(recover=True))
    pages = []
    for page in root.iter("{*}page"):
        scale = WIDTH / float(page.get("width", "nan"))
        pages.append([(word.text or "", _box(word, scale)) for word in page.iter("{*}word")])
    return pages


def _box(word: Any, scale: float) -> Box:
    left, top, right, bottom = (scale * float(word.get(c)) for c in ("xMin", "yMin", "xMax", "yMax"))
    return left, top, right, bottom


def _is_found(word: str, box: Box, found: list[tuple[str, Box]]) -> bool:
    """Whether words lying in the box spell the word and together cover half its width, not twice as much."""
    here = [(text, b) for text, b in found if _lies_in(b, box)]
    spelt = _letters("".join(text for text, _ in here)) == _letters(word)
    return bool(here) and spelt and _overlap(_around([b for _, b in here]), box) > 0.5


def _lies_in(inner: Box, outer: Box) -> bool:
    """The centre of one box is in the other, give or take the height of a letter."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] - SLACK <= y <= outer[3] + SLACK


def _overlap(a: Box, b: Box) -> float:
    shared = min(a[2], b[2]) - max(a[0], b[0])
    return shared / max(1e-6, max(a[2], b[2]) - min(a[0], b[0]))


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _letters(text: str) -> str:
    return "".join(c for c in plain(text, fold=True) if c.isalnum())


def _cost(folder: Path, settings: Settings) -> dict[str, Any]:
    """A scan of many pages: time beyond reading, growth of the file, what qpdf says."""
    count = settings.size(20, 4)
    drawn = [draw_page("Latn", 200 + k).image for k in range(4)]
    source = write_scan_pdf(folder / "long.pdf", [drawn[k % 4] for k in range(count)])
    ours, theirs = folder / "long.legenda.pdf", folder / "long.ocrmypdf.pdf"
    _, reading, writing = apart(settings.log("searchable"), write, source, ours, "en").value
    other = command(ocrmypdf(source, theirs), 1)
    size = source.stat().st_size
    return {
        "pages": count,
        "dpi": DPI,
        "read": reading / count,
        "write": writing / count,
        "growth": ours.stat().st_size / size - 1,
        "qpdf": command(["qpdf", "--check", ours], 1).value,
        "ocrmypdf": other.cpu / count,
        "ocrmypdf_growth": theirs.stat().st_size / size - 1 if theirs.is_file() else None,
    }
