"""ModelRunner's own client, led to a server by the line that the documentation gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import modelrunner_ai
import pytest
from modelrunner_ai import client as module

from legenda.compat import modelrunner

APP = "stepfun-ai/got-ocr/v2"


@pytest.fixture(scope="module")
def redirected(server: Any) -> Iterator[None]:
    names = ("RUN_URL_FORMAT", "QUEUE_URL_FORMAT", "REST_URL", "WEBHOOK_SECRET_URL")
    before = {name: getattr(module, name) for name in names}
    modelrunner.redirect(server.url)
    yield
    for name, value in before.items():
        setattr(module, name, value)
    os.environ.pop("MODELRUNNER_KEY", None)


@pytest.fixture(scope="module")
def client(redirected: None) -> Iterator[modelrunner_ai.SyncClient]:
    client = modelrunner_ai.SyncClient(key="any")
    yield client
    client._client.close()


@pytest.fixture(scope="module")
def http(server: Any) -> Iterator[httpx2.Client]:
    """For what the JavaScript client sends."""
    headers = {"Authorization": "Key any", "User-Agent": "@modelrunner/client/1.3.0", "Accept": "application/json"}
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60.0) as client:
        yield client
