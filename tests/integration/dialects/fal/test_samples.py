"""The samples of the model's page, as they stand there but for the URL and the key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from serving import Serving

SAMPLES = Path(__file__).parent / "samples"
NODE = Path(__file__).parents[3] / "node"


def test_curl(server: Serving) -> None:
    sample = (SAMPLES / "sample.sh").read_text().replace("https://fal.run/", f"{server.url}/")
    run = subprocess.run(["bash", "-c", sample], env=os.environ | {"FAL_KEY": "k"}, capture_output=True, text=True)
    assert run.stdout == '{"outputs":[]}', run.stderr


def test_curl_by_the_path_of_the_run(server: Serving) -> None:
    sample = (SAMPLES / "sample.sh").read_text().replace("https://fal.run/", f"{server.url}/run/")
    run = subprocess.run(["bash", "-c", sample], env=os.environ | {"FAL_KEY": "k"}, capture_output=True, text=True)
    assert run.stdout == '{"outputs":[]}', run.stderr


@pytest.mark.parametrize("arguments", ["{}", '{"input_image_urls": [IMAGE, IMAGE]}'])
def test_python(server: Serving, letter_uri: str, arguments: str) -> None:
    sample = (SAMPLES / "sample.py").read_text()
    sample = sample.replace("arguments={}", f"arguments={arguments}").replace("IMAGE", repr(letter_uri))
    lead = f"import legenda.compat.fal\nlegenda.compat.fal.redirect({server.url!r})\n"
    run = subprocess.run([sys.executable, "-c", lead + sample], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    text = "Dear Ms Lindqvist\nthe lamps left our workshop"
    assert run.stdout.splitlines()[-1] == str({"outputs": [text, text] if "IMAGE" in arguments else []})


@pytest.mark.parametrize("input", ["{}", "{ input_image_urls: [IMAGE] }"])
def test_javascript(server: Serving, letter_uri: str, input: str) -> None:
    sample = (SAMPLES / "sample.mjs").read_text()
    sample = sample.replace("input: {}", f"input: {input}").replace("IMAGE", f'"{letter_uri}"')
    lead = f'fal.config({{ credentials: "k", proxyUrl: {{ url: "{server.url}/api/fal/proxy", when: "always" }} }});'
    head, _, rest = sample.partition("\n")
    script = f"{head}\n{lead}\n{rest}"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=NODE, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    *_, output, id = run.stdout.strip().rpartition("\n")[0], run.stdout.strip().rpartition("\n")[2]
    assert "outputs: [" in output and ("lamps left" in output) == ("IMAGE" in input)
    assert re.fullmatch(r"[0-9a-f-]{36}", id)


def test_the_page_itself_is_served_with_our_urls(server: Serving) -> None:
    page = httpx2.get(f"{server.url}/models/fal-ai/got-ocr/v2/llms.txt").text
    assert f"{server.url}/run/fal-ai/got-ocr/v2" in page
    for name in ("input_image_urls", "do_format", "multi_page", "outputs", "Default: `[]`", "Default: `false`"):
        assert name in page
    described = httpx2.get(f"{server.url}/api/openapi/queue/openapi.json?endpoint_id=fal-ai/got-ocr/v2").json()
    assert described["openapi"] == "3.0.4" and described["servers"] == [{"url": f"{server.url}/queue"}]
    given = described["components"]["schemas"]["GotOcrV2Input"]
    assert {name: what["default"] for name, what in given["properties"].items()} == {
        "input_image_urls": [],
        "do_format": False,
        "multi_page": False,
    }
    assert "required" not in given and described["components"]["schemas"]["GotOcrV2Output"]["required"] == ["outputs"]
