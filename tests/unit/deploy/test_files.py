"""What is shipped for running the server: parsed here, since a test can run neither systemd nor Docker.

What was learnt when they were run by hand (docs/server.md, "How it was tried") is held fast here.
"""

from __future__ import annotations

import json
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
        "User=legenda",
        "NoNewPrivileges=yes",
        "StateDirectory=legenda",
    ):
        assert line in lines
    assert not [line for line in lines if line.startswith("MemoryDenyWriteExecute")]


def test_the_unit_allows_what_bubblewrap_needs_and_no_more() -> None:
    settings = [line.partition("=") for line in UNIT.read_text().splitlines() if re.match(r"[A-Z]\w+=", line)]
    allowed = {name: {v for n, _, v in settings if n == name} for name, _, _ in settings}
    assert allowed["RestrictNamespaces"] == {"user mnt net ipc uts pid"}
    assert allowed["RestrictAddressFamilies"] == {"AF_UNIX AF_INET AF_INET6 AF_NETLINK"}
    assert allowed["CapabilityBoundingSet"] == {""}
    assert not {"DynamicUser", "RestrictSUIDSGID"} & allowed.keys()  # both refuse openat2, which bubblewrap 0.12 needs
    filters = [value for name, _, value in settings if name == "SystemCallFilter"]
    calls = {call for value in filters[2:] for call in value.split()}
    assert filters[:2] == ["@system-service", "~@privileged"]  # what comes after adds to what these leave
    assert calls == {
        *("capset", "mount", "pivot_root", "umount2"),
        *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"),
    }


def test_keys_made_by_hand_leave_the_folder_as_the_unit_has_it() -> None:
    text = UNIT.read_text()
    command = text[text.index("systemd-run") : text.index("keys create")]
    for setting in (
        "User=legenda",
        "User=legenda",
        "StateDirectory=legenda",
        "StateDirectoryMode=0700",
        "UMask=0077",
    ):
        assert f"\n{setting}\n" in text
        assert f"-p {setting}" in command


def test_the_image_needs_no_further_image_to_be_built() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert not text.startswith("# syntax=")
    assert set(re.findall(r"^FROM (\S+)", text, re.M)) == {"python:3.12-slim-bookworm"}
    assert re.search(r"install .*\bbubblewrap\b", text)


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
    assert server["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert (DEPLOY / server["build"]["context"] / server["build"]["dockerfile"]).is_file()
    assert not [s for s in compose["services"].values() if "ports" in s and s is not server]


def test_compose_gives_the_bucket_the_keys_the_server_has(compose: Any) -> None:
    bucket = compose["services"]["s3"]
    (config,) = bucket["configs"]
    assert f"-s3.config={config['target']}" in bucket["command"]
    content = re.sub(r"\$\{(\w+):-\}", r"\1", compose["configs"][config["source"]]["content"])
    (identity,) = json.loads(content)["identities"]
    assert identity["credentials"] == [{"accessKey": "AWS_ACCESS_KEY_ID", "secretKey": "AWS_SECRET_ACCESS_KEY"}]


def test_threads_of_many_workers_are_allowed(compose: Any) -> None:
    tasks = int(re.search(r"^TasksMax=(\d+)$", UNIT.read_text(), re.M)[1])  # type: ignore[index]
    assert tasks == compose["services"]["legenda"]["pids_limit"]
    assert tasks >= 16 * 128  # 16 a worker, a worker a core


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


def test_workers_of_compose_share_what_servers_have(compose: Any) -> None:
    server, worker = compose["services"]["legenda"], compose["services"]["worker"]
    assert worker["environment"] == server["environment"]
    assert "ports" not in worker and worker["read_only"] and worker["cap_drop"] == ["ALL"]
    assert worker["image"] == server["image"] and worker["command"] == ["worker"]


@pytest.mark.parametrize("name", ["kubernetes.yaml", "raycluster.yaml"])
def test_kubernetes_pods_are_confined_and_share_their_settings(name: str) -> None:
    parts = list(yaml.safe_load_all((DEPLOY / name).read_text()))
    assert any(part["kind"] == "NetworkPolicy" for part in parts)
    pods = [pod for part in parts for pod in _pods(part)]
    assert len(pods) >= 2
    for pod in pods:
        assert pod["automountServiceAccountToken"] is False
        volumes = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            assert {"configMapRef": {"name": "legenda"}} in container["envFrom"]
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            assert "memory" in container["resources"]["limits"]
            if name == "kubernetes.yaml":
                assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
                assert container["securityContext"]["readOnlyRootFilesystem"]


def test_the_ray_cluster_is_named_alike_everywhere() -> None:
    cluster, policy = yaml.safe_load_all((DEPLOY / "raycluster.yaml").read_text())
    name = cluster["metadata"]["name"]
    head = cluster["spec"]["headGroupSpec"]["template"]["spec"]
    (token,) = [env for env in head["containers"][1]["env"] if env["name"] == "RAY_AUTH_TOKEN"]
    assert token["valueFrom"]["secretKeyRef"] == {"name": name, "key": "auth_token"}  # as KubeRay names it
    assert name != "legenda"  # kubernetes.yaml has a secret of that name
    assert policy["spec"]["podSelector"]["matchLabels"] == {"ray.io/cluster": name}
    mounts = cluster["spec"]["autoscalerOptions"]["volumeMounts"]
    assert {mount["name"] for mount in mounts} <= {volume["name"] for volume in head["volumes"]}


def _pods(part: Any) -> list[Any]:
    if isinstance(part, dict) and "template" in part:
        return [part["template"]["spec"]]
    if isinstance(part, dict):
        return [pod for value in part.values() for pod in _pods(value)]
    return [pod for value in part for pod in _pods(value)] if isinstance(part, list) else []
