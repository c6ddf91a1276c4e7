"""Who holds what is being worked on: a name that a process has alone, and the next one in its place has again."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path


class Node:
    """The name of this process among all that share a database.

    Processes with one data folder take places there, the lowest that is free. What the name of a free place still holds
    was held by a process that is gone, so whoever takes the place may give it back at once.

    Args:
        folder: of the data.

    Attributes:
        name: of 60 characters at most.
    """

    def __init__(self, folder: Path) -> None:
        place = next(place for place in count() if self._locked(folder / f".node-{place}.lock"))
        self.name = f"{socket.gethostname()[:38]}-{sha256(str(folder).encode()).hexdigest()[:16]}"
        if place:
            self.name += f"-{place}"

    def _locked(self, file: Path) -> bool:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._descriptor: int | None = descriptor
            return True
        os.close(descriptor)
        return False

    def close(self) -> None:
        """Leave the place."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
