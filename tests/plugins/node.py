"""A store, a blob store and a dispatcher on a folder; as a program, until it is killed."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from legenda.blobs import BlobStore
from legenda.execute.dispatcher import Dispatcher
from legenda.execute.local import LocalExecutor
from legenda.jobs.record import Input, Job, JobRequest, Prepared, Reading
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

NODE = "node"


class Node:
    """One process' part of an installation.

    Args:
        folder: of everything.
        settings: other than the defaults.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        folder = folder.resolve()
        self.settings = Settings(data_dir=folder, **{"workers": 2, "worker_megabytes": 600} | settings)
        self.store = JobStore(f"sqlite:///{folder / 'legenda.db'}", Seal.of(self.settings), self.settings)
        self.blobs = BlobStore((folder / "blobs").as_uri())
        self.executor = LocalExecutor(self.settings.workers, self.settings.worker_units)
        self.dispatcher = Dispatcher(self.store, self.blobs, self.executor, self.settings, node=NODE)

    def submit(self, data: bytes, prepared: Prepared | None = None, engine: str = "trapped", **request: Any) -> str:
        """A job; returns its id."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.blobs.put(f"inputs/{sha256}", data)
        source = Input("book", f"inputs/{sha256}", sha256, len(data))
        made = JobRequest(request.pop("tenant", "t"), source, reading=Reading(engine=engine), **request)
        return self.store.submit(made, prepared)[0].id

    def until(self, id: str, condition: Callable[[Job], bool], seconds: float = 60.0) -> Job:
        """The job once something is true of it."""
        deadline = time.monotonic() + seconds
        while True:
            version = self.store.changed.version
            job = self.store.job(id)
            assert job
            if condition(job):
                return job
            assert time.monotonic() < deadline, job
            self.store.changed.wait(version, 0.1)

    def closed(self, id: str) -> Job:
        """The job once it is closed."""
        return self.until(id, lambda job: job.final)

    def close(self, seconds: float = 0.0) -> None:
        """Drain, and close the store."""
        self.dispatcher.drain(seconds)
        self.store.close()


if __name__ == "__main__":
    Node(Path(sys.argv[1])).dispatcher.start()
    while True:
        time.sleep(60)
