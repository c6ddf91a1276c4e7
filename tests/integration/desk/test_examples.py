"""What lies in `examples/` runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdf_maker import make_pdf, words
from serving import Serving, serving

import legenda

EXAMPLES = Path(__file__).parents[3] / "examples"
LETTER = make_pdf(words("The lamps left our workshop on March 3."), words("Invoice total: 215.00 USD"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("examples"), workers="1") as server:
        yield server


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.pdf"
    file.write_bytes(LETTER)
    return file


def example(name: str, *arguments: object, **environment: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_open_webui(server: Serving, letter: Path) -> None:
    pytest.importorskip("httpx")
    said = example("open-webui/legenda_tool.py", letter, "What is the invoice total?", LEGENDA_URL=server.url)
    assert "215.00 USD (p. 2)" in said
    assert "workshop" in example("open-webui/legenda_tool.py", letter, LEGENDA_URL=server.url)


def test_langchain(letter: Path) -> None:
    pytest.importorskip("langchain_core")
    said = example("langchain/legenda_loader.py", letter, "What is the invoice total?")
    assert "page 2" in said and "215.00 USD (p. 2)" in said


def test_paperless(letter: Path) -> None:
    code = (
        f"import sys; sys.argv = ['legenda', *sys.argv[1:]]; from legenda.cli import main; main()  # {sys.executable}"
    )
    command = letter.with_name("legenda")
    command.write_text(f"#!{sys.executable}\n{code}\n")
    command.chmod(0o755)
    before = letter.read_bytes()
    example("paperless-ngx/pre_consume.py", DOCUMENT_WORKING_PATH=str(letter), LEGENDA=str(command))
    assert letter.read_bytes() != before and "215.00" in legenda.read(letter).text
    letter.write_bytes(b"%PDF-1.7\n broken")
    example("paperless-ngx/pre_consume.py", DOCUMENT_WORKING_PATH=str(letter), LEGENDA=str(command))
    assert letter.read_bytes() == b"%PDF-1.7\n broken"


def test_the_requests_of_the_n8n_workflow(server: Serving, letter: Path) -> None:
    nodes = {
        n["name"]: n["parameters"] for n in json.loads((EXAMPLES / "n8n/receipt.workflow.json").read_text())["nodes"]
    }
    assert nodes["Read"]["url"].endswith("/v1/jobs") and nodes["Values"]["url"].endswith("/tools/receipt")
    fields = {one["name"]: one.get("value") for one in nodes["Read"]["bodyParameters"]["parameters"]}
    header = nodes["Read"]["headerParameters"]["parameters"][0]
    job = server.client.post(
        "/v1/jobs",
        files={"file": ("letter.pdf", letter.read_bytes())},
        data={"tool": fields["tool"]},
        headers={header["name"]: header["value"]},
    ).json()
    assert server.settled(job["id"])["state"] == "done"
    found = server.client.post(
        f"/v1/jobs/{job['id']}/tools/receipt", json=json.loads(nodes["Values"]["jsonBody"])
    ).json()
    assert found["value"]["total"] == 215.0
