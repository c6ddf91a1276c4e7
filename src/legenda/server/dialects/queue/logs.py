"""Lines of log for those who ask for them: what happened to a job, as its events say."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from legenda.server.asking import Event, Snapshot
    from legenda.server.service import Service

Line = dict[str, Any]
"""`timestamp`, `level` (`INFO`, `WARN`, `ERROR`), `source` (`USER`), `message`."""

_MOST_PAGES = 200  # of larger inputs only every so many pages are told, since every poll repeats all lines
_KNOWN = 1000
_BATCH = 500
_STATES = {
    "preparing": "Fetching and converting the input",
    "done": "Done",
    "partial": "Done, but for some pages",
    "cancelled": "Cancelled",
    "failed": "Failed",
}
_LEVELS = {"partial": "WARN", "failed": "ERROR"}


@dataclass
class _Log:
    lines: list[Line] = field(default_factory=list)
    cursor: int = 0
    taken: float = -1.0


_logs: OrderedDict[str, _Log] = OrderedDict()
"""What is known already, by job: a memory of the store, in which everything can be read again."""
_lock = Lock()


async def lines(service: Service, snapshot: Snapshot) -> list[Line]:
    """All lines so far. Reads nothing for a snapshot for which that was done."""
    log = _known(snapshot.job.id)
    if log.taken != snapshot.taken:
        await run_in_threadpool(_read, service, snapshot, log)
    return log.lines


def since(service: Service, job: str, cursor: int) -> tuple[list[Line], int]:
    """The lines after a cursor (0 before the first), and the cursor after them. Blocks."""
    lines: list[Line] = []
    while batch := service.store.events(job, cursor, _BATCH):
        lines += told(batch)
        cursor = batch[-1].id
    return lines, cursor


def _known(job: str) -> _Log:
    with _lock:
        log = _logs.setdefault(job, _Log())
        _logs.move_to_end(job)
        if len(_logs) > _KNOWN:
            _logs.popitem(last=False)
        return log


def _read(service: Service, snapshot: Snapshot, log: _Log) -> None:
    """Read on where the last look ended. What two threads read at once is the same, and told once."""
    with _lock:
        before, cursor = log.lines, log.cursor
    lines, cursor = since(service, snapshot.job.id, cursor)
    with _lock:
        if cursor >= log.cursor:
            log.lines, log.cursor, log.taken = [*before, *lines], cursor, snapshot.taken


def told(events: Sequence[Event]) -> list[Line]:
    """The lines of events."""
    return [
        {"timestamp": stamp(event.at), "level": level, "source": "USER", "message": message}
        for event in events
        for level, message in _said(event)
    ]


def stamp(seconds: float) -> str:
    """ISO 8601 in UTC, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _said(event: Event) -> list[tuple[str, str]]:
    data = event.data
    if event.kind == "page":
        done, count = data["pages_done"] + data["pages_failed"], data["page_count"]
        if data["state"] == "failed":
            return [("WARN", f"page {done}/{count}: page {data['number']} could not be read")]
        return [] if done % -(-count // _MOST_PAGES) and done != count else [("INFO", f"page {done}/{count}")]
    state = data.get("state", "") if event.kind == "state" else ""
    if state == "running":
        return [("INFO", f"Reading {data['page_count']} page{'s' if data['page_count'] != 1 else ''}")]
    return [(_LEVELS.get(state, "INFO"), _STATES[state])] if state in _STATES else []
