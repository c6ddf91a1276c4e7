"""Every dialect as its own description has it (schemathesis): whatever is sent, nothing is a fault of the server's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# a body may be as described and name nothing that can be read
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "4xx"]
"""
SECONDS = 8
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.parametrize(
    "dialect", ["fal", "openai", "mistral", "modelrunner", "lazarus", "azure", "ocrchat", "picwish"]
)
def test_every_case_is_answered_as_described(server: Any, tmp_path: Path, dialect: str) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    command += [f"{server.url}/openapi/{dialect}.json", "--checks", CHECKS, "--continue-on-failure"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--max-time", str(SECONDS)]
    command += ["--seed", "4", "--exclude-path-regex", "/requests/stream$"]  # a stream has no end
    command += ["--request-timeout", "60", "--no-color", "--suppress-health-check", "all"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS * 8)
    assert "ERRORS" not in run.stdout and "FAILURES" not in run.stdout, run.stdout
    assert run.returncode == 0 and " selected" in run.stdout, run.stdout + run.stderr
