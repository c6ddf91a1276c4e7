"""What docs/dialects/fal.md shows; its JavaScript and its curl are the service's own samples (test_samples)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pages import run, sample

SAMPLES = Path(__file__).parent / "samples"


def test_python(server: Any, letter: bytes, tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(letter)
    printed = run(server, tmp_path, "python", sample("fal", "python"))
    assert printed.strip() == repr(["Dear Ms Lindqvist\nthe lamps left our workshop"])


def test_curl(server: Any, tmp_path: Path) -> None:
    assert run(server, tmp_path, "sh", sample("fal", "sh")) == '{"outputs":[]}'


def test_the_samples_are_the_services_own() -> None:
    script = (SAMPLES / "sample.mjs").read_text().partition("\n")[2].strip()
    assert sample("fal", "js").strip().endswith(script)
    shell = (SAMPLES / "sample.sh").read_text().replace("https://fal.run/", "http://127.0.0.1:8080/")
    assert sample("fal", "sh").strip() == shell.strip()
