"""Pictures without text: how many give any."""

from __future__ import annotations

from benchmarks.accuracy import started
from benchmarks.corpus import Item
from benchmarks.measure import CallFailedError, Worker
from benchmarks.peers import LEGENDA
from benchmarks.settings import Bar, Settings
from benchmarks.textless import pictures

PEERS_ASKED = ("legenda-fast", "legenda-balanced", "legenda-accurate", "rapidocr", "tesseract")
OTHERS = 20  # pictures the others are shown: two of a kind; noise takes them seconds


def run(settings: Settings, bar: Bar) -> None:
    """Let the programs read a hundred pictures in which nothing is written."""
    count = settings.size(100, 10)
    folder = settings.out / "textless"
    folder.mkdir(exist_ok=True)
    names = [name for name in PEERS_ASKED if name in settings.peers]
    asked = {name: count if name in LEGENDA else min(count, OTHERS) for name in names}
    invented: dict[str, dict[str, str]] = {name: {} for name in names}
    bar.begin("blank", count)
    with started(names, settings) as workers:
        for k, (name, picture) in enumerate(pictures(count)):
            file = folder / f"{name}.png"
            picture.save(file)
            for peer, worker in workers.items():
                if k < asked[peer] and (text := _text(worker, Item(name, "textless", file, ""))):
                    invented[peer][name] = text[:200]
            bar.step(name)
    settings.keep("blank", {"asked": asked, "invented": invented})


def _text(worker: Worker, item: Item) -> str:
    try:
        return str(worker.call(item).value.text).strip()
    except CallFailedError as error:
        return f"(failed: {error})"
