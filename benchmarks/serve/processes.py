"""Processes of this machine, as `/proc` shows them (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for parent in found:
        found += _children(parent)
    return found


def command(pid: int) -> str:
    """Its arguments, or empty if it is gone."""
    return _read(f"/proc/{pid}/cmdline")


def processor_seconds(pid: int) -> float:
    """What a process and its descendants used, those included that were waited for."""
    return sum(sum(map(int, stat[11:15])) / _TICK for stat in map(_stat, tree(pid)) if stat)


def own_seconds(pid: int) -> float:
    """What a process itself used, without its descendants."""
    return sum(map(int, _stat(pid)[11:13])) / _TICK


def megabytes(pid: int) -> float:
    """Memory of a process that is resident and not backed by files."""
    return next(int(line.split()[1]) / 1024 for line in _read(f"/proc/{pid}/status").splitlines() if "RssAnon" in line)


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
    return [int(child) for task in tasks for child in _read(f"{task}/children").split()]


def _stat(pid: int) -> list[str]:
    """Fields of `/proc/PID/stat` from the third on; the name may hold anything."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
