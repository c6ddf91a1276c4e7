"""A real `legenda serve` in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

_READY_SECONDS = 60.0


class Serving:
    """A server that was started; `log` has its lines so far, as the objects they are."""

    def __init__(self, data_dir: Path, *arguments: str, **settings: str) -> None:
        self.data_dir, self.log = data_dir, []
        self.other_lines: list[str] = []
        command = [sys.executable, "-m", "legenda", "serve", "--port", "0", "--data-dir", str(data_dir), *arguments]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LEGENDA_")}
        environment |= {f"LEGENDA_{name.upper()}": value for name, value in settings.items()}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        self._listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._listening.wait(_READY_SECONDS), self.other_lines
        self.url = next((line["url"] for line in self.log if line.get("event") == "listening"), "")
        self.client = httpx2.Client(base_url=self.url, timeout=60.0)

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            try:
                self.log.append(json.loads(line))
            except ValueError:
                self.other_lines.append(line)
            if '"listening"' in line:
                self._listening.set()
        self._listening.set()

    def restarted(self, *arguments: str, **settings: str) -> Serving:
        """Another one with the same data."""
        return Serving(self.data_dir, *arguments, **settings)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, and return the exit status."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self._reader.join(10)
            assert self.process.stderr
            self.process.stderr.close()

    def settled(self, id: str, seconds: float = 60.0) -> dict[str, Any]:
        """The job once it is closed."""
        until = time.monotonic() + seconds
        while (job := self.client.get(f"/v1/jobs/{id}").json())["finished"] is None:
            assert time.monotonic() < until, job
            time.sleep(0.05)
        return dict(job)


@contextlib.contextmanager
def serving(data_dir: Path, *arguments: str, **settings: str) -> Iterator[Serving]:
    """Start a server, and stop it in the end."""
    server = Serving(data_dir, *arguments, **settings)
    try:
        yield server
    finally:
        server.stop()
