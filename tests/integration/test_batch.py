"""`legenda batch` as a process, on a folder and on a bucket; killed, poisoned, and begun twice at once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import buckets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.serve.inputs import BLACK, WHITE, pdf, picture
from benchmarks.serve.server import PLUGIN

from legenda.blobs import BlobStore

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with buckets.served() as variables:
        yield variables


@pytest.fixture(params=["folder", "bucket"])
def places(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    if request.param == "folder":
        return (tmp_path / "in").as_uri(), (tmp_path / "out").as_uri()
    for name, value in request.getfixturevalue("bucket").items():
        monkeypatch.setenv(name, value)
    return f"s3://legenda/{tmp_path.name}/in", f"s3://legenda/{tmp_path.name}/out"


@pytest.fixture
def batch(places: tuple[str, str], tmp_path: Path) -> Run:
    notes = tmp_path / "notes"
    notes.touch()
    environment = {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_NOTES": str(notes), "LEGENDA_BENCH_SECONDS": "0.02"}

    def run(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "legenda", "batch", *places, "--jobs", "1", *options]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment)

    return run


def put(place: str, name: str, data: bytes) -> None:
    """Any name, as others would have written it; keys of ours are narrower."""
    if place.startswith("file:"):
        path = Path(place.removeprefix("file://"), name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    else:
        BlobStore(place).put(name, data)


def lines(output: str) -> list[dict[str, object]]:
    store, found = BlobStore(output), []
    for key in sorted(store.list("shards")):
        if key.endswith(".zst"):
            with store.path(key) as path, pa.CompressedInputStream(str(path), "zstd") as stream:
                found += [json.loads(line) for line in stream.read().splitlines()]
    return found


def table(output: str) -> list[dict[str, object]]:
    store, found = BlobStore(output), []
    for key in sorted(store.list("shards")):
        if key.endswith(".parquet"):
            with store.path(key) as path:
                found += pq.read_table(path).to_pylist()
    return found


def test_killed_and_begun_again_until_done(places: tuple[str, str], batch: Run) -> None:
    input, output = places
    names = [f"{n % 3}/page {n}.png" if input.startswith("file:") else f"{n % 3}/page-{n}.png" for n in range(24)]
    for name in names:
        put(input, name, picture())
    luck = random.Random(1)
    for _ in range(2):
        process = batch("--engine", "pace", "--shard", "3")
        deadline = time.monotonic() + 60
        before = len(list(BlobStore(output).list("done")))
        while len(list(BlobStore(output).list("done"))) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(luck.random() * 0.1)
        process.kill()
        process.communicate()
    together = [batch("--engine", "pace", "--shard", "3") for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in together]
    assert [process.returncode for process in together] == [0, 0], said
    assert all("24 documents, 24 pages;" in text for text in said)
    assert Counter(str(line["key"]) for line in lines(output)) == Counter(names)
    assert Counter((row["key"], row["page"]) for row in table(output)) == Counter((name, 1) for name in names)
    assert all(row["text"] and row["error"] is None for row in table(output))
    assert len(list(BlobStore(output).list("done"))) == 8
    again = batch("--engine", "pace", "--shard", "3")
    assert "24 documents" in again.communicate(timeout=60)[1] and again.returncode == 0
    other = batch("--engine", "cpu")
    assert "holds another batch" in other.communicate(timeout=60)[1] and other.returncode == 2


def test_bad_documents_are_recorded_and_passed_over(places: tuple[str, str], batch: Run) -> None:
    input, output = places
    good = ["a.pdf", "c.pdf", "e.pdf"]
    for name in good:
        put(input, name, pdf([WHITE]))
    put(input, "b.pdf", pdf([BLACK]))  # kills its reader
    put(input, "d.zzz", b"\x00\x01 of no format")
    process = batch("--engine", "stumble", "-f", "txt,json")
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 7 and "5 documents, 3 pages; 2 documents and 0 pages could not be read" in said, said
    rows = {str(row["key"]): row for row in table(output)}
    assert sorted(rows) == ["a.pdf", "b.pdf", "c.pdf", "d.zzz", "e.pdf"]
    assert all(rows[name]["text"] for name in good)
    assert rows["b.pdf"]["error"] == "engine" and "died by signal" in str(rows["b.pdf"]["message"])
    assert rows["d.zzz"]["error"] == "unsupported_format"
    assert [line["key"] for line in lines(output) if "error" in line] == ["b.pdf", "d.zzz"]
    files = [f"documents/{name}.{format}" for name in good for format in ("json", "txt")]
    assert sorted(BlobStore(output).list("documents")) == files
