"""Work on real Ray nodes; `make cluster` installs Ray and runs this."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="Ray is not installed: make cluster")

import json

import pyarrow as pa
from benchmarks.scale.services import joined
from benchmarks.serve import inputs
from benchmarks.serve.inputs import BLACK, WHITE
from benchmarks.serve.server import PLUGIN, Server
from rays import Rays, rays


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rays]:
    engines = {
        "PYTHONPATH": str(PLUGIN),
        "LEGENDA_BENCH_NOTES": str(tmp_path / "notes"),
        "LEGENDA_BENCH_SECONDS": "0.1",
    }
    with rays(engines) as found:
        found.head(1)
        found.node("other", 1)
        monkeypatch.setenv("RAY_ADDRESS", found.address)
        yield found


def test_nodes_and_the_head_are_killed(cluster: Rays, tmp_path: Path) -> None:
    greys = [WHITE] * 40
    greys[20] = BLACK  # kills who reads it
    notes = tmp_path / "notes"  # of the nodes; the server's own processes have others
    with Server(tmp_path / "server", executor="ray", workers=2, lease_seconds=6) as server, server.client() as client:
        assert client.submit(inputs.pdf(5), engine="pace").wait().pages_done == 5  # wherever, Ray Serve may still start
        joined(server)
        job, here = client.submit(inputs.pdf(100), engine="pace"), server.reads()
        _reach(job, 20)
        cluster.kill("other")
        _reach(job, 40)
        assert server.reads() == here and notes.read_bytes().count(b"\n") >= 40
        cluster.kill("head")
        gone = time.time()
        _reach(job, 70)  # without a cluster
        assert server.reads() > here
        cluster.head(1)
        cluster.node("third", 1)
        joined(server, gone)
        here = server.reads()
        assert job.wait().pages_done == 100
        assert [page.number for page in job.pages()] == list(range(1, 101))
        poisoned = client.submit(inputs.pdf(greys), engine="stumble")
        done = Counter(bool(page.text) for page in poisoned.pages())
        assert done == {True: 39, False: 1}
        assert server.reads() - here < 40
        assert server.alive


def _reach(job: object, pages: int) -> None:
    deadline = time.monotonic() + 120
    while job.refresh().pages_done < pages:  # type: ignore[attr-defined]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_batch(cluster: Rays, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(30):
        (tmp_path / "in" / f"{number}.png").write_bytes(inputs.picture())
    command = [sys.executable, "-m", "legenda", "batch", tmp_path / "in", tmp_path / "out", "--executor", "ray"]
    environment = os.environ | {"PYTHONPATH": str(PLUGIN)}
    process = subprocess.Popen([*command, "--engine", "pace", "--shard", "3"], env=environment)
    done = tmp_path / "out" / "done"
    while not list(done.glob("*")) and process.poll() is None:
        time.sleep(0.05)
    cluster.kill("other")
    assert process.wait(120) == 0
    keys: Counter[str] = Counter()
    for file in (tmp_path / "out" / "shards").glob("*.zst"):
        with pa.CompressedInputStream(str(file), "zstd") as stream:
            keys.update(json.loads(line)["key"] for line in stream.read().splitlines())
    assert keys == Counter(f"{number}.png" for number in range(30))
