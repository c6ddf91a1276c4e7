"""`make read` once everything is set up: nothing but the text on standard output, and no pip."""

from __future__ import annotations

import os
import subprocess
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that was set up before; its `legenda` prints its arguments, its `python` fails."""
    folder = tmp_path / "check out"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for name, script in (("legenda", 'printf "%s\\n" "$@"'), ("python", "echo pip was run >&2; exit 9")):
        program = folder / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    key = subprocess.run(["cksum"], input=(folder / "pyproject.toml").read_bytes(), capture_output=True, check=True)
    (folder / ".venv" / f".read-{key.stdout.split()[0].decode()}").touch()
    return folder


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


def test_only_the_text_is_printed_and_odd_names_pass(checkout: Path) -> None:
    done = make(checkout, "read", "FILE=-my 'scan' (1) & co.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["read", "--", "-my 'scan' (1) & co.png"]


def test_without_a_file_the_bundled_page_is_read(checkout: Path) -> None:
    name = make(checkout, "read", "ARGS=--effort fast").stdout.splitlines()
    assert name[:3] == ["read", "--effort", "fast"]
    assert (ROOT / name[-1]).is_file()


def test_other_requirements_are_installed_again(checkout: Path) -> None:
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    done = make(checkout, "read")
    assert done.returncode != 0
    assert "pip was run" in done.stderr


def test_every_command_is_listed(checkout: Path) -> None:
    listed = make(checkout, "help").stdout
    assert all(f"make {name}" in listed for name in ("read", "test", "lint", "bench", "clean"))


def test_the_bundled_page_is_small() -> None:
    data = (ROOT / "src/legenda/data/example.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) < 64 * 1024
    assert zlib.crc32(data[12:29]) == int.from_bytes(data[29:33], "big")
