"""ModelRunner's Python client unchanged, by what `legenda env modelrunner` prints; and what can be configured."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from serving import Serving, serving

TEXT = "Dear Ms Lindqvist\nthe lamps left our workshop"
RUN = "/mr/run/stepfun-ai/got-ocr/v2"
PROGRAM = """
import base64, json, sys
import modelrunner_ai
image, app = sys.stdin.read(), "stepfun-ai/got-ocr/v2"
url = modelrunner_ai.upload(base64.b64decode(image.partition(",")[2]), "image/png", "x.png")
given = {"input_image_urls": [url]}
handle = modelrunner_ai.submit(app, given)
ends = [modelrunner_ai.run(app, given), modelrunner_ai.subscribe(app, given), handle.get()]
ends.append(list(modelrunner_ai.stream(app, given))[-1])
print(json.dumps([end["output"] for end in ends]))
print(url, handle.status_url, modelrunner_ai.get_webhook_secret())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """All that can be: more names, runs that wait, bare outputs, TLS and a proxy."""
    arguments = ("--tls", "auto", "--tls-port", "0", "--connect-proxy", str(free_port()))
    settings = {"modelrunner_sync_run": "true", "modelrunner_bare_output": "true", "workers": "1"}
    settings["apps"] = json.dumps({"acme/mr": "stepfun-ai/got-ocr/v2"})
    with serving(tmp_path_factory.mktemp("ways"), *arguments, **settings) as server:
        yield server
        assert not server.other_lines
        assert [line for line in server.log if line["level"] == "error"] == []


def test_everything_by_the_proxy(configured: Serving, letter_uri: str) -> None:
    command = [sys.executable, "-m", "legenda", "env", "modelrunner", "--data-dir", str(configured.data_dir)]
    printed = subprocess.check_output(command, text=True)
    exported = dict(word.split("=", 1) for word in shlex.split(printed) if "=" in word)
    left = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    program = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(program, env=left | exported, input=letter_uri, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    outputs, links = run.stdout.splitlines()
    assert json.loads(outputs) == [[TEXT]] * 4
    file, status, secret = links.split()
    assert file.startswith("https://") and secret.startswith("whsec_")
    assert status.startswith("https://queue.modelrunner.run/stepfun-ai/got-ocr/requests/")


def test_runs_are_waited_for_if_the_server_says_so(configured: Serving, letter_uri: str) -> None:
    answer = configured.client.post(RUN, json={"input_image_urls": [letter_uri]})
    assert answer.status_code == 200 and answer.json()["output"] == [TEXT]
    assert answer.headers["x-modelrunner-request-id"] == answer.json()["id"]
    broken = "data:image/png;base64,iVBORw0KGgoAAAA"
    answer = configured.client.post(RUN, json={"input_image_urls": [broken]})
    assert answer.status_code == 422 and answer.json()["billingStatus"] == "failed"


def test_more_names(configured: Serving, letter_uri: str) -> None:
    body = {"input_image_urls": [letter_uri]}
    for path in ("/mr/run/acme/mr", "/acme/mr"):
        answer = configured.client.post(path, json=body)
        assert answer.status_code == 200 and answer.json()["modelEndpoint"] == "acme/mr", path
    made = configured.client.post("/mr/queue/acme/mr", json={}).json()
    assert made["status_url"].startswith(f"{configured.url}/mr/queue/acme/mr/requests/")
    assert configured.client.get(made["status_url"]).status_code == 200
