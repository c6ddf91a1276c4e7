"""A real `legenda serve` in a folder of its own, seen from outside: its address, its processes, its memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from benchmarks.serve import processes
from legenda.client import Client

PLUGIN = Path(__file__).resolve().parent / "plugin"


def plugged(*more: str) -> str:
    """The module path of processes that know the engines of the plugin, before what is on it already."""
    return os.pathsep.join((str(PLUGIN), *more, *filter(None, [os.environ.get("PYTHONPATH")])))


_START = 60.0  # seconds
_WORKER = "legenda.execute.worker"


class Server:
    """A server; a context manager.

    Args:
        folder: of its state, its log and the notes of the engines.
        seconds: the engines `pace`, `spin` and `stumble` take for a page.
        settings: of `legenda.settings.Settings`, by name.

    Attributes:
        url: its address while it runs.
        notes: a line for each page an engine began.
    """

    def __init__(self, folder: Path, *, seconds: float = 0.05, **settings: object) -> None:
        self.folder, self.notes, self.log = folder, folder / "notes", folder / "log"
        folder.mkdir(parents=True, exist_ok=True)
        self.notes.touch()
        given = {f"LEGENDA_{name.upper()}": str(value) for name, value in settings.items()}
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("LEGENDA_")}
        self._environment = theirs | {
            "PYTHONPATH": plugged(),
            "LEGENDA_DATA_DIR": str(folder / "data"),
            "LEGENDA_PORT": "0",
            "LEGENDA_BENCH_NOTES": str(self.notes),
            "LEGENDA_BENCH_SECONDS": str(seconds),
            **given,
        }
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.log.open("ab") as log:
            at = log.tell()
            command = [sys.executable, "-m", "legenda", "serve"]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment)
        deadline = time.monotonic() + _START
        while not (url := self._listening(at)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        self.url = url

    def stop(self) -> int:
        """Ask it to end, and wait; its exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process = None

    def kill(self) -> None:
        """Kill it without a word."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def client(self) -> Client:
        """A client of it."""
        return Client(self.url)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def workers(self) -> list[int]:
        """Its worker processes."""
        return [pid for pid in processes.tree(self.pid) if _WORKER in processes.command(pid)]

    def kill_worker(self, pid: int) -> bool:
        """Kill one of them; whether it was there."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def megabytes(self) -> float:
        """Memory of the server's own process: resident, and not backed by files."""
        return processes.megabytes(self.pid)

    def processor_seconds(self) -> float:
        """What it and its workers used."""
        return processes.processor_seconds(self.pid)

    def reads(self) -> int:
        """Pages that engines began, since the folder was made."""
        return self.notes.read_bytes().count(b"\n")

    def complaints(self) -> list[str]:
        """Lines of the log that tell of errors."""
        return [line for line in self.log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]

    def _listening(self, at: int) -> str:
        for line in self.log.read_bytes()[at:].splitlines():
            if line.startswith(b"{") and (said := json.loads(line)).get("event") == "listening":
                return str(said["url"])
        return ""
