"""Where a running server is found, noted in its data folder for `legenda env`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from legenda.server.logs import log

if TYPE_CHECKING:
    from legenda.server.ways.sockets import Sockets

_FILE = "listening.json"


class Note:
    """The note of one server.

    Args:
        folder: of its data.
        sockets: it listens on.
    """

    def __init__(self, folder: Path, sockets: Sockets) -> None:
        self._file, self._sockets = folder / _FILE, sockets

    def write(self) -> None:
        """Say, there and in the log, that the server listens, and where."""
        ways = self._sockets.urls()
        if authority := self._sockets.authority:
            ways |= {"authority": str(authority.file), "bundle": str(authority.bundle)}
        with suppress(OSError):  # a full disk shall not keep the server from serving
            self._file.write_text(json.dumps(ways))
        log.info("listening", extra={"fields": ways})

    def remove(self) -> None:
        """Take it away."""
        self._file.unlink(missing_ok=True)


def noted(folder: Path) -> Mapping[str, str]:
    """`url`, `tls`, `proxy`, `authority`, `bundle` of the server that runs with a data folder, as far as it has them.

    Empty where none runs, or one that was killed has left nothing to go by.
    """
    try:
        found = json.loads((folder / _FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
