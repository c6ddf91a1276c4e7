"""Tells threads of this process that something changed, so that nobody has to poll."""

from __future__ import annotations

import threading


class Signal:
    """A version that only grows, and can be waited on. Thread safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0

    @property
    def version(self) -> int:
        """How often something changed."""
        return self._version

    def notify(self) -> None:
        """Something changed."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def wait(self, version: int, timeout: float) -> int:
        """Wait until the version is another one than this, or for `timeout` seconds; returns the version then."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, timeout)
            return self._version
