"""Pictures without text: how many give any."""

from __future__ import annotations

from pathlib import Path

from benchmarks.corpus import Item
from benchmarks.measure import CallFailedError, Worker
from benchmarks.peers import PEERS
from benchmarks.settings import Bar, Settings
from benchmarks.textless import pictures

PEERS_ASKED = ("legenda-fast", "legenda-balanced", "legenda-accurate", "rapidocr", "tesseract")


def run(settings: Settings, bar: Bar) -> None:
    """Let the programs read a hundred pictures in which nothing is written."""
    count = settings.size(100, 20)
    folder = settings.out / "textless"
    folder.mkdir(exist_ok=True)
    names = [name for name in PEERS_ASKED if name in settings.peers]
    workers = {name: Worker(PEERS[name].make, settings.log(name)) for name in names}
    invented: dict[str, dict[str, str]] = {name: {} for name in names}
    bar.begin("blank", count)
    try:
        for name, picture in pictures(count):
            file = folder / f"{name}.png"
            picture.save(file)
            for peer, worker in workers.items():
                if text := _text(worker, Item(name, "textless", file, "")):
                    invented[peer][name] = text[:200]
            bar.step(name)
    finally:
        for worker in workers.values():
            worker.close()
    settings.keep("blank", {"count": count, "invented": invented, "folder": Path(folder).name})


def _text(worker: Worker, item: Item) -> str:
    try:
        return str(worker.call(item).value.text).strip()
    except CallFailedError as error:
        return f"(failed: {error})"
