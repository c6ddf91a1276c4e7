"""Peak memory over normal pages, growth over thousands of them, and one enormous picture."""

from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path
from typing import Any

from benchmarks.corpus import Item, corpus
from benchmarks.drawn import draw_page, worn, write_scan_pdf, write_text_pdf
from benchmarks.measure import MEGABYTE, CallFailedError, Worker, apart, owned
from benchmarks.peers import PEERS
from benchmarks.settings import Bar, Settings

NORMAL = ("pages_en", "receipts", "pages_multi", "drawn")
NORMAL_PIXELS = 9e6  # an A4 page at 300 dpi
POINTS = 40  # looks at the memory along a document
KINDS = 6  # of pages in it, over and over; each look is after the same kind, whose size says nothing about growth


def run(settings: Settings, bar: Bar) -> None:
    """Each in a fresh process, children counted."""
    peers = [name for name in settings.peers if not PEERS[name].foreign]
    peers = [name for name in peers if name == "legenda-balanced"] if settings.quick else peers
    bar.begin("memory", len(peers) + 3)
    peaks: dict[str, float] = {}
    for name in peers:
        peaks[name] = _peak(name, _normal(settings), settings)
        bar.step(name)
    text = write_text_pdf(settings.out / "long.pdf", settings.size(3000, 600))
    growth = {"text pages": _growth(text, settings)}
    bar.step("text pages")
    growth["scans"] = _growth(_scans(settings.out / "scans.pdf", settings.size(300, 60)), settings)
    bar.step("scans")
    huge = _huge(settings)
    bar.step("100 megapixels")
    settings.keep("memory", {"peaks": peaks, "growth": growth, "huge": huge})


def _normal(settings: Settings) -> list[Item]:
    from PIL import Image

    items = corpus(settings.evaldata, settings.out, NORMAL, settings.size(4, 1))
    normal = []
    for item in items:
        with Image.open(item.file) as picture:
            if picture.width * picture.height <= NORMAL_PIXELS:
                normal.append(item)
    return normal


def _peak(peer: str, items: list[Item], settings: Settings) -> float:
    """Megabytes: the most at any look over all items."""
    peak = 0
    with Worker(PEERS[peer].make, settings.log(peer), watched=True) as worker:
        for item in items:
            with contextlib.suppress(CallFailedError):
                peak = max(peak, worker.call(item).peak)
    return peak / MEGABYTE


def _growth(document: Path, settings: Settings) -> dict[str, Any]:
    measured = apart(settings.log("memory"), read_watching, document)
    at, sizes = measured.value
    return {"at": at, "megabytes": sizes, "per_thousand": slope(at, sizes) * 1000, "cpu": measured.cpu}


def read_watching(document: Path) -> tuple[list[int], list[float]]:
    """Read page by page; after how many pages we looked, and the megabytes owned then."""
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    at: list[int] = []
    sizes: list[float] = []
    with Reader(ReadOptions(effort="fast"), jobs=1) as reader:
        pages = reader.pages(document)
        every = max(KINDS, pages.count // POINTS // KINDS * KINDS)
        for k, _ in enumerate(pages, 1):
            if k % every == 0:
                gc.collect()
                at.append(k)
                sizes.append(owned(os.getpid()) / MEGABYTE)
    return at, sizes


def slope(at: list[int], megabytes: list[float]) -> float:
    """Megabytes a page after a third of the document, when caches are full (Theil-Sen: peaks hardly count)."""
    from scipy.stats import theilslopes

    start = len(at) // 3
    return float(theilslopes(megabytes[start:], at[start:])[0])


def _scans(target: Path, pages: int) -> Path:
    """Poor scans with little text; a few pages over and over, since reading must not depend on it."""
    drawn = [worn(draw_page("Latn", k, lines=12).image.crop((0, 0, 1240, 877)), k) for k in range(KINDS)]
    return write_scan_pdf(target, [drawn[k % KINDS] for k in range(pages)])


def _huge(settings: Settings) -> dict[str, Any]:
    """A text page enlarged to 100 megapixels, as PNG."""
    from PIL import Image

    file = settings.out / "huge.png"
    page = draw_page("Latn", 1)
    page.image.resize((8408, 11894), Image.Resampling.BICUBIC).convert("RGB").save(file, compress_level=1)
    try:
        with Worker(PEERS["legenda-balanced"].make, settings.log("memory"), watched=True) as worker:
            measured = worker.call(Item("huge", "drawn", file, page.text()))
    except CallFailedError as error:
        return {"error": str(error)}
    return {"peak": measured.peak / MEGABYTE, "cpu": measured.cpu, "characters": len(measured.value.text)}
