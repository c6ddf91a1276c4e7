"""Who is let in, to what, and what is told to whom."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from serving import Serving, serving


def command(*arguments: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LEGENDA_DATA_DIR": str(data_dir)} | settings
    run = [sys.executable, "-m", "legenda", *arguments]
    return subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60)


def make_key(data_dir: Path, tenant: str, scope: str = "read,write") -> str:
    made = command("keys", "create", tenant, "--scope", scope, "--json", data_dir=data_dir)
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["secret"])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("keyed")
    kinds = {"ann": "read,write", "bob": "read,write", "reader": "read", "admin": "read,write,admin"}
    return {"folder": str(folder)} | {who: make_key(folder, who, scope) for who, scope in kinds.items()}


@pytest.fixture(scope="module")
def keyed(keys) -> Iterator[Serving]:
    """A server that others can reach, with keys."""
    port, at = free_port(), {"host": "0.0.0.0", "metrics_host": "127.0.0.2", "workers": "1"}
    with serving(Path(keys["folder"]), "--metrics-port", str(port), **at) as server:
        server.client.base_url = server.url.replace("0.0.0.0", "127.0.0.1")
        server.metrics = f"http://127.0.0.2:{port}/metrics"
        yield server
        assert not server.other_lines


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture(scope="module")
def job(keyed, keys, letter) -> str:
    answer = keyed.client.post("/v1/jobs", files={"file": ("a.png", letter)}, headers=bearer(keys["ann"]))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def test_without_a_key_no_other_address_is_listened_on(tmp_path):
    run = command("serve", "--host", "0.0.0.0", "--port", "0", data_dir=tmp_path)
    assert run.returncode == 2
    assert "legenda keys create" in run.stderr and "0.0.0.0" in run.stderr


@pytest.mark.parametrize("option", ["--port", "--metrics-port"])
def test_a_port_that_is_taken(tmp_path, option):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        other = "--metrics-port" if option == "--port" else "--port"
        run = command("serve", option, port, other, "0", data_dir=tmp_path)
    assert run.returncode == 2 and port in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:1/x"),
        ("DATABASE_URL", "nosuch://user:hunter2@host/x"),
        ("DATABASE_URL", "hunter2"),
        ("BLOBS_URL", "nosuch://bucket"),
        ("DATA_DIR", "/proc/hunter3"),
        ("SECRET_KEY", "hunter2"),
        ("PORT", "hunter2"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path, name, value):
    settings = {"LEGENDA_DATA_DIR": str(tmp_path), "LEGENDA_PORT": "0"} | {f"LEGENDA_{name}": value}
    run = command("serve", data_dir=tmp_path, **settings)
    assert run.returncode in (1, 2) and run.stderr.startswith("legenda: "), run.stderr
    assert "Traceback" not in run.stderr and "hunter2" not in run.stderr


def test_nobody_gets_in_without_a_valid_key(keyed, keys, job):
    for path in ("/v1/jobs", f"/v1/jobs/{job}", f"/v1/jobs/{job}/result", f"/v1/jobs/{job}/events", "/v1/usage"):
        for headers in ({}, bearer("lgd_nosuch"), bearer(keys["ann"][:-1])):
            answer = keyed.client.get(path, headers=headers)
            assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")
    assert keyed.client.get("/livez").status_code == 200


@pytest.mark.parametrize("way", ["bearer", "query", "with an id"])
def test_ways_to_show_a_key(keyed, keys, job, way):
    secret = keys["ann"]
    headers = {"bearer": bearer(secret), "query": {}, "with an id": bearer(f"id:{secret}")}[way]
    query = {"api_token": secret} if way == "query" else {}
    assert keyed.client.get(f"/v1/jobs/{job}", params=query, headers=headers).status_code == 200


def test_the_jobs_of_others_are_not_there(keyed, keys, job):
    for who in ("bob", "reader", "admin"):
        headers = bearer(keys[who])
        for path in ("", "/pages", "/pages/1", "/result", "/events"):
            assert keyed.client.get(f"/v1/jobs/{job}{path}", headers=headers).status_code == 404
        assert keyed.client.get("/v1/jobs", headers=headers).json()["jobs"] == []
    for call in (keyed.client.delete, lambda url, headers: keyed.client.post(f"{url}/cancel", headers=headers)):
        assert call(f"/v1/jobs/{job}", headers=bearer(keys["bob"])).status_code == 404
    assert keyed.client.get(f"/v1/jobs/{job}", headers=bearer(keys["ann"])).status_code == 200


def test_the_same_input_of_another_tenant_tells_nothing(keyed, keys, job, letter):
    headers = bearer(keys["bob"]) | {"Idempotency-Key": "x"}
    other = keyed.client.post("/v1/jobs", files={"file": ("a.png", letter)}, headers=headers).json()
    assert other["id"] != job and other["state"] == "done"


def test_scopes(keyed, keys, job, letter):
    answer = keyed.client.post("/v1/jobs", files={"file": ("a.png", letter)}, headers=bearer(keys["reader"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    usage = {who: keyed.client.get("/v1/usage?tenant=*", headers=bearer(keys[who])) for who in ("ann", "admin")}
    assert usage["ann"].status_code == 403
    assert {"ann"} <= {row["account"] for row in usage["admin"].json()["usage"]}
    own = keyed.client.get("/v1/usage", headers=bearer(keys["ann"])).json()["usage"]
    assert [row["account"] for row in own] == ["ann"] and own[0]["pages"] == 1


def test_polls_that_are_said_again_are_each_callers_own(keyed, keys, job):
    for _ in range(3):
        assert keyed.client.get(f"/v1/jobs/{job}", headers=bearer(keys["ann"])).status_code == 200
        assert keyed.client.get(f"/v1/jobs/{job}", headers=bearer(keys["bob"])).status_code == 404
        assert keyed.client.get(f"/v1/jobs/{job}").status_code == 401


def test_a_revoked_key_is_refused(keyed, keys):
    secret = make_key(Path(keys["folder"]), "carl")
    assert keyed.client.get("/v1/jobs", headers=bearer(secret)).status_code == 200
    rows = json.loads(command("keys", "list", "--json", data_dir=Path(keys["folder"])).stdout)
    id = next(row["id"] for row in rows if row["tenant"] == "carl")
    assert command("keys", "revoke", id, data_dir=Path(keys["folder"])).returncode == 0
    until = time.monotonic() + 15
    while keyed.client.get("/v1/jobs", headers=bearer(secret)).status_code == 200 and time.monotonic() < until:
        time.sleep(0.2)
    assert keyed.client.get("/v1/jobs", headers=bearer(secret)).status_code == 401


def test_the_metrics_have_a_port_of_their_own_and_name_nobody(keyed, keys, job):
    assert keyed.client.get("/metrics").status_code == 404
    assert keyed.client.get(f"/v1/jobs/{job}", headers=bearer(keys["ann"])).status_code == 200
    text = httpx2.get(keyed.metrics).text
    assert 'legenda_pages_total{state="done"}' in text and "legenda_queue_pages 0.0" in text
    assert re.search(r'legenda_http_requests_total\{method="GET",route="/v1/jobs/\{id\}",status="200"\}', text)
    assert not re.search(rf"ann|bob|{job}|lgd_", text)


def test_no_key_is_ever_logged(keys, letter, tmp_path):
    with serving(Path(keys["folder"]), "--log-level", "debug", workers="1") as server:
        for secret in (keys["ann"], "lgd_wrong"):
            server.client.get("/v1/jobs", params={"api_token": secret})
            server.client.get("/v1/jobs", headers=bearer(secret))
        url = "/v1/jobs?api_token=" + keys["ann"]
        server.client.post(url, json={"url": "http://127.0.0.1/?signature=hunter2"})
        server.client.post(url, files={"file": ("a.png", letter)}, data={"password": "hunter3"})
        time.sleep(0.5)
        log = json.dumps(server.log) + "".join(server.other_lines)
    assert "GET /v1/jobs" in log  # requests are logged now
    assert not re.search(r"hunter|lgd_[A-Za-z]|Lindqvist", log)


def test_strangers_have_a_number_of_pages_a_day(tmp_path, letter):
    make_key(tmp_path, "ann")
    with serving(tmp_path, anonymous_pages="2", workers="1") as server:
        answers = [server.client.post("/v1/jobs", files={"file": ("a.png", letter)}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 402]
        refused = answers[2].json()
        assert (refused["used"], refused["cap"], refused["period"]) == (2, 2, "day")
        assert server.client.get(f"/v1/jobs/{answers[0].json()['id']}").status_code == 200
        assert server.client.get("/v1/usage").json()["usage"] == []
    assert "127.0.0.1" not in json.dumps([line for line in server.log if line["event"] != "listening"])


def test_a_full_queue_says_when_to_come_back(tmp_path, book, letter):
    with serving(tmp_path, queue_pages="1", workers="1", inline_seconds="0") as server:
        options = {"text_layer": "ignore"}
        codes = []
        for _ in range(6):
            answer = server.client.post("/v1/jobs", files={"file": ("a.pdf", book)}, data=options)
            codes.append(answer.status_code)
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) >= 1 and answer.json()["code"] == "queue_full"
                break
        assert codes[-1] == 429 and set(codes) == {202, 429}


def test_help_explains_every_setting(tmp_path):
    from legenda.settings import Settings

    run = command("serve", "--help", data_dir=tmp_path)
    assert run.returncode == 0
    for name in Settings.model_fields:
        assert f"LEGENDA_{name.upper()}" in run.stdout
