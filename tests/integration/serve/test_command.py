"""`legenda read --server`: the same files, lines and exit codes as without."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from benchmarks.serve.server import Server
from pdf_maker import make_pdf, words


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "a.pdf").write_bytes(make_pdf(words("Harbour report one", 20, 250), words("Page two of it", 20, 250)))
    with pikepdf.open(folder / "a.pdf", allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Title"] = "Reports of the harbour"
        pdf.save()
    (folder / "b.pdf").write_bytes(make_pdf(words("Harbour report two", 20, 250)))
    (folder / "locked.pdf").write_bytes(make_pdf(words("Locked words", 20, 250), password="sesame"))
    (folder / "notes.bin").write_bytes(b"\0no picture at all")
    return folder


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "legenda", "read", "--text-layer", "only", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, cwd=folder)


CALLS = [
    ("a.pdf",),
    ("a.pdf", "--pages", "2", "-f", "md"),
    ("a.pdf", "b.pdf"),
    ("a.pdf", "-f", "hocr"),
    ("a.pdf", "notes.bin"),
    ("locked.pdf",),
    ("locked.pdf", "--password", "wrong"),
    ("locked.pdf", "--password", "sesame"),
    ("a.pdf", "--pages", "9"),
    ("nowhere.pdf",),
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_what_is_printed_is_the_same(server: Server, files: Path, call: tuple[str, ...]) -> None:
    here, there = run(*call, folder=files), run(*call, "--server", server.url, folder=files)
    assert there.stdout == here.stdout
    assert there.returncode == here.returncode
    assert bool(there.stderr) == bool(here.stderr)


def test_what_is_written_is_the_same(server: Server, files: Path, tmp_path: Path) -> None:
    names = ("a.txt", "a.json", "a.pdf", "b.txt", "b.json", "b.pdf")
    for place, options in (("here", ()), ("there", ("--server", server.url))):
        done = run("a.pdf", "b.pdf", "-f", "txt,json,pdf", "-o", tmp_path / place, *options, folder=files)
        assert (done.returncode, done.stderr) == (0, b"")
        assert sorted(path.name for path in (tmp_path / place).iterdir()) == sorted(names)
    for name in ("a.txt", "b.txt"):
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    found = [json.loads((tmp_path / place / "a.json").read_text()) for place in ("here", "there")]
    for document in found:
        for page in document["pages"]:
            page.pop("timings", None)
    assert found[0]["metadata"] == {"title": "Reports of the harbour"}
    assert found[0] == found[1]


def test_a_server_that_is_not_there(files: Path) -> None:
    done = run("a.pdf", "--server", "http://127.0.0.1:9", folder=files)
    assert done.returncode == 6
    assert b"cannot be reached" in done.stderr


def test_a_key_is_never_said(server: Server, files: Path) -> None:
    done = run("notes.bin", "--server", server.url, "--key", "lgd_very_secret", folder=files)
    assert b"lgd_very_secret" not in done.stdout + done.stderr
    assert "lgd_very_secret" not in server.log.read_text()
