"""Tokens, strangers, what is used of what, and conversations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from serving import serving

Invoice = Callable[..., bytes]
CONTENT = "The invoice total is 215.00 USD."


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server with one key, of whose plan 4 pages are free, and 3 pages a day for strangers."""
    folder = tmp_path_factory.mktemp("ocrchat")
    command = [sys.executable, "-m", "legenda", "keys", "create", "ann", "--json"]
    environment = os.environ | {"LEGENDA_DATA_DIR": str(folder)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    plans = json.dumps({"default": {"free_pages": 4}})
    with serving(
        folder, workers="1", balances="true", plans=plans, anonymous_pages="3", upload_megabytes="1"
    ) as server:
        server.key = json.loads(made.stdout)["secret"]
        yield server
        assert not server.other_lines


def submit(server: Any, data: bytes, **more: Any) -> Any:
    return server.client.post("/api/v1/ocr/", files={"file": ("invoice.pdf", data)}, **more)


def test_an_account_has_pages_and_conversations(keyed: Any, invoice: Invoice) -> None:
    bearer = {"Authorization": f"Bearer {keyed.key}"}
    job = submit(keyed, invoice(2), headers=bearer).json()
    assert job["status"] == "done"
    chat = f"/api/v1/chat/{job['uuid']}"
    assert keyed.client.get(f"{chat}/history/", headers=bearer).json()["messages"] == []
    first = keyed.client.post(f"{chat}/", json={"message": "What is the invoice total?"}, headers=bearer).json()
    assert first["message"]["role"] == "assistant"
    assert first["message"]["content"].startswith(f"{CONTENT} (p. 1)")
    assert first["message"]["citations"][0] == {"page": 1, "snippet": CONTENT}
    second = keyed.client.post(chat, params={"api_token": keyed.key}, json={"message": "Who won the election?"}).json()
    assert second["message"] == {"role": "assistant", "content": "This is not in the document.", "citations": []}
    told = keyed.client.get(f"{chat}/history/", headers=bearer).json()
    assert told["conversation"] == first["conversation"] == second["conversation"]
    assert [message["role"] for message in told["messages"]] == ["user", "assistant"] * 2
    assert told["messages"][0]["content"] == "What is the invoice total?" and "citations" not in told["messages"][0]
    assert told["messages"][1]["citations"][0]["page"] == 1 and told["messages"][1]["created_at"].endswith("Z")

    answer = submit(keyed, invoice(3), headers=bearer)
    assert answer.status_code == 402, answer.text
    said = answer.json()
    assert said.pop("error") and said == {"used": 2, "cap": 4, "period": "month"}

    assert keyed.client.delete(f"/v1/jobs/{job['uuid']}", headers=bearer).status_code == 204
    assert keyed.client.get(f"{chat}/history/", headers=bearer).status_code == 404


def test_strangers_read_but_do_not_chat(keyed: Any, invoice: Invoice, letter: bytes) -> None:
    job = submit(keyed, invoice(2)).json()
    assert job["status"] == "done"
    assert keyed.client.get(f"/api/v1/ocr/{job['uuid']}/").json()["status"] == "done"
    chat = f"/api/v1/chat/{job['uuid']}/"
    for answer in (keyed.client.post(chat, json={"message": "total?"}), keyed.client.get(f"{chat}history/")):
        assert answer.status_code == 401 and set(answer.json()) == {"error"}
    assert submit(keyed, letter).status_code == 200
    answer = submit(keyed, letter)
    assert answer.status_code == 402
    assert {name: answer.json()[name] for name in ("used", "cap", "period")} == {"used": 3, "cap": 3, "period": "day"}


def test_a_file_that_is_too_large(keyed: Any, invoice: Invoice) -> None:
    answer = submit(keyed, invoice() + bytes(2**20), headers={"Authorization": f"Bearer {keyed.key}"})
    assert answer.status_code == 400 and "too large" in answer.json()["error"]


def test_a_token_that_is_none(keyed: Any, letter: bytes) -> None:
    for more in ({"headers": {"Authorization": "Bearer no-token"}}, {"params": {"api_token": "no-token"}}):
        answer = submit(keyed, letter, **more)
        assert answer.status_code == 401 and set(answer.json()) == {"error"}
    text = "\n".join(map(str, keyed.log)) + "".join(keyed.other_lines)
    assert "no-token" not in text and keyed.key not in text
