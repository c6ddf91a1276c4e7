from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from written import written

import legenda

pytest.importorskip("ocrmypdf")


def test_ocrmypdf_puts_our_words_behind_its_pages(tmp_path: Path) -> None:
    scan, out = tmp_path / "scan.pdf", tmp_path / "out.pdf"
    Image.fromarray(written("Dear Ms Lindqvist", "the lamps left our workshop")).save(scan, resolution=150)
    command = [
        sys.executable,
        "-m",
        "ocrmypdf",
        "--plugin",
        "legenda.compat.ocrmypdf",
        "-l",
        "eng",
        "--output-type",
        "pdf",
    ]
    done = subprocess.run([*command, scan, out], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    text = legenda.read(out, text_layer="only").text
    assert "Lindqvist" in text and "workshop" in text
