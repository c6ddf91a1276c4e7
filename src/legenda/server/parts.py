"""What a server is made of, opened and closed in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from legenda.errors import InvalidOptionError, OutputError
from legenda.execute.station import Station
from legenda.jobs.keys import Keys
from legenda.server.admission import spool_folder
from legenda.server.auth import Doors, is_loopback
from legenda.server.dialects import HOOKS
from legenda.server.exporting import Exporting
from legenda.server.hub import Hub
from legenda.server.page_pictures import PagePictures
from legenda.server.service import Service
from legenda.server.snapshots import Snapshots

if TYPE_CHECKING:
    from legenda.jobs.record import Event
    from legenda.jobs.store import JobStore
    from legenda.settings import Settings


@dataclass
class Parts:
    """The installation, opened."""

    station: Station
    keys: Keys
    uploads: Path

    @classmethod
    def opened(cls, settings: Settings) -> Parts:
        """Open everything; nothing runs yet.

        Raises:
            InvalidOptionError: others could reach the server, and there is no key.
            LegendaError: the database or the blob store cannot be opened.
        """
        station = Station.opened(settings, HOOKS)
        keys = Keys(station.store.engine, station.seal)
        try:
            check_door(settings, keys.any())
            return cls(station, keys, spool_folder(station.data))
        except OSError as error:
            what, why = f"{station.data} cannot be written to", error.strerror or ""
            raise OutputError(what, why, "choose another with --data-dir") from None

    @property
    def settings(self) -> Settings:
        """Of the installation."""
        return self.station.settings

    @property
    def store(self) -> JobStore:
        """Of jobs."""
        return self.station.store

    def service(self, witness: Callable[[Sequence[Event]], None]) -> Service:
        """What the routes share."""
        return Service(
            self.settings,
            self.store,
            self.station.blobs,
            self.keys,
            self.station.seal,
            Hub(self.store, witness),
            Exporting(self.store, self.station.blobs, self.station.executor, self.settings),
            self.uploads,
            Doors(self.keys, is_loopback(self.settings.host)),
            Snapshots(self.store, self.settings.public_url),
            PagePictures(self.station.blobs),
        )

    def start(self) -> None:
        """Begin to work."""
        self.station.start()

    def close(self, seconds: float) -> None:
        """Finish or give back what is being done, within so many seconds, and close everything."""
        self.station.close(seconds)


def check_door(settings: Settings, has_keys: bool) -> None:
    """Whether the server may listen where it is told to.

    Raises:
        InvalidOptionError: others could reach it, and there is no key.
    """
    if is_loopback(settings.host) or has_keys:
        return
    raise InvalidOptionError(
        f"{settings.host} can be reached by others, and there is no key",
        "without keys, everybody would be let in",
        "make one with `legenda keys create`, or listen on 127.0.0.1",
    )
