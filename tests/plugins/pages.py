"""Samples of the documentation's pages about dialects, run as they stand there, but for the server's URL."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_PAGES, _OURS = Path(__file__).parents[2] / "docs" / "dialects", "http://127.0.0.1:8080"


def sample(page: str, kind: str) -> str:
    """The one sample of a kind on a page."""
    (text,) = re.findall(rf"```{kind}\n(.*?)```", (_PAGES / f"{page}.md").read_text("utf-8"), re.DOTALL)
    return str(text)


def run(server: Any, folder: Path, kind: str, code: str) -> str:
    """What a sample prints in a folder; `python` or `sh`."""
    if kind == "sh" and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    command = [sys.executable if kind == "python" else "sh", "-c", code.replace(_OURS, server.url)]
    environment = os.environ | {"LEGENDA_KEY": "any", "FAL_KEY": "any", "MODELRUNNER_KEY": "any"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
