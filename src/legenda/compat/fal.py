"""fal-client: `legenda.compat.fal.redirect("http://127.0.0.1:8080")`, before the client is first used."""

from __future__ import annotations

import os
from importlib import import_module

from legenda.compat._constants import put


def redirect(base: str = "http://127.0.0.1:8080", key: str = "local") -> None:
    """Send everything `fal_client` asks for to a Legenda server: runs, queue, storage and realtime.

    Args:
        base: URL of the server; plain `http` will do.
        key: for `FAL_KEY`, unless that is set; servers on loopback without keys take anything.

    Raises:
        ModuleNotFoundError: fal-client is not installed.
        MissingComponentError: it is of a version (before 1.0) that keeps its hosts elsewhere.
    """
    base = base.rstrip("/")
    client = import_module("fal_client.client")
    put(
        client,
        RUN_URL_FORMAT=f"{base}/run/",
        QUEUE_URL_FORMAT=f"{base}/queue/",
        REST_URL=f"{base}/rest",
        CDN_URL=f"{base}/cdn",
        REALTIME_URL_FORMAT=base.replace("http", "ws", 1) + "/run/",
    )
    os.environ.setdefault("FAL_KEY", key)
