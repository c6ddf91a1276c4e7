"""Ray nodes on this machine, each with processes of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.serve import processes

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_memory_monitor_refresh_ms": "0",
    "RAY_enable_metrics_collection": "false",
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}


class Rays:
    """A head, and other nodes.

    Args:
        environment: of the nodes, and so of what reads there.

    Attributes:
        address: of the head.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._port = _free()
        self.address = f"127.0.0.1:{self._port}"
        self._environment = os.environ | _QUIET | environment
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="rays-"))

    def head(self, cpus: int = 1) -> None:
        """Start the head."""
        options = ("--head", f"--port={self._port}", "--include-dashboard=false", f"--num-cpus={cpus}")
        self._start("head", *options)
        deadline = time.monotonic() + 120
        while not self._up("head"):
            assert time.monotonic() < deadline, "the head of Ray did not start"
            if self._nodes["head"].poll() is not None:  # it has no patience with a busy machine
                self._start("head", *options)
            time.sleep(0.1)

    def node(self, name: str, cpus: int = 1) -> None:
        """Start another node."""
        self._start(name, f"--address={self.address}", f"--num-cpus={cpus}")

    def _up(self, name: str) -> bool:
        return b"Ray runtime started" in (self._folder / f"{name}.log").read_bytes()[self._from :]

    def kill(self, name: str) -> None:
        """Kill all processes of a node without a word."""
        node = self._nodes.pop(name)
        for pid in {*processes.tree(node.pid), *_session(node.pid)}:  # some leave their parent
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        node.wait()

    def close(self) -> None:
        """Kill all of them."""
        for name in list(self._nodes):
            self.kill(name)

    def _start(self, name: str, *options: str) -> None:
        command = [str(Path(sys.executable).parent / "ray"), "start", "--block", "--disable-usage-stats"]
        command += ["--node-ip-address=127.0.0.1", *options]
        command += ["--object-store-memory=80000000", f"--temp-dir={self._folder}"] if name == "head" else []
        command += [] if name == "head" else ["--object-store-memory=80000000"]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._from = log.tell()
            self._nodes[name] = subprocess.Popen(
                command, stdout=log, stderr=log, env=self._environment, start_new_session=True
            )


def _session(leader: int) -> list[int]:
    """Processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(int(stat.parent.name))
    return found


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def rays(environment: Mapping[str, str]) -> Iterator[Rays]:
    """Nodes to come, killed in the end."""
    found = Rays(environment)
    try:
        yield found
    finally:
        found.close()
