"""Every program reads every item, turn by turn; what they read and what it cost is kept, scores are made from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from benchmarks.corpus import Item, Scorer, catalogue, corpus
from benchmarks.measure import CallFailedError, Worker
from benchmarks.peers import PEERS, Reading
from benchmarks.settings import Bar, Settings

FILE = "readings.jsonl"
SECONDS = 180.0  # a program that needs longer for an item has failed on it


def run(settings: Settings, bar: Bar) -> None:
    """Read all items with all programs, item by item, so that the machine's noise hits all alike."""
    items = corpus(settings.evaldata, settings.out, settings.areas, settings.limit)
    bar.begin("accuracy", len(items))
    with (settings.out / FILE).open("w", encoding="utf-8") as file, started(settings.peers, settings) as workers:
        for k, item in enumerate(items):
            for name in _in_turn(settings.peers, k):
                if PEERS[name].reads(item):
                    file.write(json.dumps(_row(item, name, workers[name]), ensure_ascii=False) + "\n")
            bar.step(item.name)


@contextmanager
def started(peers: Iterable[str], settings: Settings) -> Iterator[dict[str, Worker]]:
    """A process for each program, its models loaded.

    Raises:
        CallFailedError: one of them cannot be started; better to know before an hour of measuring.
    """
    with ExitStack() as stack:
        yield {p: stack.enter_context(Worker(PEERS[p].make, settings.log(p), SECONDS)) for p in peers}


def _in_turn(names: tuple[str, ...], k: int) -> tuple[str, ...]:
    """Another one begins every time: none always runs after the same one."""
    first = k % len(names)
    return names[first:] + names[:first]


def _row(item: Item, peer: str, worker: Worker) -> dict[str, Any]:
    row: dict[str, Any] = {"item": item.name, "area": item.area, "peer": peer}
    try:
        measured = worker.call(item)
    except CallFailedError as error:
        return row | {"text": "", "pages": 1, "lines": [], "cpu": 0.0, "wall": 0.0, "peak": 0, "error": str(error)}
    reading: Reading = measured.value
    return row | asdict(reading) | {"cpu": measured.cpu, "wall": measured.wall, "peak": measured.peak, "error": ""}


@dataclass(frozen=True, slots=True)
class Scored:
    """A reading with its scores; a program that failed read nothing, and its time is unknown."""

    item: Item
    peer: str
    text: str
    pages: int
    lines: list[list[tuple[str, float]]]
    cpu: float
    wall: float
    error: str
    cer: float
    wer: float
    f1: float
    lcer: float


def scored(settings: Settings, score: Scorer) -> list[Scored]:
    """Score what is kept."""
    items = {item.name: item for item in catalogue(settings.evaldata, settings.out)}
    return [_scored(items[row["item"]], row, score) for row in rows(settings) if row["item"] in items]


def rows(settings: Settings) -> Iterator[dict[str, Any]]:
    """What is kept of the last run."""
    path = settings.out / FILE
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)


def _scored(item: Item, row: dict[str, Any], score: Scorer) -> Scored:
    kept: dict[str, Any] = {key: row[key] for key in ("peer", "text", "pages", "lines", "cpu", "wall", "error")}
    scores: dict[str, Any] = score(item, row["text"])
    return Scored(item=item, **kept, **scores)


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over items; a rate above 1 counts as 1, so that one wild item does not decide.

    Attributes:
        count: items.
        cpu: processor seconds a page.
        wall: seconds a page.
        failed: items the program failed on.
    """

    count: int
    cer: float
    wer: float
    f1: float
    lcer: float
    cpu: float
    wall: float
    failed: int


def summarise(readings: list[Scored]) -> Summary | None:
    """Means of some readings of one program; `None` without any."""
    if not readings:
        return None
    timed = [r for r in readings if not r.error]
    pages = sum(r.pages for r in timed) or 1
    return Summary(
        count=len(readings),
        cer=fmean(min(1.0, r.cer) for r in readings),
        wer=fmean(min(1.0, r.wer) for r in readings),
        f1=fmean(r.f1 for r in readings),
        lcer=fmean(min(1.0, r.lcer) for r in readings),
        cpu=sum(r.cpu for r in timed) / pages,
        wall=sum(r.wall for r in timed) / pages,
        failed=len(readings) - len(timed),
    )


def of(readings: list[Scored], peer: str, areas: frozenset[str] | None = None) -> list[Scored]:
    """The readings of a program, on some areas."""
    return [r for r in readings if r.peer == peer and (areas is None or r.item.area in areas)]


def worst(readings: list[Scored], ours: str, others: tuple[str, ...], count: int) -> list[tuple[Scored, Scored]]:
    """Where another program beats ours most: ours and the best other, largest loss of word F1 first."""
    best: dict[str, Scored] = {}
    for r in readings:
        if r.peer in others and (r.item.name not in best or r.f1 > best[r.item.name].f1):
            best[r.item.name] = r
    pairs = [(r, best[r.item.name]) for r in of(readings, ours) if r.item.name in best]
    lost = [pair for pair in pairs if pair[1].f1 - pair[0].f1 > 0.02]
    return sorted(lost, key=lambda pair: pair[0].f1 - pair[1].f1)[:count]
