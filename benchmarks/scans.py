"""Scans as people make them: defects put on clean pages, and how much more is read wrong than without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from benchmarks.settings import Bar, Settings
from benchmarks.spreads import SINGLES, SPREADS, counted, of_corpus
from legenda.document import Line
from legenda.engines.base import Raster
from legenda.layout import arrange
from legenda.options import ReadOptions
from legenda.pipeline.frame import quarter_of, turn_upright
from legenda.pipeline.routing import read_raster
from legenda.pipeline.scan import read_scan
from legenda.sources.double_page import gutter_of

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
Floats = NDArray[np.float32]
_PAGES = ("ehri_EHRI-BF-19380802_EN_01.jpg", "ehri_EHRI-BF-19380810_EN_01.jpg", "unlv_8087_054.3B.tif")
_LONGEST = 1900
_EACH = 5
"""Drawn pictures of each kind."""


def run(settings: Settings, bar: Bar) -> None:
    """Read every page with every defect, with and without what is done about it; look for two pages on one picture."""
    _count_spreads(settings)
    pages = _pages(settings)
    if not pages:
        return
    bar.begin("scans", len(DEFECTS))
    rows = []
    for name, spoil in DEFECTS.items():
        wrong: dict[str, list[float]] = {"without": [], "with": []}
        for place, (page, truth) in enumerate(pages):
            seen = np.ascontiguousarray(spoil(page, pages[(place + 1) % len(pages)][0]))
            options = ReadOptions()
            plain, sheet = read_raster(seen, options), read_scan(seen, options).reading
            wrong["without"].append(_wrong(plain.lines, plain.angle, seen, truth))
            wrong["with"].append(_wrong(sheet.lines, sheet.angle, seen, truth))
        rows.append({"defect": name} | {way: float(np.mean(values)) for way, values in wrong.items()})
        bar.step(name)
    settings.keep("scans", rows)


def section(measured: Any, table: Table) -> str:
    """For the report."""
    rows = [[row["defect"], f"{row['without']:.1%}", f"{row['with']:.1%}"] for row in measured]
    return (
        "## Scans as people make them\n\nThree scans of evaldata with defects put on them; characters read wrong by "
        "`balanced`, against a truth whose order is not always the page's.\n\n"
        + table(["defect", "as it was", "with what is done about it"], rows)
    )


def spreads_section(measured: Any, table: Table) -> str:
    """For the report."""
    rows = [[row["what"], str(row["pictures"]), str(row["split"]), ", ".join(row["names"])] for row in measured]
    return (
        "## Two pages on one picture\n\nHow many pictures are taken for two pages of a book; wrong are books that are "
        "not, and others that are.\n\n" + table(["pictures", "how many", "split", "which are wrong"], rows)
    )


def _count_spreads(settings: Settings) -> None:
    each = settings.size(_EACH, 1)
    count, split = counted(SPREADS, each)
    missed = sorted({f"{name}, {seed}" for name in SPREADS for seed in range(each)} - set(split))
    rows: list[dict[str, Any]] = [{"what": "drawn books", "pictures": count, "split": len(split), "names": missed}]
    count, split = counted(SINGLES, each)
    what = "drawn articles, newspapers, tables, slides and others"
    rows.append({"what": what, "pictures": count, "split": len(split), "names": split})
    looked = {name: gutter_of(picture) for name, picture in of_corpus(settings.evaldata)}
    split = [name for name, found in looked.items() if found]
    rows.append(
        {"what": "evaldata, as wide as two pages", "pictures": len(looked), "split": len(split), "names": split}
    )
    settings.keep("spreads", rows)


def _pages(settings: Settings) -> list[tuple[Raster, str]]:
    found: list[tuple[Raster, str]] = []
    for name in _PAGES[: settings.limit or None]:
        file = settings.evaldata / "pages_en" / name
        if file.is_file():
            grey = np.array(Image.open(file).convert("L"))
            scale = min(1.0, _LONGEST / max(grey.shape))
            page = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            found.append((np.asarray(page), file.with_suffix(".truth.txt").read_text("utf-8")))
    return found


def _wrong(lines: tuple[Line, ...], angle: float, page: Raster, truth: str) -> float:
    height, width = page.shape[:2]
    upright = turn_upright(lines, quarter_of(angle), width, height)
    read = " ".join(line.content for block in arrange(upright, width) for line in block.lines)
    expected = " ".join(truth.split())
    return Levenshtein.distance(" ".join(read.split()), expected) / max(1, len(expected))


def _grid(page: Raster) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.arange(page.shape[1], dtype=np.float32), np.arange(page.shape[0], dtype=np.float32))
    return x, y


def _padded(page: Raster, amount: float) -> Raster:
    side = int(amount * page.shape[0]) + 20
    return np.asarray(cv2.copyMakeBorder(page, side, side, 10, 10, cv2.BORDER_REPLICATE))


def _moved(page: Raster, x: Floats, y: Floats) -> Raster:
    across, down = x.astype(np.float32), y.astype(np.float32)
    return np.asarray(cv2.remap(page, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _curled(page: Raster, amount: float) -> Raster:
    """A page of a thick book on the glass: near the spine lines rise, are narrower, and it gets dark."""
    page = _padded(page, amount)
    height, width = page.shape
    x, y = _grid(page)
    away = np.exp(-x / width / 0.18)
    steps = np.cumsum(np.sqrt(1 + (amount * 6 * away[0]) ** 2))
    across = np.broadcast_to((steps - steps[0]) / (steps[-1] - steps[0]) * width, page.shape)
    bent = _moved(
        page, across, (y - height / 2) * (1 - 0.7 * amount * away) + height / 2 - 0.9 * amount * height * away
    )
    return np.asarray(bent * (1 - 0.45 * np.exp(-x / width / 0.06)), np.uint8)


def _waved(page: Raster) -> Raster:
    page = _padded(page, 0.012)
    height, width = page.shape
    x, y = _grid(page)
    down = y + 0.012 * height * np.sin(x / width * 5.5 + y / height * 1.5)
    return _moved(page, x + 0.005 * height * np.sin(y / height * 4), down)


def _shadowed(page: Raster) -> Raster:
    height, width = page.shape
    x, y = _grid(page)
    edge = 0.5 * x / width + 0.9 * y / height - 0.7
    light = (1 - 0.7 / (1 + np.exp(-edge * 40))) * (1 - 0.25 * x / width)
    return _noisy(page * light, 3)


def _shown_through(page: Raster, back: Raster) -> Raster:
    behind = cv2.GaussianBlur(cv2.resize(back, page.shape[::-1])[:, ::-1], (0, 0), 1.6)
    return np.asarray(np.clip(page - 0.3 * (255.0 - behind), 0, 255), np.uint8)


def _faint(page: Raster) -> Raster:
    """Dots of a worn ribbon."""
    x, y = _grid(page)
    dots = (np.cos(2 * np.pi * x / 3.6) + np.cos(2 * np.pi * y / 3.6) > -0.35).astype(np.float32)
    return _noisy(235 - 0.18 * (255.0 - page) * cv2.GaussianBlur(dots, (0, 0), 0.7), 4)


def _noisy(page: Any, strength: float) -> Raster:
    noise = np.random.default_rng(2).normal(0, strength, page.shape)
    return np.asarray(np.clip(page + noise, 0, 255), np.uint8)


DEFECTS: dict[str, Callable[[Raster, Raster], Raster]] = {
    "none": lambda page, _: page,
    "curled, 3 %": lambda page, _: _curled(page, 0.03),
    "curled, 6 %": lambda page, _: _curled(page, 0.06),
    "curled, upside down": lambda page, _: _curled(page, 0.05)[::-1, ::-1],
    "waves": lambda page, _: _waved(page),
    "shadow": lambda page, _: _shadowed(page),
    "the back shows through, 30 %": _shown_through,
    "faint dots": lambda page, _: _faint(page),
    "pale, 12 %": lambda page, _: _noisy(200 - 0.12 * (255.0 - page), 2),
}
