"""What other services' interfaces cost beside `/v1`: a request answered, and clients that ask all the time."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.serve import callers, inputs, processes
from benchmarks.serve.measured import Measured
from benchmarks.serve.server import Server

_CLIENTS, _RATE = 100, 10.0  # waiting clients of fal's, and how often each asks in a second
_ROOT = Path(__file__).resolve().parents[2]

Body = dict[str, object]


def _data_uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _chat(data: bytes) -> Body:
    content = [{"type": "text", "text": "OCR"}, {"type": "image_url", "image_url": {"url": _data_uri(data)}}]
    return {"model": "balanced", "messages": [{"role": "user", "content": content}]}


# path, and the body for a picture; of those that take forms, no body
_ANSWERED: dict[str, tuple[str, Callable[[bytes], Body] | None]] = {
    "fal": ("/run/fal-ai/got-ocr/v2", lambda data: {"input_image_urls": [_data_uri(data)]}),
    "Lazarus": ("/api/forms/ocr", lambda data: {"base64": base64.b64encode(data).decode()}),
    "OpenAI": ("/v1/chat/completions", _chat),
    "Mistral": (
        "/v1/ocr",
        lambda data: {
            "model": "mistral-ocr-latest",
            "document": {"type": "image_url", "image_url": _data_uri(data)},
        },
    ),
    "OCR.chat": ("/api/v1/ocr/", None),
    "PicWish": ("/task/pic/ocr", None),
}
_FILE = {"PicWish": "image_file"}
_HEADERS = {"orgId": "bench", "authKey": "bench"}
_STRUCTURED = ("OpenAI", "Mistral")  # answer in Markdown, for which pages are looked at once more


def _native(name: str) -> Callable[[bytes], Body] | None:
    """The body of the same request to `/v1`."""
    if _ANSWERED[name][1] is None:
        return None
    return lambda data: {"base64": base64.b64encode(data).decode(), "structure": name in _STRUCTURED}


def run(folder: Path, *, quick: bool) -> list[Measured]:
    """All of it; `folder` is for the state of servers, and `quick` takes seconds instead of minutes."""
    with Server(folder / "answers", workers=2) as server:
        found = [answers(server, 10 if quick else 100)]
    with Server(folder / "polls", seconds=0.2, workers=2) as server:
        found.append(polls(server, 2.0 if quick else 20.0))
    return found


def answers(server: Server, count: int) -> Measured:
    """A picture read and answered by each interface, in turns with `/v1` in the same form."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    taken: dict[str, list[float]] = {}
    for turn in range(count + 3):  # the first ones start workers
        for name, (path, body) in _ANSWERED.items():
            beside = _ask(connection, "/v1/jobs", _native(name), "file")
            itself = _ask(connection, path, body, _FILE.get(name, "file"))
            if turn >= 3:
                taken.setdefault(name, []).append(itself)
                taken.setdefault("", []).append(beside)
    connection.close()
    native = taken.pop("")
    added = {name: median(its) - median(native[k :: len(_ANSWERED)]) for k, (name, its) in enumerate(taken.items())}
    told = ", ".join(f"{name} {1000 * more:+.1f}" for name, more in added.items())
    return Measured(
        "answers of other services' interfaces beside `/v1`",
        "at most 5 ms later at the median",
        f"{told} ms; `/v1` {1000 * min(native):.1f} ms at best",
        max(added.values()) < 0.005,
        f"{count} pictures each, read by the usual engine; in turns with the same request to `/v1`",
    )


def _ask(connection: http.client.HTTPConnection, path: str, body: Callable[[bytes], Body] | None, field: str) -> float:
    data, headers = inputs.picture(), dict(_HEADERS)
    if body:
        sent, headers["Content-Type"] = json.dumps(body(data)).encode(), "application/json"
    else:
        sent, headers["Content-Type"] = callers.form(data, {}, field), callers.FORM
    began = time.perf_counter()
    connection.request("POST", path, sent, headers)
    response = connection.getresponse()
    response.read()
    taken = time.perf_counter() - began
    if response.status != 200:
        raise RuntimeError(f"{path} answered with status {response.status}")
    return taken


def polls(server: Server, seconds: float) -> Measured:
    """Clients of fal's that wait for a job each ask ten times a second: what that takes from reading."""
    with server.client() as client:
        client.submit(inputs.pdf(5000), engine="spin", priority=10).counted()
        url = _submitted(server)
        idle = _used(server.pid, seconds, [])
        command = [sys.executable, "-m", "benchmarks.serve.steady", url, str(_CLIENTS), str(_RATE), str(seconds)]
        used = _used(server.pid, seconds, command)
    asked = int(json.loads(used[1])["answers"])
    worst = float(json.loads(used[1])["p99"])
    cores = os.cpu_count() or 1
    share = (used[0] - idle[0]) / seconds / cores * (_CLIENTS * _RATE * seconds / max(1, asked))
    return Measured(
        f"{_CLIENTS} clients of fal's wait, each asks {_RATE:.0f} times a second",
        "reading at most 5 % slower",
        f"{share:.1%} of the machine for {_CLIENTS * _RATE:.0f} answers a second; p99 {1000 * worst:.0f} ms; "
        f"{asked / seconds:.0f} a second asked",
        share <= 0.05,
        f"processor time of the server's own process, with and without them, over {seconds:g} s and {cores} cores",
    )


def _submitted(server: Server) -> str:
    """A job that waits, and where to ask for its status."""
    body = json.dumps({"input_image_urls": [_data_uri(inputs.picture())]})
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    connection.request("POST", "/queue/fal-ai/got-ocr/v2", body, {"Content-Type": "application/json"})
    url: str = json.loads(connection.getresponse().read())["status_url"]
    connection.close()
    return url


def _used(pid: int, seconds: float, command: list[str]) -> tuple[float, str]:
    """Processor seconds of a process alone while a command runs, or for so long; and what the command says."""
    before = processes.own_seconds(pid)
    said = ""
    if command:
        said = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    else:
        time.sleep(seconds)
    return processes.own_seconds(pid) - before, said
