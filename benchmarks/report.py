"""`RESULTS.md` and its plots, from what was kept; measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import accuracy, chat, extract, notation, office, page, scans, structure, tables
from benchmarks.accuracy import Scored, of, summarise
from benchmarks.calibration import Calibration, calibrate
from benchmarks.corpus import AREAS, CROPS, PAGES, scorer
from benchmarks.machine import machine, versions
from benchmarks.peers import LEGENDA, PEERS
from benchmarks.serve.report import SUITES, section
from benchmarks.settings import Settings
from benchmarks.targets import targets

CALIBRATED = PAGES | {"lines"}  # printed text, whose truth is good to the word
WORST = 15
_PLOTS = "plots"


def write(settings: Settings, target: Path) -> list[Path]:
    """Write the report; the files written."""
    from benchmarks import plots

    readings = accuracy.scored(settings, scorer(settings.evaldata))
    calibrations = {peer: found for peer in LEGENDA if (found := calibrate(of(readings, peer, CALIBRATED))) is not None}
    pictures = plots.draw(target.parent / _PLOTS, readings, calibrations, settings.kept("memory"))
    sections = [
        _head(settings),
        _targets(readings, settings),
        *(_picture(path) for path in pictures if path.stem in ("accuracy-speed", "areas")),
        _overview(readings),
        *_by_area(readings),
        _languages(readings),
        *_parts(settings),
        _calibration(calibrations, pictures),
        _losses(readings),
        _method(),
    ]
    target.write_text("\n\n".join(section.strip() for section in sections if section) + "\n", "utf-8")
    return [target, *pictures]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _picture(path: Path) -> str:
    return f"![{path.stem.replace('-', ' over ')}]({_PLOTS}/{path.name})"


def _head(settings: Settings) -> str:
    run: dict[str, Any] = settings.kept("run") or {}
    programs = ", ".join(f"{name} {number}" for name, number in versions().items())
    note = "\n\n**A quick look with few items: figures are rough.**" if run.get("quick") else ""
    return (
        "# Results\n\n"
        f"Measured on {run.get('date', '?')} with `{run.get('command', 'python -m benchmarks')}` in "
        f"{run.get('wall', 0) / 60:.0f} minutes on: {machine()}.\n\n{programs}.{note}"
    )


def _targets(readings: list[Scored], settings: Settings) -> str:
    found = targets(readings, settings)
    if not found:
        return ""
    rows = [[t.promise, t.wanted, t.measured, "met" if t.met else "**not met**"] for t in found]
    met = sum(t.met for t in found)
    return f"## Targets\n\n{met} of {len(found)} met.\n\n" + _table(["target", "wanted", "measured", ""], rows)


def _overview(readings: list[Scored]) -> str:
    """Means over all pages: the figures of one line."""
    rows = _rows([r for r in readings if r.item.area in PAGES], areas=PAGES)
    return f"## All pages\n\n{', '.join(sorted({r.item.area for r in readings} & PAGES))}.\n\n{rows}" if rows else ""


def _by_area(readings: list[Scored]) -> Iterator[str]:
    for area in (*AREAS, "drawn"):
        here = [r for r in readings if r.item.area == area]
        if here:
            yield f"### {area}\n\n{_rows(here)}"


def _rows(readings: list[Scored], areas: frozenset[str] | None = None) -> str:
    """A table: one row a program. Ratios are to RapidOCR in the same run."""
    base = summarise(of(readings, "rapidocr"))
    most = len({r.item.name for r in readings})
    rows = []
    for peer in PEERS:
        found = summarise(of(readings, peer))
        if not found:
            continue
        if areas and found.count < most:
            continue  # it did not read all of them
        faster = f"{base.cpu / found.cpu:.1f}x" if base and found.cpu else "–"
        failed = f" ({found.failed} failed)" if found.failed else ""
        figures = [f"{v:.3f}" for v in (found.f1, found.lcer, found.cer, found.wer)]
        rows.append(
            [PEERS[peer].label, f"{found.count}{failed}", *figures, f"{found.cpu:.2f}", faster, f"{found.wall:.2f}"]
        )
    head = [
        "program",
        "items",
        "word F1",
        "line CER",
        "CER",
        "WER",
        "CPU s/page",
        "times RapidOCR's speed",
        "wall s/page",
    ]
    return _table(head, rows) if rows else ""


def _languages(readings: list[Scored]) -> str:
    """Languages in which the default effort loses against Tesseract told the language."""
    theirs = {
        r.item.name: r for r in readings if r.peer in ("tesseract-pack", "tesseract") and r.item.area == "pages_lang"
    }
    ours = of(readings, "legenda-balanced", frozenset({"pages_lang"}))
    rows = [
        [r.item.language, f"{r.cer:.3f}", f"{theirs[r.item.name].cer:.3f}"]
        for r in sorted(ours, key=lambda r: -r.cer)
        if r.item.name in theirs and r.cer > theirs[r.item.name].cer + 0.02
    ]
    if not ours:
        return ""
    same = len(ours) - len(rows)
    text = f"{same} of {len(ours)} languages are read as well (CER within .02) without being told which it is"
    return f"## Languages\n\n{text}.\n\n" + (
        _table(["language", "Legenda balanced CER", "Tesseract with its pack"], rows) if rows else ""
    )


def _parts(settings: Settings) -> Iterator[str]:
    for part, told in (
        ("throughput", _throughput),
        ("born_digital", _born_digital),
        ("memory", _memory),
        ("blank", _blank),
        ("searchable", _searchable),
        ("chat", lambda measured: chat.section(measured, _table)),
        ("extract", lambda measured: extract.section(measured, _table)),
        ("page", lambda measured: page.section(measured, _table)),
        ("structure", lambda measured: structure.section(measured, _table)),
        ("tables", lambda measured: tables.section(measured, _table)),
        ("scans", lambda measured: scans.section(measured, _table)),
        ("spreads", lambda measured: scans.spreads_section(measured, _table)),
        ("office", lambda measured: office.section(measured, _table)),
        ("notation", lambda measured: notation.section(measured, _table)),
    ):
        if (measured := settings.kept(part)) is not None:
            yield told(measured)
    for suite in SUITES:
        if (measured := settings.kept(f"serve-{suite}")) is not None:
            yield section(suite, measured)


def _throughput(measured: Any) -> str:
    rates = [
        [
            name,
            *(f"{rate[jobs]:.2f}" for jobs in "12"),
            f"{rate['2'] / rate['1']:.2f}",
            *(f"{1000 * rate['cpu'][jobs]:.3g}" for jobs in "12"),
            f"{rate['load']:.1f}",
        ]
        for name, rate in (measured["rates"] | measured["text"]).items()
    ]
    cold = [[name, f"{c['wall']:.2f}", f"{c['cpu']:.2f}"] for name, c in measured["cold"].items() if c["code"] == 0]
    return (
        f"## Throughput\n\nPages a second of wall time over {measured['pages']} scans and receipts, models loaded.\n\n"
        + "Pages with text of their own are not handed to workers.\n\n"
        + _table(["effort", "one job", "two jobs", "ratio", "CPU ms a page", "with two", "load of the machine"], rates)
        + "\n\n## Cold start\n\nThe whole command on the bundled one-page picture, second run and later.\n\n"
        + _table(["command", "wall s", "CPU s"], cold)
    )


def _born_digital(measured: Any) -> str:
    rows = [
        [
            row["name"],
            f"{row['pages']}",
            f"{row['words'] / row['pages']:.0f}",
            f"{row['from_layer']}",
            f"{row['pages'] / row['cpu']:.0f}",
            f"{row['pages'] / row['pdftotext']:.0f}" if row["pdftotext"] else "–",
        ]
        for row in measured
    ]
    head = ["documents", "pages", "words a page", "from their own text", "pages per CPU second", "`pdftotext -bbox`"]
    return (
        "## Born-digital PDF\n\nText with a box for every word; CPU of the reader and its parsing child.\n\n"
        + _table(head, rows)
    )


def _memory(measured: Any) -> str:
    peaks = [[PEERS[name].label, f"{peak:.0f}"] for name, peak in measured["peaks"].items()]
    growth = [
        [
            name,
            f"{run['at'][-1]}",
            f"{run['megabytes'][len(run['at']) // 3]:.0f}",
            f"{run['megabytes'][-1]:.0f}",
            f"{run['per_thousand']:+.2f}",
        ]
        for name, run in measured["growth"].items()
    ]
    huge = measured["huge"]
    told = (
        f"failed: {huge['error']}"
        if "error" in huge
        else f"{huge['peak']:.0f} MB, {huge['cpu']:.1f} CPU seconds, {huge['characters']} characters read"
    )
    return (
        "## Memory\n\nMost megabytes resident over a program and its children, what they share counted once; "
        "pages up to 9 megapixels. Growth counts what a process has for itself, without pages of the input that the "
        "system keeps in its file cache.\n\n"
        + _table(["program", "peak MB"], peaks)
        + "\n\n"
        + _table(["one document", "pages", "MB after a third", "MB at the end", "growth MB per 1,000 pages"], growth)
        + f"\n\n![memory]({_PLOTS}/memory.png)\n\nA picture of 100 megapixels (balanced): {told}."
    )


def _blank(measured: Any) -> str:
    rows = [
        [PEERS[peer].label, f"{len(found)} of {measured['asked'][peer]}", ", ".join(list(found)[:5])]
        for peer, found in measured["invented"].items()
    ]
    return "## Pictures without text\n\n" + _table(["program", "gave text", "on"], rows)


def _searchable(measured: Any) -> str:
    cost = measured["cost"]
    rows = [
        [script, *(_percent(p.get(share)) for share in ("read", "placed", "ocrmypdf")), p.get("error", "")]
        for script, p in measured["places"].items()
    ]
    other = f"{cost['ocrmypdf']:.2f} in all" if cost["ocrmypdf"] else "not installed"
    costs = [
        ["Legenda", f"{cost['read']:.2f}", f"{1000 * cost['write']:.1f}", _percent(cost["growth"])],
        ["OCRmyPDF", other, "–", _percent(cost["ocrmypdf_growth"])],
    ]
    return (
        "## Searchable PDF\n\nShare of the words (Chinese: lines) on drawn scans that `pdftotext -bbox` finds at their "
        "places.\n\n"
        + _table(["script", "read right by Legenda", "found, Legenda", "found, OCRmyPDF", ""], rows)
        + f"\n\nA scan of {cost['pages']} pages at {cost['dpi']} dpi:\n\n"
        + _table(["program", "reading, CPU s/page", "writing, CPU ms/page", "file grows by"], costs)
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _calibration(found: dict[str, Calibration], pictures: list[Path]) -> str:
    rows = [
        [PEERS[p].label, f"{c.words}", f"{c.accuracy:.3f}", f"{c.confidence:.3f}", f"{c.error:.4f}", f"{c.skipped}"]
        for p, c in found.items()
    ]
    if not rows:
        return ""
    shown = "".join(f"\n\n{_picture(path)}" for path in pictures if path.stem == "calibration")
    head = [
        "program",
        "words judged",
        "share right",
        "mean confidence",
        "expected calibration error",
        "words without truth",
    ]
    return f"## Confidence\n\nOver {', '.join(sorted(CALIBRATED - {'drawn'}))}; 15 bins.\n\n{_table(head, rows)}{shown}"


def _losses(readings: list[Scored]) -> str:
    """Items where another program is better by more than .02 of word F1."""
    others = ("rapidocr", "tesseract", "tesseract-pack", "ocrmypdf")
    pairs = accuracy.worst(readings, "legenda-balanced", others, WORST)
    rows = [
        [a.item.name, a.item.area, f"{a.f1:.3f}", f"{b.f1:.3f}", PEERS[b.peer].label, a.error[:60].replace("|", "/")]
        for a, b in pairs
    ]
    head = ["item", "area", "Legenda balanced word F1", "best other", "which", "error"]
    return "## Largest losses\n\n" + _table(head, rows) if rows else ""


_METHOD = """## How this was measured

Every program runs in a process of its own with every pool of threads held to one; models are loaded and one page is
read before timing. Programs take turns item by item, another one first each time. CPU seconds are user and system time
of the process and the children it waits for. PDF pages are rendered at 200 dpi for programs that read no PDF; that time
counts as theirs.

{peers}

Word F1 compares bags of words (order does not count); CER and WER count edits in reading order; line CER takes for
every line of truth the nearest stretch of the output and ignores spaces and order. Rates above 1 count as 1. Receipts
and scene text are compared without case. Crops ({crops}) are single lines or words. CPU a page is the sum over an area
by its pages. A program that fails on an item has read nothing there."""


def _method() -> str:
    peers = "\n".join(f"- {peer.label}: {peer.settings}" for peer in PEERS.values())
    return _METHOD.format(peers=peers, crops=", ".join(sorted(CROPS)))
