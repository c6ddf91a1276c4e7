"""`legenda worker`: reads for servers elsewhere that share its database and its blobs."""

from __future__ import annotations

from typing import Any

from legenda.cli.serve import Config, Folder, LogLevel, Workers
from legenda.cli.status import leaving

_DRAIN_SECONDS = 20.0  # pages under way are finished if they take no longer; others go back to the queue uncharged


def worker(
    workers: Workers = None,
    data_dir: Folder = None,
    log_level: LogLevel = None,
    config: Config = None,
) -> None:
    """Read for servers that share its database and its blobs.

    Any number of servers and workers share one LEGENDA_DATABASE_URL (Postgres), one LEGENDA_BLOBS_URL (a bucket) and
    one LEGENDA_SECRET_KEY. Whatever ends a worker, others take over what it was doing within LEGENDA_LEASE_SECONDS.
    SIGTERM finishes the pages under way and gives the rest back to the queue.
    """
    import os

    if config is not None:
        os.environ["LEGENDA_CONFIG"] = str(config)
    given = {"workers": workers, "data_dir": data_dir, "log_level": log_level}
    with leaving():
        _work({name: value for name, value in given.items() if value is not None})


def _work(given: dict[str, Any]) -> None:
    from importlib.util import find_spec

    from legenda.errors import MissingComponentError

    if find_spec("fastapi") is None:
        raise MissingComponentError("The server is not installed", "", "pip install 'legenda[server]'")
    from legenda.execute.station import Station
    from legenda.server import dialects, logs
    from legenda.settings import Settings

    settings = Settings.configured(**given)
    logs.configure(settings.log_level)
    dialects.load()  # their messages are sent from here, too
    station = Station.opened(settings, dialects.HOOKS)
    try:
        station.store.check_seal()  # else it would fail at every job that has a secret
        station.start()
        logs.log.info("working", extra={"fields": {"node": station.node, "units": station.executor.capacity("cpu")}})
        _told_to_end()
    finally:
        station.close(_DRAIN_SECONDS)


def _told_to_end() -> None:
    """Wait for SIGTERM or Ctrl-C."""
    import signal
    import threading

    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    told.wait()
