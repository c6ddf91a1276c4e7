"""`legenda batch` killed again and again, and what it costs over reading alone."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.scale import objects
from benchmarks.serve.measured import Measured

_EFFORT = "fast"
_SHARD = 64


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer documents.
    """
    return [
        overhead(folder / "overhead", 100 if quick else 600, 1 if quick else 3),
        killed(folder / "killed", 400 if quick else 20_000),
    ]


def killed(folder: Path, documents: int) -> Measured:
    """SIGKILL at random until all is done."""
    objects.fill(folder / "in", documents)
    luck, kills, began, done = random.Random(1), 0, time.monotonic(), 0
    shards = -(-documents // _SHARD)
    while True:
        process = _batch(folder, "--shard", str(_SHARD), "--jobs", "2")
        enough = done + luck.uniform(0, shards / 5)  # so that it ends however slow the machine is
        while process.poll() is None and done <= enough:
            time.sleep(luck.uniform(0, 1))
            done = len(list((folder / "out" / "done").glob("*")))
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
        print(f"kill {kills}: {done} of {shards} shards after {time.monotonic() - began:.0f} s", flush=True)
    said, right = Counter[str](), 0
    for key, text in _lines(folder / "out"):
        said[key] += 1
        right += text == objects.text(int(Path(key).stem))
    once = sum(times == 1 for times in said.values())
    return Measured(
        f"a batch of {documents:,} page objects killed at random and begun again until done",
        "every document once",
        f"{once:,} documents once, {documents - len(said)} missing, {len(said) - once} more than once; "
        f"{right:,} read without a mistake",
        once == documents,
        f"{kills} SIGKILLs, {time.monotonic() - began:.0f} s; exit status {process.returncode}; one object in "
        f"{objects.PICTURES} is a picture of a line, the others PDFs of one",
    )


def _lines(output: Path) -> list[tuple[str, str]]:
    """Key and text of every document that was written down."""
    import pyarrow as pa

    found = []
    for file in sorted((output / "shards").glob("*.zst")):
        with pa.CompressedInputStream(str(file), "zstd") as stream:
            for line in stream.read().splitlines():
                told = json.loads(line)
                found.append((told["key"], told.get("document", {}).get("text", "").strip()))
    return found


def overhead(folder: Path, documents: int, rounds: int) -> Measured:
    """What each document more costs the library alone and a batch, in turn; processor time, since others are here.

    One process each: how many run at once changes what they cost. Starting them is done once in a batch, however long
    it is, so it is taken out: many documents less few.
    """
    for name, count in (("few", _SHARD), ("many", _SHARD + documents)):
        objects.fill(folder / name / "in", count)
    alone, batch = [], []
    for number in range(rounds):
        bare = [_cpu(_reader, folder / name) for name in ("few", "many")]
        whole = [_cpu(_batch, folder / name, "--jobs", "1", into=f"out-{number}") for name in ("few", "many")]
        alone.append(bare[1] - bare[0])
        batch.append(whole[1] - whole[0])
        print(f"alone {bare[0]:.1f} and {bare[1]:.1f} s, batch {whole[0]:.1f} and {whole[1]:.1f} s", flush=True)
    more = sum(batch) / sum(alone) - 1
    told = [f"{statistics.mean(each) / documents * 1000:.1f}" for each in (alone, batch)]
    return Measured(
        "a batch costs little more than reading",
        "at most 5 % over the bare reader",
        f"{more:+.1%} processor time ({told[0]} and {told[1]} ms an object)",
        more <= 0.05,
        f"{rounds} times {documents} of these objects more, effort {_EFFORT}",
    )


def _batch(folder: Path, *options: str, into: str = "out") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "legenda", "batch", str(folder / "in"), str(folder / into), "--effort", _EFFORT]
    return subprocess.Popen([*command, "--quiet", *options])


def _reader(folder: Path) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from pathlib import Path; from legenda.pipeline import Reader\n"
        "from legenda.options import ReadOptions\n"
        f"with Reader(ReadOptions(effort={_EFFORT!r}), 1) as reader:\n"
        "    for _ in reader.read_many(sorted(x for x in Path(sys.argv[1]).rglob('*') if x.is_file())): pass\n"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(folder / "in")])


def _cpu(start: Callable[..., subprocess.Popen[bytes]], *options: Any, **more: Any) -> float:
    """Processor seconds of a process and all that it waited for."""
    before = os.times()
    start(*options, **more).wait()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
