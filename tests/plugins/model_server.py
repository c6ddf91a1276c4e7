"""A server of OpenAI's protocol around a GOT-OCR2, run as a process of its own: `python model_server.py FOLDER SCRIPT`.

It answers `POST /v1/chat/completions` for the models `got-ocr2-tiny` (the model in FOLDER) and those of SCRIPT, a JSON
file of answers by model: each a list of texts, or of `{"status": ..., "text": ..., "finish_reason": ...}`, one a
request, the last for ever after. It is strict: what vLLM refuses, it refuses. `GET /asked` has all requests so far.
"""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

KEY = "sk-of-the-model"
TINY = "stepfun/got-ocr2-tiny"


def main(folder: str, script: str) -> None:
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(app(folder, json.loads(Path(script).read_text())), log_level="error"))
    server.run(sockets=[listener])


def app(folder: str, script: dict[str, list[Any]]) -> Any:
    served, asked, loaded = FastAPI(), list[dict[str, Any]](), dict[str, Any]()

    def refused(status: int, message: str) -> JSONResponse:
        return JSONResponse({"error": {"message": message, "type": "invalid_request_error", "code": status}}, status)

    @served.get("/v1/models")
    async def models() -> Any:
        names = [*([TINY] if folder else []), *script]
        return {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "tests"} for name in names]}

    @served.get("/asked")
    async def seen() -> Any:
        return asked

    @served.post("/v1/chat/completions")
    async def complete(request: Request) -> Any:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refused(401, "Incorrect API key provided.")
        body = json.loads(await request.body())
        (message,) = body["messages"]
        pictures = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
        prompt = "".join(part["text"] for part in message["content"] if part["type"] == "text")
        raster = picture(pictures[0])
        kept = {name: value for name, value in body.items() if name != "messages"}
        asked.append(kept | {"prompt": prompt, "size": [raster.shape[1], raster.shape[0]]})
        if body["model"] == TINY:
            if "model" not in loaded:
                from legenda.engines.got.model import GotModel

                loaded["model"] = GotModel(folder, tokens=32)
            from legenda.engines.got import Mode

            (answer,) = loaded["model"].write([raster], Mode("format" in prompt))
            text, reason = answer.text, "stop" if answer.complete else "length"
        elif body["model"] in script:
            said = script[body["model"]]
            entry = said.pop(0) if len(said) > 1 else said[0]
            entry = entry if isinstance(entry, dict) else {"text": entry}
            if entry.get("status"):
                return refused(entry["status"], entry.get("text", "no"))
            text, reason = entry["text"], entry.get("finish_reason", "stop")
        else:
            return refused(404, f"The model `{body['model']}` does not exist.")
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        usage = {"prompt_tokens": 300, "completion_tokens": len(text), "total_tokens": 300 + len(text)}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": body["model"]}
        return head | {"choices": [choice], "usage": usage}

    return served


def picture(uri: str) -> Any:
    import numpy as np
    from PIL import Image

    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64", head
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))


class ModelServer:
    """The process."""

    def __init__(self, folder: Path | None, answers: Mapping[str, Sequence[Any]], place: Path) -> None:
        script = place / "script.json"
        script.write_text(json.dumps(dict(answers)))
        command = [sys.executable, __file__, str(folder or ""), str(script)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/v1"

    def asked(self) -> list[dict[str, Any]]:
        """Requests so far."""
        import httpx2

        return list(httpx2.get(self.url.replace("/v1", "/asked")).json())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        assert self._process.stdout
        self._process.stdout.close()


@contextmanager
def model_server(
    place: Path, answers: Mapping[str, Sequence[Any]], folder: Path | None = None
) -> Iterator[ModelServer]:
    server = ModelServer(folder, answers, place)
    try:
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
