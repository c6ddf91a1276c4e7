"""What a server is made of, opened and closed in order."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from legenda.blobs import BlobStore
from legenda.errors import InvalidOptionError, MissingComponentError, OutputError
from legenda.execute.dispatcher import Dispatcher
from legenda.execute.local import LocalExecutor
from legenda.jobs.keys import Keys
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.server.admission import spool_folder
from legenda.server.auth import Doors, is_loopback
from legenda.server.dialects import HOOKS
from legenda.server.exporting import Exporting
from legenda.server.hub import Hub
from legenda.server.service import Service
from legenda.server.snapshots import Snapshots

if TYPE_CHECKING:
    from legenda.jobs.record import Event
    from legenda.settings import Settings


@dataclass
class Parts:
    """The installation, opened."""

    settings: Settings
    seal: Seal
    store: JobStore
    blobs: BlobStore
    keys: Keys
    executor: LocalExecutor
    dispatcher: Dispatcher
    uploads: Path
    _working: bool = False

    @classmethod
    def opened(cls, settings: Settings) -> Parts:
        """Open everything; nothing runs yet.

        Raises:
            InvalidOptionError: others could reach the server, and there is no key.
            LegendaError: the database or the blob store cannot be opened.
        """
        data = settings.data_dir.resolve()
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            uploads = spool_folder(data)
        except OSError as error:
            why = error.strerror or ""
            raise OutputError(f"{data} cannot be written to", why, "choose another with --data-dir") from None
        seal = Seal.of(settings)
        store = _store(settings, seal)
        keys = Keys(store.engine, seal)
        check_door(settings, keys.any())
        blobs = BlobStore(settings.blobs_url or (data / "blobs").as_uri())
        executor = LocalExecutor(settings.workers, settings.worker_units)
        dispatcher = Dispatcher(store, blobs, executor, settings, node=_node(data), hooks=HOOKS)
        return cls(settings, seal, store, blobs, keys, executor, dispatcher, uploads)

    def service(self, witness: Callable[[Sequence[Event]], None]) -> Service:
        """What the routes share."""
        return Service(
            self.settings,
            self.store,
            self.blobs,
            self.keys,
            self.seal,
            Hub(self.store, witness),
            Exporting(self.store, self.blobs, self.executor, self.settings),
            self.uploads,
            Doors(self.keys, is_loopback(self.settings.host)),
            Snapshots(self.store, self.settings.public_url),
        )

    def start(self) -> None:
        """Begin to work."""
        self._working = True
        self.dispatcher.start()

    def close(self, seconds: float) -> None:
        """Finish or give back what is being done, within so many seconds, and close everything."""
        if self._working:
            self._working = False
            self.dispatcher.drain(seconds)
        self.store.close()


def _store(settings: Settings, seal: Seal) -> JobStore:
    try:
        return JobStore(settings.database, seal, settings)
    except ImportError as error:
        what = f"The database needs {error.name}, which is not installed"
        raise MissingComponentError(what, "", "install it: pip install 'legenda[postgres]'") from None
    except SQLAlchemyError as error:
        # of the URL nothing may be repeated: it has a password in it
        why = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else type(error).__name__
        raise InvalidOptionError("The database cannot be opened", why, "check LEGENDA_DATABASE_URL") from None


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


def _node(data: Path) -> str:
    """Who holds what is being worked on: the same after a restart, another than any other server's."""
    return f"{socket.gethostname()[:40]}-{sha256(str(data).encode()).hexdigest()[:16]}"
