from __future__ import annotations

import base64
import logging
import re

import pytest
import sqlalchemy as sa

from legenda.errors import InvalidOptionError, SealError
from legenda.jobs import keys as module
from legenda.jobs import schema
from legenda.jobs.keys import Keys
from legenda.jobs.seal import Seal

SEAL = Seal(b"k" * 32)


def test_the_secret_opens_until_it_is_revoked(engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    assert not keys.any()
    key, secret = keys.create("acme", "scanner", ("write", "read"), "gold")
    assert (key.tenant, key.name, key.scopes, key.plan) == ("acme", "scanner", ("read", "write"), "gold")
    assert re.fullmatch(r"lgd_[A-Za-z0-9_-]{43}", secret)
    assert keys.any()
    for given in (secret, f"{key.id}:{secret}", f"anything:{secret}"):
        found = keys.verify(given)
        assert found is not None
        assert found.id == key.id
    assert keys.revoke(key.id)
    assert keys.verify(secret) is None
    assert not keys.revoke(key.id)
    assert not keys.revoke("nobody")
    assert not keys.any()


def test_another_process_learns_of_a_revocation_when_it_asks_again(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, command = Keys(engine, SEAL), Keys(engine, SEAL)
    key, secret = command.create("acme")
    assert server.verify(secret)
    command.revoke(key.id)
    monkeypatch.setattr(module.time, "monotonic", lambda: float("inf"))
    assert server.verify(secret) is None


@pytest.mark.parametrize(
    "secret", ["", ":", "lgd_", "lgd_" + "A" * 43, "x" * 100_000, "\udcff", "a:b:c", "' OR 1=1 --", "\0"]
)
def test_other_secrets_open_nothing(secret: str, engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    keys.create("acme")
    assert keys.verify(secret) is None


def test_no_hash_and_no_id_is_a_secret(engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    key, _ = keys.create("acme")
    with engine.connect() as db:
        row = db.execute(sa.select(schema.keys)).one()
    assert [keys.verify(x) for x in (row.hash, key.id, key.shown)] == [None] * 3


def test_the_secret_is_nowhere_else(engine: sa.Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")  # says statements with their parameters
    engine = sa.create_engine(engine.url)
    keys = Keys(engine, SEAL)
    key, secret = keys.create("acme")
    signing = keys.webhook_secret(key.id)
    assert keys.verify(secret)
    with engine.connect() as db:
        rows = repr(db.execute(sa.select(schema.keys)).all())
    listed = repr(keys.list())
    engine.dispose()
    assert "INSERT INTO keys" in caplog.text
    for hidden in (secret[12:], signing.removeprefix("whsec_")):
        assert hidden not in "".join((caplog.text, rows, repr(key), repr(keys), repr(vars(keys)), listed))


def test_use_is_noted(engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    key, secret = keys.create("acme")
    assert key.last_used is None
    keys.verify(secret)
    noted = keys.list()[0].last_used
    assert noted is not None
    assert noted >= key.created


def test_keys_are_listed_the_oldest_first(engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    made = [keys.create(tenant)[0].id for tenant in ("a", "b", "a")]
    keys.revoke(made[0])
    assert [key.id for key in keys.list()] == made
    assert [key.id for key in keys.list("a")] == [made[0], made[2]]
    assert keys.list()[0].revoked is not None


def test_webhook_secrets(engine: sa.Engine) -> None:
    keys = Keys(engine, SEAL)
    first, second = (keys.create("acme")[0].id for _ in range(2))
    secrets = [keys.webhook_secret(x) for x in (first, second, "")]
    assert len(set(secrets)) == 3
    assert [len(base64.b64decode(x.removeprefix("whsec_"))) for x in secrets] == [32] * 3
    assert [Keys(engine, SEAL).webhook_secret(x) for x in (first, second, "")] == secrets
    with pytest.raises(SealError):
        Keys(engine, Seal(b"l" * 32)).webhook_secret(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": ""},
        {"tenant": "anonymous:x"},
        {"tenant": "a" * 65},
        {"tenant": "a\n"},
        {"name": "x" * 129},
        {"name": "\x1b[31m"},
        {"scopes": ()},
        {"scopes": ("read", "root")},
        {"plan": ""},
        {"plan": "p" * 33},
    ],
)
def test_what_cannot_be_a_key(wrong: dict[str, object], engine: sa.Engine) -> None:
    with pytest.raises(InvalidOptionError):
        Keys(engine, SEAL).create(**{"tenant": "acme", **wrong})  # type: ignore[arg-type]
    assert Keys(engine, SEAL).list() == []


def test_a_webhook_secret_that_was_replaced_signs_for_a_day(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Keys(engine, SEAL)
    key, _ = keys.create("acme")
    for id in (key.id, ""):  # the installation's, too
        first = keys.webhook_secret(id)
        assert keys.webhook_secrets(id) == (first,)
        second = keys.rotate_webhook_secret(id)
        assert keys.webhook_secrets(id) == (second, first) and keys.webhook_secret(id) == second
        third = keys.rotate_webhook_secret(id)
        assert keys.webhook_secrets(id) == (third, second)
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", third)
    with engine.connect() as db:
        assert third.encode() not in repr(db.execute(sa.select(schema.webhook_secrets)).all()).encode()
    now = module.time.time()
    monkeypatch.setattr(module.time, "time", lambda: now + 86401)
    assert keys.webhook_secrets(key.id) == (keys.webhook_secret(key.id),)
