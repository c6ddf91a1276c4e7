"""What the routes share while the server runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from starlette.requests import Request

from legenda.server.askers import Askers
from legenda.server.translations import Translations

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.jobs.keys import Keys
    from legenda.jobs.seal import Seal
    from legenda.jobs.store import JobStore
    from legenda.server.auth import Doors
    from legenda.server.exporting import Exporting
    from legenda.server.hub import Hub
    from legenda.server.page_pictures import PagePictures
    from legenda.server.snapshots import Snapshots
    from legenda.settings import Settings

_SLOW_AT_ONCE = 16


@dataclass
class Service:
    """The parts of a running server.

    Attributes:
        settings, store, blobs, keys, seal: of the installation.
        hub: tells waiting requests what changed.
        exporting: makes formats that nobody asked for before.
        uploads: folder of temporary files.
        doors: whether callers without a key are let in.
        snapshots: answers to polls.
        pictures: of pages.
        askers: answer questions about documents.
        translations: of documents.
        slow: threads for what may wait long (resolvers, disks), so that polls never queue behind it.
        draining: no new work, streams end.
    """

    settings: Settings
    store: JobStore
    blobs: BlobStore
    keys: Keys
    seal: Seal
    hub: Hub
    exporting: Exporting
    uploads: Path
    doors: Doors
    snapshots: Snapshots
    pictures: PagePictures
    askers: Askers = field(default_factory=Askers)
    translations: Translations = field(default_factory=Translations)
    slow: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_SLOW_AT_ONCE))
    draining: bool = False


def service_of(request: Request) -> Service:
    """The service a request came to."""
    service: Service = request.app.state.service
    return service
