"""The report's pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from benchmarks.accuracy import Scored, of, summarise
from benchmarks.calibration import Calibration
from benchmarks.corpus import CROPS, PAGES
from benchmarks.peers import LEGENDA, PEERS

# ours in shades of one blue, the others apart from it and from each other (also without red or green)
COLOURS = {
    "legenda-fast": "#9ecae1",
    "legenda-balanced": "#4292c6",
    "legenda-accurate": "#08519c",
    "rapidocr": "#e6550d",
    "tesseract": "#7a7a7a",
    "tesseract-pack": "#bdbdbd",
    "ocrmypdf": "#31a354",
}
GROUPS = {
    "Pages": PAGES,
    "Many languages": frozenset({"pages_lang"}),
    "Line and word crops": CROPS,
    "Scene text": frozenset({"scene_text"}),
}
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
}
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


def draw(folder: Path, readings: list[Scored], calibrations: dict[str, Calibration], memory: Any) -> list[Path]:
    """Draw what there are data for."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(_STYLE):
        pictures = {
            "accuracy-speed": accuracy_speed(readings),
            "areas": areas(readings),
            "calibration": calibration(calibrations),
            "memory": growth(memory) if memory else None,
        }
        return [_saved(figure, folder / f"{name}.png") for name, figure in pictures.items() if figure]


def _saved(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=110, bbox_inches="tight", facecolor="white", metadata={"Software": ""})
    plt.close(figure)
    return path


def accuracy_speed(readings: list[Scored]) -> Figure | None:
    """Word F1 over CPU seconds a page, one panel a group of areas."""
    shown = [(name, areas) for name, areas in GROUPS.items() if any(r.item.area in areas for r in readings)]
    if not shown:
        return None
    figure, axes = plt.subplots(
        1, len(shown), figsize=(1.2 + 3.1 * len(shown), 3.6), squeeze=False, layout="constrained"
    )
    drawn: set[str] = set()
    for axis, (name, chosen) in zip(axes.flat, shown, strict=True):
        drawn.update(_scatter(axis, name, readings, chosen))
    axes[0, 0].set_ylabel("word F1")
    seen = [(peer, PEERS[peer].label) for peer in COLOURS if peer in drawn]
    dots = [_dot(peer) for peer, _ in seen]
    figure.legend(dots, [label for _, label in seen], loc="outside upper center", ncols=len(seen), frameon=False)
    return figure


def _dot(peer: str) -> Line2D:
    marker = "o" if peer in LEGENDA else "D"
    return Line2D([], [], ls="", marker=marker, ms=8, color=COLOURS[peer], markeredgecolor="white")


def _scatter(axis: Axes, name: str, readings: list[Scored], chosen: frozenset[str]) -> list[str]:
    here = [r for r in readings if r.item.area in chosen]
    # one that read only some of the items cannot stand beside the others
    complete = [peer for peer in COLOURS if len(of(here, peer)) == len({r.item.name for r in here})]
    placed = {peer: (s.cpu, s.f1) for peer in complete if (s := summarise(of(here, peer))) and s.cpu > 0}
    ours = [placed[peer] for peer in LEGENDA if peer in placed]
    if ours:
        axis.plot(*zip(*ours, strict=True), color=COLOURS["legenda-fast"], lw=1.2, zorder=1)
    for peer, (cpu, f1) in placed.items():
        marker = "o" if peer in LEGENDA else "D"
        axis.scatter(cpu, f1, s=75, marker=marker, color=COLOURS[peer], edgecolor="white", zorder=3)
    times = [cpu for cpu, _ in placed.values()] or [1]
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator(_TICKS))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_xlim(min(times) / 1.6, max(times) * 1.6)
    axis.margins(y=0.12)
    axis.set(title=name, xlabel="CPU seconds a page")
    return list(placed)


def areas(readings: list[Scored]) -> Figure | None:
    """Word F1 by area, a bar for each program."""
    names = list(dict.fromkeys(r.item.area for r in readings))
    peers = [peer for peer in COLOURS if of(readings, peer) and peer != "tesseract-pack"]
    if not names:
        return None
    figure, axis = plt.subplots(figsize=(10.4, 3.6), layout="constrained")
    width = 0.84 / len(peers)
    for k, peer in enumerate(peers):
        found = [summarise(of(readings, peer, frozenset({name}))) for name in names]
        places = [i + (k - (len(peers) - 1) / 2) * width for i, s in enumerate(found) if s]
        axis.bar(places, [s.f1 for s in found if s], width * 0.92, color=COLOURS[peer], label=PEERS[peer].label)
    axis.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
    axis.grid(visible=False, axis="x")
    axis.tick_params(axis="x", length=0)
    axis.set(ylabel="word F1", ylim=(0, 1.02))
    axis.legend(ncols=len(peers), loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    return figure


def calibration(calibrations: dict[str, Calibration]) -> Figure | None:
    """Share of right words over confidence; the diagonal is what confidence should mean."""
    if not calibrations:
        return None
    count = len(calibrations)
    figure, axes = plt.subplots(1, count, figsize=(3.4 * count, 3.4), squeeze=False, sharey=True, layout="constrained")
    for axis, (peer, found) in zip(axes.flat, calibrations.items(), strict=True):
        most = max(b.count for b in found.bins)
        axis.plot((0, 1), (0, 1), color="#bbbbbb", lw=1)
        axis.plot([b.confidence for b in found.bins], [b.accuracy for b in found.bins], color=COLOURS[peer], lw=1.2)
        sizes = [12 + 110 * b.count / most for b in found.bins]
        axis.scatter(
            [b.confidence for b in found.bins], [b.accuracy for b in found.bins], sizes, COLOURS[peer], zorder=3
        )
        axis.set(title=PEERS[peer].label, xlabel="confidence of a word", xlim=(0, 1.03), ylim=(0, 1.03), aspect="equal")
        axis.text(0.04, 0.93, f"ECE {found.error:.3f}\n{found.words:,} words", va="top", color="#333333")
    axes[0, 0].set_ylabel("share that is right")
    return figure


def growth(memory: Any) -> Figure | None:
    """Memory along documents of many pages."""
    documents = memory["growth"]
    figure, axes = plt.subplots(
        1, len(documents), figsize=(4.6 * len(documents), 2.4), squeeze=False, layout="constrained"
    )
    for axis, (name, run) in zip(axes.flat, documents.items(), strict=True):
        axis.plot(run["at"], run["megabytes"], color=COLOURS["legenda-accurate"], lw=1.4)
        axis.set(title=f"{name}: {run['per_thousand']:+.2f} MB per 1,000", xlabel="pages read", ylabel="MB")
        axis.set_ylim(0, 1.25 * max(run["megabytes"]))
    return figure
