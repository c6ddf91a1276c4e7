"""The desk on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pdf_maker import make_pdf, words

import legenda

LETTER = make_pdf(words("Write to ann@example.com soon."), words("Invoice total: 215.00 USD"))


def command(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "legenda", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    file = tmp_path / "letter.pdf"
    file.write_bytes(LETTER)
    return file


def test_ask(letter: Path) -> None:
    said = command("ask", letter, "What is the invoice total?", "Who is the pope?").stdout
    assert "215.00 USD (p. 2)" in said and "This is not in the document." in said
    (found,) = json.loads(command("ask", letter, "What is the invoice total?", "--json", "--words-only").stdout)
    assert found["citations"][0]["page"] == 2 and found["how"] == "extractive"


def test_extract(letter: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"total": {"type": "number"}, "iban": {"type": "string"}}}')
    done = command("extract", letter, "--schema", schema)
    assert json.loads(done.stdout) == {"total": 215.0} and "not found: iban" in done.stderr
    command("extract", letter, "--schema", letter, code=2)


def test_tools(letter: Path, tmp_path: Path) -> None:
    listed = json.loads(command("tools", "list", "--json").stdout)
    assert {"redact", "receipt", "translate"} <= {tool["slug"] for tool in listed}
    out = tmp_path / "out.pdf"
    assert "1 word taken out" in command("tools", "run", "redact", letter, "--pattern", "emails", "-o", out).stderr
    assert "example" not in legenda.read(out).text
    assert "Write to ███" in command("tools", "run", "redact", letter, "--pattern", "emails", "-f", "txt").stdout
    command("tools", "run", "telepathy", letter, code=2)
    assert "pairs that can" in command("tools", "run", "translate", letter, "--to", "eo", code=2).stderr


def test_models_nobody_has_are_named_with_those_there_are() -> None:
    said = command("models", "add", "translate-en-xx", code=2).stderr
    assert "There is no model 'translate-en-xx'" in said and "translate-en-fr" in said


def test_watch(letter: Path, tmp_path: Path) -> None:
    out, done = tmp_path / "out", tmp_path / "done"
    folder = tmp_path / "in"
    folder.mkdir()
    letter.rename(folder / "letter.pdf")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n broken")
    (folder / ".hidden.pdf").write_bytes(LETTER)
    command("watch", folder, out, "-f", "txt,md", "--done", done, "--once")
    assert "215.00 USD" in (out / "letter.pdf.txt").read_text() and (out / "letter.pdf.md").exists()
    assert "broken.pdf" in (out / "broken.pdf.error.txt").read_text()
    assert [file.name for file in done.iterdir()] == ["letter.pdf"]
    assert not (out / ".hidden.pdf.txt").exists() and (folder / "broken.pdf").exists()
    command("watch", folder, folder, code=2)
