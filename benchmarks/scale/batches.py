"""`legenda batch` killed again and again, and what it costs over reading alone."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.serve import inputs
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import PLUGIN

_JOBS = 2


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it.

    Args:
        folder: for state, removed by the caller.
        quick: with fewer documents.
    """
    return [killed(folder / "killed", 400 if quick else 20_000), overhead(folder / "overhead", 60 if quick else 300)]


def killed(folder: Path, documents: int) -> Measured:
    """SIGKILL at random until all is done."""
    import pyarrow as pa

    _fill(folder / "in", documents)
    luck, kills, began = random.Random(1), 0, time.monotonic()
    while True:
        process = _batch(folder, 0.0, "--shard", "64")
        try:
            process.wait(luck.uniform(0.5, 1) * (10 + kills + documents / 400))  # ever longer: it shall end
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            continue
        break
    keys: Counter[str] = Counter()
    for file in (folder / "out" / "shards").glob("*.zst"):
        with pa.CompressedInputStream(str(file), "zstd") as stream:
            keys.update(json.loads(line)["key"] for line in stream.read().splitlines())
    once = sum(times == 1 for times in keys.values())
    return Measured(
        f"a batch of {documents:,} page objects killed at random and begun again until done",
        "every document once",
        f"{once:,} documents once, {documents - len(keys)} missing, {len(keys) - once} more than once",
        once == documents,
        f"{kills} SIGKILLs, {time.monotonic() - began:.0f} s",
    )


def overhead(folder: Path, documents: int) -> Measured:
    """The same documents by the library alone, and by a batch; processor time, since others use this machine, too."""
    seconds = 0.2
    _fill(folder / "in", documents)
    alone = _cpu(lambda: _reader(folder / "in", seconds))
    batch = _cpu(lambda: _batch(folder, seconds))
    more = batch / alone - 1
    return Measured(
        "a batch costs little more than reading",
        "at most 5 % over the bare reader",
        f"{more:+.1%} processor time ({alone:.1f} and {batch:.1f} s)",
        more <= 0.05,
        f"{documents} pictures, {seconds:g} s of processor time a page, {_JOBS} processes",
    )


def _fill(folder: Path, documents: int) -> None:
    for number in range(documents):
        file = folder / f"{number // 1000:03}" / f"{number:06}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(inputs.picture())


def _batch(folder: Path, seconds: float, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "legenda", "batch", str(folder / "in"), str(folder / "out"), "--engine", "spin"]
    return subprocess.Popen([*command, "--jobs", str(_JOBS), "--quiet", *options], env=_environment(seconds))


def _reader(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from pathlib import Path; import legenda; from legenda.pipeline import Reader\n"
        "from legenda.options import ReadOptions\n"
        f"with Reader(ReadOptions(engine='spin'), {_JOBS}) as reader:\n"
        "    for _ in reader.read_many(sorted(Path(sys.argv[1]).rglob('*.png'))): pass\n"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], env=_environment(seconds))


def _environment(seconds: float) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(seconds)}


def _cpu(start: object) -> float:
    """Processor seconds of a process and all that it waited for."""
    before = os.times()
    start().wait()  # type: ignore[operator]
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
