"""Office files: how much of what LibreOffice itself exports as text is in ours, and in the right order."""

from __future__ import annotations

import csv
import subprocess
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from rapidfuzz.distance import LCSseq

import legenda
from benchmarks.settings import Bar, Settings
from legenda.errors import LegendaError
from legenda.options import ReadOptions
from legenda.pipeline import Reader

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_WRITER = "txt:Text (encoded):UTF8"
_CALC = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_TARGETS = {
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "html"), _WRITER),
    **dict.fromkeys(("xls", "xlsx", "xlsm", "xlsb", "ods"), _CALC),
    **dict.fromkeys(("ppt", "pptx", "odp"), "odp"),
}
_SECONDS = 120


def run(settings: Settings, bar: Bar) -> None:
    """Every office sample that LibreOffice opens."""
    files = sorted((settings.evaldata / "office").glob("*"))
    files = [file for file in files if file.suffix[1:] in _TARGETS][: settings.limit or None]
    bar.begin("office", len(files))
    rows = []
    with Reader(ReadOptions(), jobs=1) as reader:
        for file in files:
            rows.append(_row(file, reader))
            bar.step(file.name)
    settings.keep("office", rows)


def _row(file: Path, reader: Reader) -> dict[str, Any]:
    theirs = letters(exported(file))
    try:
        document = reader.read(file)
    except LegendaError as error:
        return {"name": file.name, "characters": len(theirs), "share": 0.0, "error": str(error)}
    return {"name": file.name, "characters": len(theirs), "share": share(document, theirs), "error": ""}


def section(measured: Any, table: Table) -> str:
    """For the report."""
    low = sorted((row for row in measured if row["share"] < 1), key=lambda row: row["share"])
    count = sum(row["characters"] for row in measured)
    mean = sum(row["share"] * row["characters"] for row in measured) / max(1, count)
    rows = [[row["name"], str(row["characters"]), f"{row['share']:.2%}"] for row in low]
    said = f"{len(measured)} files, {count} characters: {mean:.2%} of them are in ours, in the same order"
    return (
        f"## Office files\n\n{said}; all of them in {len(measured) - len(low)} files, and in the others:\n\n"
        + table(["file", "characters", "in ours"], rows)
    )


def share(document: legenda.Document, theirs: str) -> float:
    """Of LibreOffice's characters, white space aside, those that are in ours in the same order."""
    if not theirs:
        return 1.0
    pages = (letters(page.text) for page in document.pages)
    return float(LCSseq.similarity("".join(pages), theirs)) / len(theirs)


def letters(text: str) -> str:
    """Without white space and marks of items: those are drawn, and no text."""
    kept = unicodedata.normalize("NFKC", text.replace("\ufeff", ""))
    return "".join(c for c in kept if not c.isspace() and c not in "•◦▪–●○■□‣\u00ad")


def exported(file: Path) -> str:
    """What LibreOffice writes as text: documents as `txt`, sheets as `csv`, slides as the paragraphs it holds."""
    with tempfile.TemporaryDirectory(prefix="office-") as made:
        folder = Path(made)
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
        command += [_TARGETS[file.suffix[1:]], "--outdir", str(folder / "out"), str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
        found = sorted((folder / "out").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return "\n".join(_READERS[path.suffix](path) for path in found)


def _plain(path: Path) -> str:
    return path.read_text("utf-8")


def _sheet(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return "\n".join(" ".join(row) for row in csv.reader(file))


def _slides(path: Path) -> str:
    """Paragraphs, but for those of comments, which documents are exported without, too."""
    with zipfile.ZipFile(path) as archive:
        root = ET.fromstring(archive.read("content.xml"))
    for parent in list(root.iter()):
        for comment in [child for child in parent if child.tag.endswith("}annotation")]:
            parent.remove(comment)
    return "\n".join("".join(e.itertext()) for e in root.iter() if e.tag in (f"{_TEXT}p", f"{_TEXT}h"))


_READERS = {".txt": _plain, ".csv": _sheet, ".odp": _slides}
