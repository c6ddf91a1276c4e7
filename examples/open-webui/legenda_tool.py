"""
title: Legenda
description: Reads scans, photographs, PDF and office files; answers from them with pages.
requirements: httpx
version: 0.1.0
"""

# A tool for Open WebUI: Workspace > Tools > +, paste this file. A running `legenda serve` does the work.

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, Field


class Tools:
    """What a model in Open WebUI may call."""

    class Valves(BaseModel):
        """Where Legenda is."""

        url: str = Field("http://127.0.0.1:8080", description="of `legenda serve`")
        key: str = Field("", description="made by `legenda keys create`; empty on loopback")

    def __init__(self) -> None:
        self.valves = self.Valves()
        self.citation = True

    def read_file(self, __files__: list[dict[str, Any]] | None = None) -> str:
        """Read the files attached to the chat; returns their text as Markdown with page numbers."""
        return "\n\n".join(self._markdown(path) for path in _paths(__files__)) or "No file is attached."

    def ask_file(self, question: str, __files__: list[dict[str, Any]] | None = None) -> str:
        """Answer a question from the files attached to the chat alone, with the pages it rests on.

        :param question: in any language
        """
        answers = []
        with self._client() as client:
            for path in _paths(__files__):
                job = self._job(client, path)
                answer = client.post(f"/v1/jobs/{job}/chat", json={"message": question}).raise_for_status().json()
                answers.append(f"{path.name}: {answer['message']['content']}")
        return "\n".join(answers) or "No file is attached."

    def _markdown(self, path: Path) -> str:
        with self._client() as client:
            answer = client.get(f"/v1/jobs/{self._job(client, path)}/result", params={"format": "md"})
            return answer.raise_for_status().text

    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.valves.key}"} if self.valves.key else {}
        return httpx.Client(base_url=self.valves.url, headers=headers, timeout=120)

    def _job(self, client: httpx.Client, path: Path) -> str:
        with path.open("rb") as file:
            job = client.post("/v1/jobs", files={"file": (path.name, file)}, data={"structure": "true"})
        state = job.raise_for_status().json()
        while state["state"] not in ("done", "partial", "failed", "cancelled", "expired"):
            time.sleep(1)
            state = client.get(f"/v1/jobs/{state['id']}").raise_for_status().json()
        if state["state"] not in ("done", "partial"):
            raise RuntimeError(state["failure"]["message"] if state["failure"] else f"the job is {state['state']}")
        return str(state["id"])


def _paths(files: list[dict[str, Any]] | None) -> list[Path]:
    """Where Open WebUI keeps what was attached."""
    found = [file.get("file", file).get("path") or file.get("path", "") for file in files or ()]
    return [Path(path) for path in found if path]


if __name__ == "__main__":
    import os
    import sys

    tools = Tools()
    tools.valves.url = os.environ.get("LEGENDA_URL", tools.valves.url)
    attached = [{"file": {"path": sys.argv[1]}}]
    print(tools.ask_file(sys.argv[2], attached) if len(sys.argv) > 2 else tools.read_file(attached))
