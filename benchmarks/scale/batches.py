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

from benchmarks.scale import objects
from benchmarks.serve.measured import Measured

_JOBS = 2
_EFFORT = "fast"
_SHARD = 64


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer documents.
    """
    return [
        overhead(folder / "overhead", 100 if quick else 800, 3),
        killed(folder / "killed", 400 if quick else 20_000),
    ]


def killed(folder: Path, documents: int) -> Measured:
    """SIGKILL at random until all is done."""
    objects.fill(folder / "in", documents)
    luck, kills, began, done = random.Random(1), 0, time.monotonic(), 0
    shards = -(-documents // _SHARD)
    while True:
        process = _batch(folder, "--shard", str(_SHARD))
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
    """The same by the library alone and by a batch, in turn; processor time, since others use this machine."""
    objects.fill(folder / "in", documents)
    alone, batch = [], []
    for number in range(rounds):
        alone.append(_cpu(lambda: _reader(folder / "in")))
        batch.append(_cpu(lambda: _batch(folder, into=f"out-{number}")))  # noqa: B023  (called at once)
        print(f"alone {alone[-1]:.1f} s, batch {batch[-1]:.1f} s", flush=True)
    more = statistics.median(batch) / statistics.median(alone) - 1
    return Measured(
        "a batch costs little more than reading",
        "at most 5 % over the bare reader",
        f"{more:+.1%} processor time (medians {statistics.median(alone):.1f} and {statistics.median(batch):.1f} s, "
        f"of {min(alone):.1f} to {max(alone):.1f} and {min(batch):.1f} to {max(batch):.1f})",
        more <= 0.05,
        f"{rounds} times {documents} of these objects, {_JOBS} processes, effort {_EFFORT}",
    )


def _batch(folder: Path, *options: str, into: str = "out") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "legenda", "batch", str(folder / "in"), str(folder / into), "--effort", _EFFORT]
    return subprocess.Popen([*command, "--jobs", str(_JOBS), "--quiet", *options])


def _reader(folder: Path) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from pathlib import Path; from legenda.pipeline import Reader\n"
        "from legenda.options import ReadOptions\n"
        f"with Reader(ReadOptions(effort={_EFFORT!r}), {_JOBS}) as reader:\n"
        "    for _ in reader.read_many(sorted(x for x in Path(sys.argv[1]).rglob('*') if x.is_file())): pass\n"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(folder)])


def _cpu(start: Callable[[], subprocess.Popen[bytes]]) -> float:
    """Processor seconds of a process and all that it waited for."""
    before = os.times()
    start().wait()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
