"""fal's own clients, led to the server by the line of Python and the line of JavaScript of the docs."""

from __future__ import annotations

import io
import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fal_client
import fal_client.client
import pytest
from PIL import Image
from serving import Serving
from written import written

from legenda.compat.fal import redirect

NODE = Path(__file__).parents[3] / "node"
_PUT = ("RUN_URL_FORMAT", "QUEUE_URL_FORMAT", "REST_URL", "CDN_URL", "REALTIME_URL_FORMAT")


@pytest.fixture(scope="session")
def redirected(server: Serving) -> Iterator[None]:
    before = {name: getattr(fal_client.client, name) for name in _PUT}
    redirect(server.url)
    yield
    for name, value in before.items():
        setattr(fal_client.client, name, value)


@pytest.fixture
def client(redirected: None) -> Iterator[fal_client.SyncClient]:
    made = fal_client.SyncClient(key="id:secret")
    yield made
    made._client.close()  # it has no other end


@pytest.fixture
def pages() -> Callable[[int], bytes]:
    """Pictures of several pages, each of them another."""

    def make(count: int) -> bytes:
        drawn = [Image.fromarray(written(f"page {n} of {count}", uuid.uuid4().hex)) for n in range(1, count + 1)]
        width, height = max(p.width for p in drawn), max(p.height for p in drawn)
        whole = []
        for each in drawn:
            sheet = Image.new("L", (width, height), 255)
            sheet.paste(each)
            whole.append(sheet)
        out = io.BytesIO()
        whole[0].save(out, "TIFF", save_all=True, append_images=whole[1:])
        return out.getvalue()

    return make


@pytest.fixture
def node(server: Serving) -> Callable[..., Any]:
    """Run a script with `fal` at hand; gives what it `show`s."""

    def run(script: str, *options: str, base: str = "", **given: Any) -> Any:
        head = """
            import { fal, createFalClient, ApiError, ValidationError, parseEndpointId } from "@fal-ai/client";
            import { readFileSync } from "node:fs";
            const given = JSON.parse(readFileSync(0)), base = given.base, app = "fal-ai/got-ocr/v2";
            const proxyUrl = { url: base + "/api/fal/proxy", when: "always" };
            fal.config({ credentials: "id:secret", proxyUrl });
            const shown = [];
            const show = (value) => shown.push(value === undefined ? null : value);
            const failing = async (does) => { try { await does(); return null; } catch (error) { return error; } };
        """
        command = [
            "node",
            *options,
            "--input-type=module",
            "-e",
            head + script + "\nconsole.log(JSON.stringify(shown));",
        ]
        told = json.dumps({"base": base or server.url} | given)
        ended = subprocess.run(command, cwd=NODE, input=told, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    return run
