"""What every process is made of that works on jobs, whether it serves them, too, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from legenda.blobs import BlobStore
from legenda.errors import InvalidOptionError, MissingComponentError, OutputError
from legenda.execute.dispatcher import Dispatcher
from legenda.execute.local import ExportsOnly, LocalExecutor
from legenda.execute.nodes import Node
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.pipeline.process import usual_workers

if TYPE_CHECKING:
    from legenda.execute.base import Executor
    from legenda.execute.hooks import Hook
    from legenda.settings import Settings


@dataclass
class Station:
    """Store, blobs, executor and dispatcher of an installation, opened and closed in order."""

    settings: Settings
    data: Path
    seal: Seal
    store: JobStore
    blobs: BlobStore
    executor: Executor
    dispatcher: Dispatcher
    _node: Node
    _working: bool = False

    @classmethod
    def opened(cls, settings: Settings, hooks: Mapping[str, Hook]) -> Station:
        """Open everything; nothing runs yet.

        Args:
            settings: of the installation.
            hooks: how dialects tell their callers.

        Raises:
            LegendaError: the data folder, the database or the blob store cannot be opened.
        """
        data = settings.data_dir.resolve()
        try:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            node = Node(data)
        except OSError as error:
            why = error.strerror or ""
            raise OutputError(f"{data} cannot be written to", why, "choose another with --data-dir") from None
        seal = Seal.of(settings)
        store = _store(settings, seal)
        blobs = BlobStore(settings.blobs_url or (data / "blobs").as_uri())
        executor = _executor(settings)
        dispatcher = Dispatcher(store, blobs, executor, settings, node=node.name, hooks=hooks)
        return cls(settings, data, seal, store, blobs, executor, dispatcher, node)

    @property
    def node(self) -> str:
        """The name of this process among all that share the database."""
        return self._node.name

    def start(self) -> None:
        """Begin to work."""
        self._working = True
        self.store.listen()
        self.dispatcher.start()

    def close(self, seconds: float) -> None:
        """Finish or give back what is being done, within so many seconds, and close everything."""
        if self._working:
            self._working = False
            self.dispatcher.drain(seconds)
        self.store.close()
        self._node.close()


def _executor(settings: Settings) -> Executor:
    if settings.executor == "none":
        return ExportsOnly(1, settings.worker_units)
    if settings.executor == "ray":
        if find_spec("ray") is None:
            raise MissingComponentError("Ray is not installed", "", "pip install 'legenda[ray]'")
        from legenda.execute.cluster import Cluster, RayExecutor

        return RayExecutor(Cluster("", settings.worker_units, settings.ray_gpus), settings.workers or usual_workers())
    return LocalExecutor(settings.workers, settings.worker_units)


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
