"""PDF pages that bring their own text: pages a second of one core, with boxes of words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.drawn import write_text_pdf
from benchmarks.measure import Worker, command
from benchmarks.settings import Bar, Settings


def run(settings: Settings, bar: Bar) -> None:
    """Read a document we write and one joined from real pages, each opened once, then the real files one by one."""
    bar.begin("born-digital", 4)
    made = write_text_pdf(settings.out / "text.pdf", settings.size(600, 100))
    real = _born_digital(settings)
    bar.step("documents")
    rows = [_row("pages of 500 words, one document", [made], settings)]
    bar.step("made")
    if real:
        joined = _joined(real, settings.out / "joined.pdf", settings.size(300, 60))
        rows.append(_row("real pages, one document", [joined], settings))
        bar.step("real")
        rows.append(_row("real files, one by one", real, settings))
        bar.step("files")
    settings.keep("born_digital", rows)


def _row(name: str, files: list[Path], settings: Settings) -> dict[str, Any]:
    with Worker(make, settings.log("born_digital")) as worker:
        ours = worker.call(files)
    pages, words, from_layer = ours.value
    return {
        "name": name,
        "files": len(files),
        "pages": pages,
        "words": words,
        "from_layer": from_layer,
        "cpu": ours.cpu,
        "wall": ours.wall,
        "pdftotext": sum(command(["pdftotext", "-bbox", file, "/dev/null"], 1).cpu for file in files),
    }


def make() -> Callable[[list[Path]], tuple[int, int, int]]:
    """In the worker: imports done; gives what reads files and counts pages, words and pages with text of their own."""
    from legenda.pipeline import Reader

    reader = Reader(jobs=1)

    def read(files: list[Path]) -> tuple[int, int, int]:
        pages = words = from_layer = 0
        for file in files:
            for page in reader.pages(file):
                pages += 1
                words += sum(1 for _ in page.words)
                from_layer += page.source == "text_layer"
        return pages, words, from_layer

    return read


def _born_digital(settings: Settings) -> list[Path]:
    """Files of the evaluation data whose pages have visible text that is trusted as it stands, and no pictures to read.

    Hidden text lies over scans and is checked against the picture, which is reading.
    """
    from legenda.sources import open_source

    found = []
    for file in sorted((settings.evaldata / "pages_struct").glob("*.pdf")):
        with open_source(file) as source:
            pages = [source.page(k + 1) for k in range(source.page_count)]
        if all(p.text and p.text.trusted and not p.text.hidden and not p.pictures for p in pages):
            found.append(file)
    return found


def _joined(files: list[Path], target: Path, pages: int) -> Path:
    """One document of real pages, over and over."""
    import pikepdf

    with pikepdf.new() as pdf:
        sources = [pikepdf.open(file) for file in files]
        while len(pdf.pages) < pages:
            for source in sources:
                pdf.pages.extend(source.pages)
        pdf.save(target)
        for source in sources:
            source.close()
    return target
