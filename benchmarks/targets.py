"""What was promised, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks import notation, structure, tables
from benchmarks.accuracy import Scored, Summary, of, summarise
from benchmarks.corpus import MULTI_COLUMN, PAGES
from benchmarks.peers import LEGENDA
from benchmarks.settings import Settings
from benchmarks.throughput import best_ratio

COMPARED = ("pages_en", "lines", "rotated", "receipts", "scene_words")
LEEWAY = {"legenda-balanced": 0.005, "legenda-fast": 0.03}  # of RapidOCR's word F1
SPEEDUP = {"legenda-accurate": 3.5, "legenda-balanced": 6.0, "legenda-fast": 12.0}
PHOTOGRAPHED = ("receipts", "scene_text")


@dataclass(frozen=True, slots=True)
class Target:
    """One promise.

    Attributes:
        promise: in words.
        wanted: the figure promised.
        measured: the figure measured.
        met: whether the promise holds.
    """

    promise: str
    wanted: str
    measured: str
    met: bool


def targets(readings: list[Scored], settings: Settings) -> list[Target]:
    """All promises for which something was measured."""
    found = [*_accuracy(readings), *_against_tesseract(readings), *_columns(readings), *_speed(readings)]
    for part, check in (
        ("throughput", _throughput),
        ("born_digital", _born_digital),
        ("memory", _memory),
        ("blank", _blank),
        ("searchable", _searchable),
        ("structure", _structure),
        ("tables", _tables),
        ("notation", _notation),
        ("chat", _chat),
    ):
        if (measured := settings.kept(part)) is not None:
            found += check(measured)
    return found


def _on(readings: list[Scored], peer: str, area: str) -> Summary | None:
    return summarise(of(readings, peer, frozenset({area})))


def _accuracy(readings: list[Scored]) -> Iterator[Target]:
    for area in COMPARED:
        theirs = _on(readings, "rapidocr", area)
        ours = _on(readings, "legenda-accurate", area)
        if theirs and ours:
            yield _at_least(f"accurate, {area}: word F1 of RapidOCR", theirs.f1, ours.f1)
            yield _at_most(f"accurate, {area}: line CER of RapidOCR", theirs.lcer, ours.lcer)
        for peer, leeway in LEEWAY.items():
            ours = _on(readings, peer, area)
            if theirs and ours:
                name = peer.removeprefix("legenda-")
                yield _at_least(
                    f"{name}, {area}: RapidOCR's word F1 less {leeway:g}", max(0.0, theirs.f1 - leeway), ours.f1
                )


def _against_tesseract(readings: list[Scored]) -> Iterator[Target]:
    for area in PHOTOGRAPHED:
        theirs = _on(readings, "tesseract", area)
        for peer in LEGENDA:
            ours = _on(readings, peer, area)
            if theirs and ours:
                name = peer.removeprefix("legenda-")
                yield _at_most(f"{name}, {area}: a third of Tesseract's line CER", theirs.lcer / 3, ours.lcer)


def _columns(readings: list[Scored]) -> Iterator[Target]:
    chosen = [r for r in readings if r.item.name in MULTI_COLUMN]
    for peer in LEGENDA:
        if ours := summarise(of(chosen, peer)):
            yield _at_most(f"{peer.removeprefix('legenda-')}: ordered CER on pages in columns", 0.08, ours.cer)


def _speed(readings: list[Scored]) -> Iterator[Target]:
    theirs = summarise(of(readings, "rapidocr", PAGES))
    for peer, wanted in SPEEDUP.items():
        ours = summarise(of(readings, peer, PAGES))
        if theirs and ours and ours.cpu:
            name = peer.removeprefix("legenda-")
            yield _at_least(f"{name}: times faster than RapidOCR, pages", wanted, theirs.cpu / ours.cpu, "{:.1f}")
    tesseract, ours = (summarise(of(readings, peer, PAGES)) for peer in ("tesseract", "legenda-balanced"))
    if tesseract and ours:
        yield _at_most("balanced: CPU seconds a page of Tesseract", tesseract.cpu, ours.cpu, "{:.2f}")


def _throughput(measured: Any) -> Iterator[Target]:
    yield _at_least("two jobs over one, pages a second", 1.9, best_ratio(measured["rates"]), "{:.2f}")
    start = measured["cold"].get("legenda read")
    if start:
        yield _at_most("cold start: seconds for a one-page image, all in", 2.0, start["wall"], "{:.2f}")


def _born_digital(measured: Any) -> Iterator[Target]:
    for row in measured:
        if row["files"] == 1:
            rate = row["pages"] / row["cpu"]
            yield _at_least(f"born-digital pages a second of a core: {row['name']}", 200, rate, "{:.0f}")


def _memory(measured: Any) -> Iterator[Target]:
    if "legenda-balanced" in measured["peaks"]:
        yield _at_most(
            "balanced: peak memory on normal pages, MB", 450, measured["peaks"]["legenda-balanced"], "{:.0f}"
        )
    for name, growth in measured["growth"].items():
        pages = growth["at"][-1]
        yield _at_most(f"growth over {pages} {name}, MB per 1,000", 1.0, growth["per_thousand"], "{:.2f}")
    peak = measured["huge"].get("peak", float("inf"))
    yield _at_most("a picture of 100 megapixels: peak memory, MB", 1000, peak, "{:.0f}")


def _blank(measured: Any) -> Iterator[Target]:
    for peer in LEGENDA:
        if peer in measured["invented"]:
            name, invented = peer.removeprefix("legenda-"), len(measured["invented"][peer])
            yield _at_most(f"{name}: text in {measured['asked'][peer]} pictures without any", 0, invented, "{:.0f}")


def _tables(measured: Any) -> Iterator[Target]:
    ours = tables.means(measured, "Legenda")
    yield _at_least("tables: TEDS", tables.WANTED["teds"], ours["teds"])
    yield _at_least("tables: TEDS of the structure", tables.WANTED["structure"], ours["structure"])


def _notation(measured: Any) -> Iterator[Target]:
    wanted, printed = notation.WANTED, "printed (im2latex)"
    yield _at_most("formulas, printed: edit", wanted["formulas"], notation.mean(measured, "formulas", "edit", printed))
    yield _at_least("formulas that compile", wanted["compiling"], notation.mean(measured, "formulas", "compiles"))
    yield _at_most("formulas: seconds", wanted["formula_seconds"], notation.seconds(measured, "formulas"), "{:.2f}")
    yield _at_least("charts: entries", wanted["charts"], notation.mean(measured, "charts", "entries"))
    yield _at_least("charts: AP slight", wanted["charts"], notation.mean(measured, "charts", "ap"))
    yield _at_least("own charts: AP slight", wanted["charts"], notation.mean(measured, "charts", "ap", "own"))
    yield _at_most("own figures: edit", wanted["geometry"], notation.mean(measured, "geometry", "edit", "own"))
    yield _at_least("molecules: exact", wanted["molecules"], notation.mean(measured, "molecules", "exact"))
    single, double = "one staff (Verovio)", "two staves (Verovio)"
    yield _at_most("scores, one staff: symbols", wanted["staves"], notation.mean(measured, "scores", "symbols", single))
    yield _at_most("scores, piano: symbols", wanted["piano"], notation.mean(measured, "scores", "symbols", double))


def _structure(measured: Any) -> Iterator[Target]:
    yield _at_most("structure: cost of a page, in plain ones, at the median", 2.5, structure.ratio(measured), "{:.2f}")
    whole, _ = structure.shares(measured)
    yield _at_least("structure: olmOCR-style unit tests that pass", 0.75, whole, "{:.3f}")
    plain, structured = structure.columns(measured)
    yield _at_most("structure: ordered CER on pages in columns, plain plus .005", plain + 0.005, structured)


def _searchable(measured: Any) -> Iterator[Target]:
    cost = measured["cost"]
    yield _at_most("searchable PDF: ms a page beyond reading", 20, cost["write"] * 1000, "{:.1f}")
    yield _at_most("searchable PDF: growth over the scans, %", 5, cost["growth"] * 100, "{:.1f}")
    yield Target("searchable PDF: `qpdf --check`", "clean", "clean" if cost["qpdf"] == 0 else "not", cost["qpdf"] == 0)
    for script, place in measured["places"].items():
        if "placed" in place:  # a word read wrongly cannot be found: that is the reading's fault, not the layer's
            wanted, name = 0.99 * place["read"], f"searchable PDF, {script}: words at their places, of those read"
            yield Target(name, "99 %", f"{place['placed'] / max(1e-9, place['read']):.1%}", place["placed"] >= wanted)


def _at_least(promise: str, wanted: float, measured: float, form: str = "{:.3f}") -> Target:
    return Target(promise, "≥ " + form.format(wanted), form.format(measured), measured >= wanted)


def _at_most(promise: str, wanted: float, measured: float, form: str = "{:.3f}") -> Target:
    return Target(promise, "≤ " + form.format(wanted), form.format(measured), measured <= wanted)


def _chat(measured: Any) -> Iterator[Target]:
    rows = [row for row in measured["rows"] if row["meaning"]]
    for part, wanted, share in (
        ("right page first", 0.90, _share([row["page"] for row in rows if row["answerable"]])),
        ("right answer", 0.75, _share([row["right"] for row in rows if row["answerable"]])),
        ("refused what is not there", 0.90, _share([row["page"] for row in rows if not row["answerable"]])),
    ):
        yield Target(f"questions: {part}", f"≥ {wanted:.0%}", f"{share:.1%}", share >= wanted)
    seconds = measured["seconds"]
    yield Target("questions: first answer on 50 pages, seconds", "≤ 1.50", f"{seconds:.2f}", seconds <= 1.5)


def _share(found: list[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
