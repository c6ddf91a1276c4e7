"""Tier `vlm` and regions as callers see them: a server of ours, a server of a model, the command."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_pages import PAGES, PROSE, RECEIPT
from model_server import KEY, model_server
from PIL import Image, ImageDraw
from serving import Serving, serving

MODEL = "lightonai/LightOnOCR-3-1B"
ANSWER = "\n".join(f"![text](80,{100 + 60 * n},900,{130 + 60 * n}) {line}" for n, line in enumerate(PROSE))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with model_server(tmp_path_factory.mktemp("model"), {MODEL: [ANSWER]}, None) as server:
        yield server.url


@pytest.fixture(scope="module")
def server(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    settings = {"vlm_url": url, "vlm_key": KEY, "workers": "1"}
    with serving(tmp_path_factory.mktemp("data"), **settings) as server:
        yield server


def png(page: str, *, framed: bool = False) -> bytes:
    """A page; framed, with a red frame around its third line."""
    image = Image.fromarray(PAGES[page]).convert("RGB")
    if framed:
        ImageDraw.Draw(image).rectangle((60, 205, 640, 275), outline=(220, 20, 40), width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def read(server: Serving, picture: bytes, **options: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A job, and its page."""
    sent = server.client.post(
        "/v1/jobs", files={"file": ("page.png", picture)}, data=options, headers={"Prefer": "wait=30"}
    )
    assert sent.status_code in (200, 202), sent.text
    job = server.settled(sent.json()["id"])
    return job, server.client.get(f"/v1/jobs/{job['id']}/result?format=json").json()["pages"][0]


def test_the_tier_says_who_reads_and_the_page_says_who_did(server: Serving) -> None:
    job, page = read(server, png("prose"), tier="vlm")
    assert job["tier"] == "vlm" and page["engine"] == "LightOnOCR-3-1B"
    assert {line["engine"] for block in page["blocks"] for line in block["lines"]} == {"LightOnOCR-3-1B"}
    assert all(line["words"] for block in page["blocks"] for line in block["lines"])
    assert " ".join(page["text"].split()) == " ".join(PROSE)
    job, page = read(server, png("prose"), tier="cpu")
    assert job["tier"] == "balanced" and page["engine"].startswith("ppocrv6")


def test_a_model_that_makes_things_up_is_told_of(server: Serving) -> None:
    _, page = read(server, png("back-strong"), tier="vlm")
    assert page["text"] == "" and [problem["code"] for problem in page["problems"]] == ["model_fabrication"]


def test_regions_of_the_api(server: Serving) -> None:
    job, page = read(server, png("receipt"), box="60,140,600,260")
    assert job["box"] == [60, 140, 600, 260] and job["color"] is None
    assert page["text"].split("\n") == list(RECEIPT[1:3])
    assert (page["width"], page["height"]) == (1000, 680)
    job, page = read(server, png("receipt", framed=True), color="red")
    assert job["color"] == "red" and page["text"] == RECEIPT[2]
    _, page = read(server, png("receipt"), color="blue")
    assert page["text"] == "" and [problem["code"] for problem in page["problems"]] == ["no_region"]


@pytest.mark.parametrize(
    "wrong", [{"box": "1,2"}, {"box": "9,9,1,1"}, {"box": "-1,0,5,5"}, {"color": "pink"}, {"tier": "gpu"}]
)
def test_what_cannot_be_is_refused(server: Serving, wrong: dict[str, str]) -> None:
    assert server.client.post("/v1/jobs", files={"file": ("page.png", png("receipt"))}, data=wrong).status_code == 422


@pytest.mark.parametrize(("path", "app"), [("/run", "fal-ai/got-ocr/v2")])
def test_regions_tiers_and_formats_of_clients_of_got(server: Serving, path: str, app: str) -> None:
    uri = "data:image/png;base64," + base64.b64encode(png("receipt", framed=True)).decode()

    def outputs(**more: Any) -> list[str]:
        answer = server.client.post(f"{path}/{app}", json={"input_image_urls": [uri], **more})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["outputs"])

    assert outputs(color="red") == [RECEIPT[2]]
    assert outputs(box=[60, 140, 600, 200]) == [RECEIPT[1]]
    assert [line for line in outputs(do_format=True)[0].split("\n") if line]
    assert outputs(color="green") == [""]


def test_the_command(url: str, tmp_path: Path) -> None:
    (tmp_path / "prose.png").write_bytes(png("prose"))
    (tmp_path / "framed.png").write_bytes(png("receipt", framed=True))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEGENDA_")}

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "legenda", "read", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment | variables, capture_output=True, text=True)

    vlm = run("prose.png", "--tier", "vlm", "--json-lines", LEGENDA_VLM_URL=url, LEGENDA_VLM_KEY=KEY)
    assert '"engine":"LightOnOCR-3-1B"' in vlm.stdout.replace(" ", "") and vlm.returncode == 0
    assert run("framed.png", "--color", "red").stdout.strip() == RECEIPT[2]
    assert run("framed.png", "--box", "60,140,600,200", "--tier", "cpu").stdout.strip() == RECEIPT[1]
    wrong = run("framed.png", "--box", "1,2,x")
    assert wrong.returncode == 2 and "four numbers" in wrong.stderr
