"""A bucket `legenda` on a server that speaks S3."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """Environment variables with which `s3://legenda` is this bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not _made(f"{url}/legenda"):
            assert server.poll() is None and time.monotonic() < deadline, "moto did not start"
            time.sleep(0.1)
        credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "us-east-1"}
        yield {"AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true", **credentials}
    finally:
        server.kill()  # it has nothing to keep
        server.wait()


def _made(bucket: str) -> bool:
    try:
        urlopen(Request(bucket, method="PUT"), timeout=5).close()
    except OSError:
        return False
    return True
