"""What is shipped for running the server: parsed here, since neither systemd nor Docker can be run by a test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from legenda.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
UNIT = DEPLOY / "legenda.service"
OTHER_VARIABLES = {"LEGENDA_CACHE_DIR", "LEGENDA_CONFIG", "LEGENDA_KEY", "LEGENDA_PASSWORD"}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    known = {f"LEGENDA_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    assert set(re.findall(r"LEGENDA_[A-Z_]*[A-Z]", path.read_text())) <= known


def test_the_unit_is_sound(tmp_path: Path) -> None:
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed")
    (unit := tmp_path / UNIT.name).write_text(UNIT.read_text().replace("/opt/legenda/bin/legenda", sys.executable))
    done = subprocess.run([analyze, "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_leaves_workers_to_the_server() -> None:
    lines = UNIT.read_text().splitlines()
    for line in (
        "KillMode=mixed",
        "OOMPolicy=continue",
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "StateDirectory=legenda",
    ):
        assert line in lines
    assert not [line for line in lines if line.startswith("MemoryDenyWriteExecute")]


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001", last, re.M)
    assert last.index("USER ") < last.index("ENTRYPOINT")
    assert "/livez" in last
    assert "--no-index" in last
    assert "COPY" not in last  # wheels are mounted: no sources in the image
    for source in re.search(r"^COPY (.*) \./$", text, re.M)[1].split():  # type: ignore[index]
        assert (DEPLOY.parent / source).exists()
        assert f"!{source}" in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()


def test_compose_is_closed_by_default(compose: Any) -> None:
    server = compose["services"]["legenda"]
    assert server["read_only"]
    assert server["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert (DEPLOY / server["build"]["context"] / server["build"]["dockerfile"]).is_file()
    assert not [s for s in compose["services"].values() if "ports" in s and s is not server]


def test_compose_has_what_it_names(compose: Any) -> None:
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        assert {mount.partition(":")[0] for mount in service.get("volumes", ())} <= volumes.keys()
    needed = services["legenda"]["depends_on"]
    assert needed.keys() <= services.keys()
    optional = {name for name in needed if services[name].get("profiles")}
    assert all(needed[name]["required"] is False for name in optional)
    asked = set(services["legenda"]["environment"]) | set(
        re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text())
    )
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "compose.env.example").read_text(), re.M))
    assert example <= asked
