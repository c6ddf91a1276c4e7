"""The programs compared: each reads a file and says what stands there. Made and called in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.corpus import EXAMPLE, Item

DPI = 200  # at which PDF pages are rendered for programs that read no PDF; Legenda's default
LEGENDA = ("legenda-fast", "legenda-balanced", "legenda-accurate")


@dataclass(slots=True)
class Reading:
    """What a program read.

    Attributes:
        text: all of it, pages one after another.
        pages: how many there were.
        lines: words with confidences, line by line, where the program tells.
    """

    text: str
    pages: int = 1
    lines: list[list[tuple[str, float]]] = field(default_factory=list)


Read = Callable[[Item], Reading]


@dataclass(frozen=True, slots=True)
class Peer:
    """A program and the settings it runs with.

    Attributes:
        label: in tables and plots.
        make: called in the worker; loads what must be loaded, reads the example once, returns the reading function.
        settings: in words.
        areas: it is run on these only; empty for all.
        foreign: it is run only on text in languages other than English.
        needs: its command or module.
    """

    label: str
    make: Callable[[], Read]
    settings: str
    areas: frozenset[str] = frozenset()
    foreign: bool = False
    needs: str = "legenda"

    @property
    def installed(self) -> bool:
        """Whether it can be run at all."""
        return bool(shutil.which(self.needs) or find_spec(self.needs))

    def reads(self, item: Item) -> bool:
        """Whether it is run on this item."""
        return (not self.areas or item.area in self.areas) and (not self.foreign or item.language not in ("", "en"))


def make_legenda(effort: Any) -> Read:
    """Legenda's library with one job, languages found out by itself."""
    from legenda.options import ReadOptions
    from legenda.pipeline import Reader

    reader = Reader(ReadOptions(effort=effort), jobs=1)

    def read(item: Item) -> Reading:
        document = reader.read(item.file)
        lines = [[(w.content, w.confidence) for w in line.words] for page in document.pages for line in page.lines]
        problems = [problem for page in document.pages for problem in page.problems]
        if failed := [p.message for p in problems if p.code != "unreadable_lines"]:
            raise RuntimeError("; ".join(failed))
        return Reading(document.text, len(document.pages), lines)

    read(Item("", "", EXAMPLE, ""))
    return read


def make_legenda_fast() -> Read:
    """Legenda with effort `fast`."""
    return make_legenda("fast")


def make_legenda_balanced() -> Read:
    """Legenda with effort `balanced`."""
    return make_legenda("balanced")


def make_legenda_accurate() -> Read:
    """Legenda with effort `accurate`."""
    return make_legenda("accurate")


def make_rapidocr() -> Read:
    """RapidOCR with its defaults, held to one thread."""
    from rapidocr import RapidOCR

    one = {f"EngineConfig.onnxruntime.{pool}_op_num_threads": 1 for pool in ("intra", "inter")}
    import cv2

    cv2.setNumThreads(1)
    engine = RapidOCR(params={**one, "Global.log_level": "critical"})

    def read(item: Item) -> Reading:
        results: list[Any] = [engine(page) for page in _pictures(item.file)]
        return Reading("\n".join("\n".join(result.txts or ()) for result in results), len(results))

    read(Item("", "", EXAMPLE, ""))
    return read


def _pictures(file: Path) -> Iterator[Any]:
    """What RapidOCR takes: the path of a picture, or pages of a document as BGR arrays."""
    import numpy as np
    from PIL import Image

    if file.suffix.lower() == ".pdf":
        for page in _rendered(file):
            yield np.ascontiguousarray(np.asarray(page.convert("RGB"))[:, :, ::-1])
        return
    with Image.open(file) as picture:
        count = getattr(picture, "n_frames", 1)
        for k in range(count if count > 1 else 0):
            picture.seek(k)
            yield np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1])
    if count == 1:
        yield file


def _rendered(file: Path) -> Iterator[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    for page in document:
        yield page.render(scale=DPI / 72).to_pil()
    document.close()


def make_tesseract() -> Read:
    """Tesseract's command with English."""
    return lambda item: _tesseract(item, "eng")


def make_tesseract_pack() -> Read:
    """Tesseract's command with the language's own pack."""
    from legenda.languages import resolve

    return lambda item: _tesseract(item, resolve(item.language).pack if item.language else "eng")


def _tesseract(item: Item, pack: str) -> Reading:
    mode = ["--psm", "7"] if item.is_crop else []
    with _as_pictures(item.file) as pictures:
        texts = [_output("tesseract", picture, "-", "-l", pack, *mode, *dpi) for picture, *dpi in pictures]
    pages = [page for text in texts for page in text.removesuffix("\f").split("\f")]
    return Reading("\n".join(pages), len(pages))


@contextmanager
def _as_pictures(file: Path) -> Iterator[list[tuple[Path | str, ...]]]:
    """Pictures with further arguments: the file itself, or a PDF's pages."""
    if file.suffix.lower() != ".pdf":
        yield [(file,)]
        return
    with tempfile.TemporaryDirectory() as folder:
        pages: list[tuple[Path | str, ...]] = []
        for k, page in enumerate(_rendered(file)):
            target = Path(folder) / f"{k}.ppm"
            page.convert("RGB").save(target)
            pages.append((target, "--dpi", str(DPI)))
        yield pages


def _output(*args: Path | str) -> str:
    done = subprocess.run([str(a) for a in args], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace").strip()[-400:])
    return done.stdout.decode(errors="replace")


def make_ocrmypdf() -> Read:
    """OCRmyPDF's command, pages turned upright and straightened, text from its sidecar."""

    def read(item: Item) -> Reading:
        with tempfile.TemporaryDirectory() as folder:
            sidecar = Path(folder) / "text"
            _output(*ocrmypdf(item.file, Path(folder) / "out.pdf"), "--deskew", "--sidecar", sidecar)
            pages = sidecar.read_text("utf-8", errors="replace").removesuffix("\f").split("\f")
        return Reading("\n".join(pages), len(pages))

    return read


def ocrmypdf(source: Path, target: Path, packs: str = "eng") -> list[str | Path]:
    """The command that makes a searchable PDF, one job."""
    dpi = [] if source.suffix == ".pdf" else ["--image-dpi", str(DPI)]
    return ["ocrmypdf", "-q", "-j1", "--output-type=pdf", "--rotate-pages", "-l", packs, *dpi, source, target]


PEERS: dict[str, Peer] = {
    "legenda-fast": Peer("Legenda fast", make_legenda_fast, "effort fast, languages auto"),
    "legenda-balanced": Peer("Legenda balanced", make_legenda_balanced, "effort balanced, languages auto"),
    "legenda-accurate": Peer("Legenda accurate", make_legenda_accurate, "effort accurate, languages auto"),
    "rapidocr": Peer(
        "RapidOCR",
        make_rapidocr,
        "its defaults (PP-OCRv6 small, line-angle classifier), ONNX Runtime",
        needs="rapidocr",
    ),
    "tesseract": Peer(
        "Tesseract",
        make_tesseract,
        "`tesseract FILE - -l eng`; line and word crops with `--psm 7`",
        needs="tesseract",
    ),
    "tesseract-pack": Peer(
        "Tesseract, right pack",
        make_tesseract_pack,
        "told the language of each item: `-l PACK`",
        foreign=True,
        needs="tesseract",
    ),
    "ocrmypdf": Peer(
        "OCRmyPDF",
        make_ocrmypdf,
        "`-j1 --output-type=pdf --rotate-pages --deskew -l eng --sidecar`",
        frozenset({"pages_en", "rotated", "multipage", "drawn"}),  # it is Tesseract with better preparation, and slow
        needs="ocrmypdf",
    ),
}
