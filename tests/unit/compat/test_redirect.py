"""The vendors' own clients, led elsewhere by a line; in processes of their own, since it changes their modules."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

FAL = """
import fal_client
client = fal_client.SyncClient()
for call in (
    lambda: client.run("fal-ai/got-ocr/v2", arguments={}),
    lambda: client.submit("fal-ai/got-ocr/v2", arguments={}),
    lambda: client.upload(b"abc", "text/plain"),
):
    try:
        call()
    except Exception as error:
        print(type(error).__name__)
"""
MODELRUNNER = """
import modelrunner_ai
client = modelrunner_ai.SyncClient()
for call in (
    lambda: client.run("stepfun-ai/got-ocr/v2", arguments={}),
    lambda: client.upload(b"abc", "text/plain"),
    lambda: client.get_webhook_secret(),
):
    try:
        call()
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.fixture
def recorded():
    """A peer that answers 404 to everything, and what it was asked."""
    asked: list[tuple[str, str]] = []

    class Peer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.headers.get("Authorization", "")))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Peer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "program", "paths"),
    [
        ("fal", FAL, ["/run/fal-ai/got-ocr/v2", "/queue/fal-ai/got-ocr/v2", "/rest/storage/auth/token"]),
        (
            "modelrunner",
            MODELRUNNER,
            [
                "/mr/run/stepfun-ai/got-ocr/v2",
                "/mr/rest/storage/upload/initiate",
                "/mr/rest/webhooks/default/secret",
            ],
        ),
    ],
)
def test_a_client_goes_where_it_is_led(recorded, name, program, paths):
    url, asked = recorded
    line = f"import legenda.compat.{name} as compat\ncompat.redirect({url!r} + '/')\n"
    run = subprocess.run([sys.executable, "-c", line + program], capture_output=True, text=True, timeout=120, env={})
    assert not run.stderr, run.stderr
    for path in paths:
        assert path in [found.partition("?")[0] for found, _ in asked], (asked, run.stdout)
    assert {key for _, key in asked} == {"Key local"}


@pytest.mark.parametrize("name", ["fal", "modelrunner"])
def test_a_version_with_other_constants_is_left_alone(name):
    program = f"""
import legenda.compat.{name} as compat, {name}_{"client" if name == "fal" else "ai"}.client as client
from legenda.errors import MissingComponentError
before = client.REST_URL
del client.RUN_URL_FORMAT
try:
    compat.redirect("http://127.0.0.1:1")
except MissingComponentError as error:
    print("RUN_URL_FORMAT" in str(error), client.REST_URL == before)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert run.stdout == "True True\n", run.stderr


def test_nothing_of_a_vendors_is_imported_before_it_is_asked_for():
    program = "import sys, legenda.compat.fal, legenda.compat.modelrunner; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "legenda.compat.fal" in run.stdout.split()
    assert not {"fal_client", "modelrunner_ai", "httpx"} & set(run.stdout.split())
