"""Every operation of the description, called with what it allows and with what it forbids (schemathesis)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

# a body may be as described and hold no picture; a job may be closed, deleted, or have nothing to download
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "404", "409", "410", "413", "415", "416", "422"]
"""
SECONDS = 15
_LOCKING = "^/v1/keys"  # whoever makes the first key locks everybody else out


# that what is forbidden is refused is seen without sequences, in which the tool takes a number in a form for no string
@pytest.mark.parametrize(
    ("phases", "unchecked"), [("examples,coverage,fuzzing", ""), ("stateful", "negative_data_rejection")]
)
def test_every_case_is_answered_as_described(server, tmp_path, phases, unchecked):
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    command += [f"{server.url}/openapi.json", "--checks", "all", "--max-examples", "5", "--continue-on-failure"]
    command += ["--phases", phases, "--mode", "all", "--seed", "4"]
    command += ["--max-response-time", "60"]
    command += ["--exclude-checks", unchecked] if unchecked else []
    command += ["--exclude-path-regex", _LOCKING]
    command += ["--max-time", str(SECONDS), "--request-timeout", "60", "--no-color", "--suppress-health-check", "all"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS * 6)
    paths = server.client.get("/openapi.json").json()["paths"]
    count = sum(len(found) for path, found in paths.items() if not re.search(_LOCKING, path))
    assert re.search(rf"Operations: +{count} selected", run.stdout), run.stdout + run.stderr
    assert "ERRORS" not in run.stdout and "FAILURES" not in run.stdout, run.stdout
    assert run.returncode == 0, run.stdout + run.stderr
