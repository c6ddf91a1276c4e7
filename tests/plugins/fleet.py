"""Several servers and workers on one Postgres and one bucket, as separate processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import buckets
import postgres
from benchmarks.serve.server import PLUGIN, Server

SECRET = "one secret for all of them"


class Worker:
    """A real `legenda worker` in a folder of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.notes, self.log = folder / "notes", folder / "log"
        self.notes.touch()
        own = {"LEGENDA_DATA_DIR": str(folder / "data"), "LEGENDA_BENCH_NOTES": str(self.notes)}
        self._environment = os.environ | environment | own
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            at = log.tell()
            command = [sys.executable, "-m", "legenda", "worker", "--workers", "1"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment)
        deadline = time.monotonic() + 60
        while b'"event": "working"' not in self.log.read_bytes()[at:]:
            assert self._process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def reads(self) -> int:
        return self.notes.read_bytes().count(b"\n")


class Fleet:
    """What servers and workers share, and where their folders are."""

    def __init__(self, folder: Path, settings: dict[str, object], stack: ExitStack) -> None:
        self._folder, self._settings, self._stack = folder, settings, stack

    def server(self, name: str, **more: object) -> Server:
        server = Server(self._folder / name, seconds=0.05, **self._settings, **more)
        return self._stack.enter_context(server)

    def worker(self, name: str, *, seconds: float = 0.05, **more: object) -> Worker:
        settings = {f"LEGENDA_{key.upper()}": str(value) for key, value in (self._settings | more).items()}
        engines = {"PYTHONPATH": str(PLUGIN), "LEGENDA_BENCH_SECONDS": str(seconds)}
        worker = Worker(self._folder / name, settings | engines)
        self._stack.callback(worker.kill)
        return worker


@contextmanager
def fleet(folder: Path, **settings: object) -> Iterator[Fleet]:
    """A Postgres and a bucket of their own for servers and workers to come."""
    with ExitStack() as stack:
        bucket = stack.enter_context(buckets.served())
        database = stack.enter_context(postgres.cluster())
        before = dict(os.environ)
        os.environ.update(bucket)
        stack.callback(lambda: (os.environ.clear(), os.environ.update(before)))
        shared = {"database_url": database, "blobs_url": "s3://legenda/here", "secret_key": SECRET, "lease_seconds": 6}
        yield Fleet(folder, shared | settings, stack)
