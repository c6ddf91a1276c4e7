"""Engrave excerpts of real music into shards of pictures and marks.

    python -m training.score.render --music ../shared/training/music --out training/out/score --strips 15000 --seed 1

Verovio ends the whole process on some of its errors, so children engrave a few excerpts each, and what one that dies
was at is left out.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import pickle
import random
import re
from pathlib import Path
from typing import Any

import numpy as np

from legenda.notation.score import symbols

_BATCH, _FILE = 12, 200  # excerpts a child engraves; strips a file holds
_CLEFS = ("*clefG2", "*clefF4", "*clefC1", "*clefC3", "*clefC4", "*clefGv2", "*clefF3")
_SHARPS = "fcgdaeb"
_HELD = 97  # pieces whose number divides by this are kept for measuring


def held(piece: str) -> bool:
    """Whether a piece is kept from training."""
    return int(piece.lstrip("plosq") or 0) % _HELD == 0


def excerpts(music: Path) -> dict[int, list[dict[str, Any]]]:
    """Excerpts by their number of staves, pieces held back left out."""
    found = {}
    for staves in (1, 2):
        with lzma.open(music / f"kern_{staves}staff.jsonl.xz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        found[staves] = [row for row in rows if not held(row["piece"])]
    return found


def varied(row: dict[str, Any], rng: random.Random) -> str:
    """An excerpt as Verovio takes it, now and then with another clef, key or metre than it was written in."""
    kern = row["kern"].rstrip("\n")
    spines = kern.rsplit("\n", 1)[-1].count("\t") + 1
    if row["staves"] == 1 and rng.random() < 0.15:
        kern = re.sub(r"\*clef\S+", rng.choice(_CLEFS), kern, count=1)
    if rng.random() < 0.2:
        kern = re.sub(r"\*k\[[^]]*\]", f"*k[{_key(rng.randint(-7, 7))}]", kern)
    lines = kern.split("\n")
    if "*M" not in kern and row["meter"] and rng.random() < 0.5:
        at = max(n for n, line in enumerate(lines[:6]) if line.startswith("*")) + 1
        if not any("*^" in line for line in lines[:at]):
            lines.insert(at, "\t".join([f"*M{row['meter']}"] * row["staves"]))
    head = ["!!!filter: autobeam"] if rng.random() < 0.88 else []
    return "\n".join([*head, *lines, "\t".join(["*-"] * spines)])


def _key(fifths: int) -> str:
    order = _SHARPS[:fifths] if fifths > 0 else _SHARPS[::-1][:-fifths]
    return "".join(step + ("#" if fifths > 0 else "-") for step in order)


def packed(staff: Any) -> tuple[bytes, Any]:
    """A picture as PNG, and its marks: class, x (spaces), position, index of each trait; or -1 for no trait."""
    import cv2

    rows = []
    for mark in staff.marks:
        taken = mark.traits
        traits = [names.index(taken[t]) if t in taken else -1 for t, names in symbols.TRAITS.items()]
        rows.append([symbols.CLASSES.index(mark.name), mark.x, mark.position, *traits])
    png = cv2.imencode(".png", staff.picture)[1].tobytes()
    return png, np.array(rows, np.float32).reshape(-1, 3 + len(symbols.TRAITS))


def _batch(rows: dict[int, list[dict[str, Any]]], rng: random.Random) -> list[tuple[bytes, Any]]:
    """Strips of some excerpts, made by a child of our own; none where Verovio took it down."""
    seed, (source, sink) = rng.getrandbits(40), os.pipe()
    child = os.fork()
    if child:
        os.close(sink)
        with os.fdopen(source, "rb") as file:
            told = file.read()
        os.waitpid(child, 0)
        return pickle.loads(told) if told else []
    try:
        os.close(source)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        made = _made(rows, random.Random(seed))
        with os.fdopen(sink, "wb") as file:
            file.write(pickle.dumps(made))
    finally:
        os._exit(0)


def _made(rows: dict[int, list[dict[str, Any]]], rng: random.Random) -> list[tuple[bytes, Any]]:
    import verovio
    from training.score.engraved import staves

    verovio.enableLog(verovio.LOG_OFF)
    tool, strips = verovio.toolkit(), list[tuple[bytes, Any]]()
    for _ in range(_BATCH):
        row = rng.choice(rows[1 if rng.random() < 0.4 else 2])
        try:
            made = staves(tool, varied(row, rng), rng)
        except (ValueError, StopIteration, KeyError, IndexError):
            continue
        strips += [packed(staff) for staff in made if staff.marks and staff.picture.shape[1] < 3000]
    return strips


def main() -> None:
    """Make shards until there are enough strips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--music", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--strips", type=int, default=15000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    rng, rows, strips, kept = random.Random(given.seed), excerpts(given.music), list[Any](), 0
    while kept < given.strips:
        strips += _batch(rows, rng)
        if len(strips) >= _FILE:
            partial = given.out / f".{given.seed}"
            partial.write_bytes(pickle.dumps(strips))
            partial.rename(given.out / f"{given.seed}-{kept:06d}.pkl")
            kept, strips = kept + len(strips), []


if __name__ == "__main__":
    main()
