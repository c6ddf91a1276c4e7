"""Tasks, field by field."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import httpx2
import openpyxl
import pikepdf
import pptx
import pytest
from peers import ok, peer
from PIL import Image
from serving import serving

RELAY, NATIVE = "/task/pic/ocr", "/api/tasks/document/ocr"
Paper = Callable[..., bytes]


def create(server: Any, data: bytes | None, path: str = RELAY, name: str = "paper.pdf", **fields: str) -> Any:
    files = {"image_file": (name, data)} if data is not None else {"none": (None, b"")}
    return server.client.post(path, files=files, data=fields)


def task_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def settled(server: Any, task_id: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while (task := task_of(server.client.get(f"/task/{task_id}")))["state"] in (0, 2, 3, 4):
        assert time.monotonic() < until, task
        time.sleep(0.05)
    return task


def test_the_relay_waits_and_the_service_does_not(server: Any, paper: Paper) -> None:
    done = create(server, paper()).json()
    assert done.keys() == {"status", "data"} and done["data"]["state"] == 1
    begun = create(server, paper(20), NATIVE).json()
    assert begun == {"status": 200, "message": "success", "data": {"task_id": begun["data"]["task_id"]}}
    assert task_of(create(server, paper(), NATIVE, sync="1"))["state"] == 1
    assert task_of(create(server, paper(20), sync="0")).keys() == {"task_id"}
    id = begun["data"]["task_id"]
    seen = {task["state"]: task for task in [task_of(server.client.get(f"{NATIVE}/{id}")), settled(server, id)]}
    assert seen.keys() <= {0, 2, 3, 4, 1}
    assert (seen[1]["ocr_pages"], seen[1]["file_pages"], seen[1]["progress"]) == (20, 20, 100)


def test_a_task_by_all_its_paths(server: Any, paper: Paper) -> None:
    id = task_of(create(server, paper()))["task_id"]
    for path in (f"/task/{id}", f"{RELAY}/{id}", f"{NATIVE}/{id}", f"{NATIVE}/{id.replace('-', '')}/"):
        task = task_of(server.client.get(path))
        assert (task["task_id"], task["state"], task["state_detail"]) == (id, 1, "Complete")


@pytest.mark.parametrize("format", ["txt", "pdf", "docx", "xlsx", "pptx"])
def test_results_are_files_at_their_urls(server: Any, paper: Paper, format: str) -> None:
    task = task_of(create(server, paper(2), format=format, filename="my result.pdf"))
    assert f"/my%20result.{format}?" in task["file"] and task["file"].startswith(server.url)
    answer = server.client.get(task["file"])
    data = io.BytesIO(answer.content)
    assert answer.status_code == 200 and len(answer.content) == task["output_size"]
    read: dict[str, Callable[[], str]] = {
        "txt": lambda: answer.text,
        "pdf": lambda: "page number 2" if len(pikepdf.open(data).pages) == 2 else "",
        "docx": lambda: " ".join(paragraph.text for paragraph in docx.Document(data).paragraphs),
        "xlsx": lambda: str(list(openpyxl.load_workbook(data)["Text"].values)[2][1]),
        "pptx": lambda: pptx.Presentation(data).slides[1].shapes[1].text_frame.text,
    }
    assert "page number 2" in read[format]()
    wrong = server.client.get(task["file"].replace("sig=", "sig=0"))
    assert wrong.status_code == 403


def test_passwords(server: Any, paper: Paper) -> None:
    locked = paper(password="123456")
    for password in ("", "wrong"):
        task = task_of(create(server, locked, password=password))
        assert (task["state"], task["state_detail"], task["file"]) == (-7, "Invalid file", "")
        assert "password" in task["error"]
    task = task_of(create(server, locked, password="123456", format="pdf"))
    data = server.client.get(task["file"]).content
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data))
    assert pikepdf.open(io.BytesIO(data), password="123456").pages
    # one that is not needed does no harm
    assert task_of(create(server, paper(), password="123456"))["state"] == 1


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ({}, ["zh-Hans"]),
        ({"language": "English,ChinesePRC,Digits"}, ["en", "zh-Hans"]),
        ({"language": "Digits"}, []),
        ({"language": "Mixed"}, ["en", "ru"]),
        ({"language": ",".join(["English", "German", "French"] * 3 + ["Italian"])}, ["en", "de", "fr", "it"]),
    ],
)
def test_languages(server: Any, paper: Paper, given: dict[str, str], read_as: list[str]) -> None:
    id = task_of(create(server, paper(), **given))["task_id"].replace("-", "")
    assert server.client.get(f"/v1/jobs/{id}").json()["languages"] == read_as


def test_the_service_has_other_usual_languages(server: Any, paper: Paper) -> None:
    id = task_of(create(server, paper(), NATIVE))["task_id"].replace("-", "")
    assert server.client.get(f"/v1/jobs/{id}").json()["languages"] == ["zh-Hans", "en"]


def test_what_a_task_may_come_as(server: Any, paper: Paper, kept: Callable[[bytes, str], str]) -> None:
    url = kept(paper(), "kept.pdf")
    as_json = server.client.post(NATIVE, json={"image_url": url, "language": ["English"], "sync": 1, "format": "txt"})
    as_form = server.client.post(NATIVE, data={"image_url": url, "sync": "1"})
    for answer in (as_json, as_form):
        task = task_of(answer)
        assert (task["state"], task["file"].partition("?")[0].rpartition("/")[2]) == (1, "kept.txt")
    # a file that was not chosen, as browsers send it
    both = server.client.post(RELAY, files={"image_file": ("", b""), "image_url": (None, url)})
    assert task_of(both)["state"] == 1


def test_errors(server: Any, paper: Paper) -> None:
    gone = "00000000-0000-0000-0000-000000000000"
    pdf = paper()
    url = "https://example.com/document.pdf"
    cases = [
        (400, create(server, None)),
        (400, create(server, pdf, image_url=url)),
        (400, create(server, None, image_url="https://example.com:8443/document.pdf")),
        (400, create(server, None, image_url="ftp://example.com/document.pdf")),
        (400, create(server, None, image_url="http://[::1/document.pdf")),
        (400, create(server, None, image_url="http://169.254.169.254/latest")),
        (400, create(server, pdf, format="exe")),
        (400, create(server, pdf, language="english")),
        (400, create(server, pdf, language=",".join(["English"] * 11))),
        (400, create(server, pdf, password="x" * 33)),
        (400, create(server, pdf, sync="2")),
        (400, create(server, b"\x00\x01\x02\x03" * 9)),
        (400, server.client.post(NATIVE, json=[1])),
        (400, server.client.post(NATIVE, content=b"{", headers={"content-type": "application/json"})),
        (404, server.client.get(f"/task/{gone}")),
        (404, server.client.get(f"{NATIVE}/{gone}")),
        (404, server.client.get("/task/not-a-task")),
        (405, server.client.delete(f"/task/{gone}")),
    ]
    for number, (status, answer) in enumerate(cases):
        assert answer.status_code == status, (number, answer.text)
        body = answer.json()
        assert body.keys() == {"status", "message", "data"}, (number, body)
        assert (body["status"], body["data"]) == (status, None) and body["message"], (number, body)


def test_unknown_languages_are_refused_with_the_list(server: Any, paper: Paper) -> None:
    message = create(server, paper(), language="English,Klingon").json()["message"]
    assert "'Klingon'" in message
    assert all(name in message for name in ("Abkhaz", "ChinesePRC", "PortugueseStandard", "Zulu"))


def test_a_job_of_another_interface_is_no_task(server: Any, letter: bytes) -> None:
    id = server.client.post("/v1/jobs", files={"file": ("a.png", letter)}).json()["id"]
    assert server.client.get(f"/task/{id}").status_code == 404


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (300, 200), shade).save(out, "PNG")
    return out.getvalue()


def test_states_of_failure(server: Any, paper: Paper) -> None:
    states = {
        "empty": task_of(create(server, picture(255), name="a.png"))["state"],
        "no archive": task_of(create(server, b"PK\x03\x04 and nothing more", name="a.docx"))["state"],
        "corrupt": task_of(create(server, paper()[:300]))["state"],
        "away": task_of(create(server, None, image_url="http://127.0.0.1:80/no-such-file"))["state"],
    }
    assert states == {"empty": -11, "no archive": -7, "corrupt": -7, "away": -3}


def test_a_task_that_is_called_off(server: Any, paper: Paper) -> None:
    id = task_of(create(server, paper(200), NATIVE))["task_id"]
    assert server.client.post(f"/v1/jobs/{id.replace('-', '')}/cancel").status_code == 200
    task = task_of(server.client.get(f"/task/{id}"))
    assert (task["state"], task["state_detail"], task["file"]) == (-13, "Cancelled", "")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server for small inputs, with a key, behind a proxy."""
    folder = Path(tmp_path_factory.mktemp("picwish"))
    command = [sys.executable, "-m", "legenda", "keys", "create", "ann", "--json"]
    environment = os.environ | {"LEGENDA_DATA_DIR": str(folder)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    settings = {"workers": "1", "pages": "3", "upload_megabytes": "1", "allow_hosts": "127.0.0.0/8"}
    with serving(folder, **settings, trusted_proxies="127.0.0.1") as server:
        server.client.headers["X-API-KEY"] = json.loads(made.stdout)["secret"]
        yield server
        assert not server.other_lines


def test_what_is_too_large(small: Any, paper: Paper) -> None:
    assert task_of(create(small, paper(4)))["state"] == -5
    answer = create(small, paper() + bytes(2**20))
    assert answer.status_code == 413 and answer.json()["status"] == 413


def test_a_file_is_fetched(small: Any, paper: Paper) -> None:
    try:
        with peer(ok(paper(), "Content-Type: application/pdf"), "127.0.0.80", 80) as there:
            task = task_of(create(small, None, image_url="http://127.0.0.80/document.pdf"))
            assert task["state"] == 1 and "/document.txt?" in task["file"]
            assert task["input_size"] > 0 and len(there.requests) == 1
    except PermissionError:
        pytest.skip("port 80 is for the superuser")


def test_keys(small: Any, paper: Paper) -> None:
    key = small.client.headers["X-API-KEY"]
    done = small.client.post(RELAY, files={"image_file": ("a.pdf", paper())})
    id = task_of(done)["task_id"]
    assert small.client.get(f"/task/{id}", headers={"X-API-KEY": "wrong"}).json()["status"] == 401
    with httpx2.Client(base_url=small.url, headers={"Authorization": f"Bearer {key}"}) as bearer:
        assert task_of(bearer.get(f"/task/{id}"))["state"] == 1
    with httpx2.Client(base_url=small.url) as stranger:
        assert stranger.get(f"/task/{id}").json()["status"] == 401
        assert stranger.get(task_of(done)["file"]).text == "page number 1 of the paper\n"


@pytest.mark.parametrize(
    ("headers", "start"),
    [
        ({"Host": "techsz.aoscdn.com"}, "http://techsz.aoscdn.com/files/"),
        ({"Host": "api.gpt.ge"}, "http://api.gpt.ge/files/"),
        ({"X-Forwarded-Host": "ocr.example", "X-Forwarded-Proto": "https"}, "https://ocr.example/files/"),
    ],
)
def test_results_are_where_the_caller_came(small: Any, paper: Paper, headers: dict[str, str], start: str) -> None:
    answer = small.client.post(RELAY, files={"image_file": ("a.pdf", paper())}, headers=headers)
    file = task_of(answer)["file"]
    assert file.startswith(start)
    assert small.client.get("/" + file.split("/", 3)[3], headers=headers).status_code == 200
