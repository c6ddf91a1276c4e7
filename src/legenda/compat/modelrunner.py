"""modelrunner-ai: `legenda.compat.modelrunner.redirect("http://127.0.0.1:8080")`, before the client is first used."""

from __future__ import annotations

import os
from importlib import import_module

from legenda.compat._constants import put


def redirect(base: str = "http://127.0.0.1:8080", key: str = "local") -> None:
    """Send everything `modelrunner_ai` asks for to a Legenda server: runs, queue, storage and webhook secrets.

    Args:
        base: URL of the server; plain `http` will do.
        key: for `MODELRUNNER_KEY`, unless that is set; servers on loopback without keys take anything.

    Raises:
        ModuleNotFoundError: modelrunner-ai is not installed.
        MissingComponentError: it is of a version that keeps its hosts elsewhere.
    """
    base = base.rstrip("/")
    client = import_module("modelrunner_ai.client")
    put(
        client,
        RUN_URL_FORMAT=f"{base}/mr/run/",
        QUEUE_URL_FORMAT=f"{base}/mr/queue/",
        REST_URL=f"{base}/mr/rest",
        WEBHOOK_SECRET_URL=f"{base}/mr/rest/webhooks/default/secret",
    )
    os.environ.setdefault("MODELRUNNER_KEY", key)
