from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from legenda.cli.app import app
from legenda.errors import ExitCode
from legenda.jobs.installation import Installation
from legenda.jobs.record import Input, JobRequest

NOVEMBER = 1_795_000_000.0  # 18 November 2026


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of one's own."""
    monkeypatch.setenv("LEGENDA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LEGENDA_BALANCES", "true")
    monkeypatch.setenv("LEGENDA_PLANS", '{"default": {"free_pages": 3}, "gold": {}}')
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments])


def told(*arguments: str) -> object:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_key_is_made_shown_once_listed_and_revoked(data: Path) -> None:
    made = told("create", "acme", "--name", "scanner", "--scope", "write, read", "--plan", "gold")
    assert isinstance(made, dict)
    assert (made["tenant"], made["name"], made["scopes"], made["plan"]) == (
        "acme",
        "scanner",
        ["read", "write"],
        "gold",
    )
    assert len(made["secret"]) == 47
    with Installation.opened() as here:
        assert here.keys.verify(made["secret"]) is not None
    assert made["secret"] not in run("list").output + run("list", "--json").output
    assert made["id"] in run("list", "--tenant", "acme").stdout
    assert told("list", "--tenant", "other") == []
    assert run("revoke", made["id"]).stdout == "revoked\n"
    with Installation.opened() as here:
        assert here.keys.verify(made["secret"]) is None
    assert told("list")[0]["revoked"] is not None  # type: ignore[index]
    assert run("revoke", made["id"]).exit_code == ExitCode.INPUT
    for file in data.iterdir():
        assert made["secret"].encode()[12:] not in file.read_bytes()


def test_a_person_is_told_that_the_secret_is_shown_once() -> None:
    said = run("create").stdout
    assert "lgd_" in said
    assert "cannot be shown again" in said


def test_files_are_for_their_owner_alone(data: Path) -> None:
    run("create")
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "secret.key").stat().st_mode & 0o077 == 0


def test_credits_are_topped_up_used_and_reported() -> None:
    key = told("create", "acme", "--name", "scanner")
    assert told("top-up", "acme", "5") == {"tenant": "acme", "paid": 5}
    request = JobRequest("acme", Input("a.pdf"), key_id=key["id"])  # type: ignore[index]
    with Installation.opened() as here, here.engine.begin() as db:
        here.meter.reserve(db, "j", request, 7, NOVEMBER)
        here.meter.settle(db, "j", 5, 2)
    report = told("usage", "--tenant", "acme", "--period", "2026-11")
    assert report == {
        "usage": [
            {
                "account": "acme",
                "period": "2026-11",
                "key_id": key["id"],  # type: ignore[index]
                "free": 3,
                "paid": 2,
                "reserved": 0,
                "pages": 5,
                "failed": 2,
                "jobs": 1,
            }
        ],
        "balances": {"acme": 3},
    }
    shown = run("usage").stdout
    assert "scanner" in shown
    assert "acme has 3 paid credits left" in shown
    assert told("usage", "--period", "2026-10") == {"usage": [], "balances": {"acme": 3}}


def test_webhook_secrets_are_shown_again() -> None:
    key = told("create", "acme")
    assert run("webhook-secret", key["id"]).stdout.strip() == key["webhook_secret"]  # type: ignore[index]
    assert run("webhook-secret").stdout.startswith("whsec_")
    assert run("webhook-secret", "nobody").exit_code == ExitCode.INPUT


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "a:b"),
        ("create", "acme", "--scope", "root"),
        ("create", "acme", "--plan", "platinum"),
        ("usage", "--period", "November"),
        ("top-up", "acme", "0"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.startswith("legenda: ")
    assert result.stderr.count("\n") == 1


def test_another_installation_key_is_a_typed_error(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = told("create", "acme")
    monkeypatch.setenv("LEGENDA_SECRET_KEY", "x" * 32)
    result = run("webhook-secret", key["id"])  # type: ignore[index]
    assert result.exit_code == ExitCode.USAGE
    assert "LEGENDA_SECRET_KEY" in result.stderr


def test_the_secret_of_a_wrong_configuration_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGENDA_PORT", "hunter2")
    result = run("list")
    assert result.exit_code == ExitCode.USAGE
    assert "port" in result.stderr
    assert "hunter2" not in result.stderr


def test_the_database_knows_hashes_only(data: Path) -> None:
    made = told("create", "acme")
    with sqlite3.connect(data / "legenda.db") as db:
        rows = repr(db.execute("SELECT * FROM keys").fetchall())
    db.close()
    assert made["secret"][12:] not in rows  # type: ignore[index]
    assert made["webhook_secret"] not in rows  # type: ignore[index]


def test_a_configuration_that_is_not_there_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEGENDA_CONFIG", str(tmp_path / "legenda.toml"))
    assert run("list").exit_code == ExitCode.USAGE
    (tmp_path / "legenda.toml").write_text("[plans.silver]\nfree_pages = 7\n")
    monkeypatch.delenv("LEGENDA_PLANS")
    assert told("create", "acme", "--plan", "silver")["plan"] == "silver"  # type: ignore[index]
    (tmp_path / "legenda.toml").write_text("[plans")
    assert run("list").exit_code == ExitCode.USAGE
