"""An answer that waits no longer says how the task stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from legenda.server.app import make_app
from legenda.server.dialects.picwish import routes
from legenda.server.metrics import Metrics
from legenda.server.parts import Parts
from legenda.settings import Settings


def test_the_relay_does_not_wait_for_ever(
    tmp_path: Path, paper: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PATIENCE", 0.0)
    app = make_app(Parts.opened(Settings(data_dir=tmp_path, workers=1)), Metrics())
    with TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000)) as client:
        task = client.post("/task/pic/ocr", files={"image_file": ("a.pdf", paper(3))}).json()["data"]
        assert task["state"] in (0, 2, 3, 4) and task["file"] == "" and task["progress"] < 100
        assert client.get(f"/task/{task['task_id']}").json()["data"]["task_id"] == task["task_id"]
