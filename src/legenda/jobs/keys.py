"""API keys: a secret is shown once and then known by its hash only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from legenda.errors import InvalidOptionError
from legenda.jobs import schema
from legenda.jobs.database import reading
from legenda.jobs.seal import Seal

Scope = Literal["read", "write", "admin"]
"""`read`: see and download one's own jobs; `write`: create, cancel and delete them; `admin`: usage and keys of all."""

SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "lgd_"
_SHOWN = len(PREFIX) + 6
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_TRUSTED_SECONDS = 5.0  # for so long another process may not know that a key was revoked
_REMEMBERED = 1024
_USE_NOTED_SECONDS = 3600.0  # a write for every request would be dear
_NOBODY = "0" * 64
_ROTATION_SECONDS = 86400.0  # for so long a webhook secret that was replaced signs beside the new one
_FIRST = sa.select(schema.keys.c.webhook_secret).where(schema.keys.c.id == sa.bindparam("key"))
_REPLACED = sa.select(schema.webhook_secrets).where(schema.webhook_secrets.c.key_id == sa.bindparam("key"))


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret.

    Attributes:
        id: 32 hexadecimal digits.
        tenant: whose jobs it opens; keys of one tenant share jobs and balance.
        name: for people.
        shown: the first characters of the secret, to tell keys apart.
        scopes: what it may be used for.
        plan: limits and free credits (`Settings.plans`).
        created, revoked, last_used: seconds since 1970, `None` where that did not happen; `last_used` to the hour.
    """

    id: str
    tenant: str
    name: str
    shown: str
    scopes: tuple[Scope, ...]
    plan: str
    created: float
    revoked: float | None = None
    last_used: float | None = None


class Keys:
    """The keys in the database. Thread safe.

    Args:
        engine: of the store.
        seal: of the installation.
    """

    def __init__(self, engine: sa.Engine, seal: Seal) -> None:
        self._engine, self._seal = engine, seal
        self._reading = reading(engine)  # strangers with wrong keys must not make writers wait
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Key, float]] = {}
        self._revoked = 0  # how often; what was looked up before the last time is not to be trusted

    def create(
        self, tenant: str, name: str = "", scopes: Sequence[str] = ("read", "write"), plan: str = "default"
    ) -> tuple[Key, str]:
        """Make a key; its secret is not to be had again.

        Raises:
            InvalidOptionError: a tenant, name, scope or plan that cannot be.
        """
        checked = _checked(tenant, name, scopes, plan)
        secret = PREFIX + base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        key = Key(uuid.uuid4().hex, tenant, name, secret[:_SHOWN], checked, plan, time.time())
        row = {
            "id": key.id,
            "tenant": tenant,
            "name": name,
            "hash": _hash(secret),
            "shown": key.shown,
            "scopes": list(checked),
            "plan": plan,
            "webhook_secret": self._seal.seal(_webhook_secret(os.urandom(32))),
            "created": key.created,
        }
        with self._engine.begin() as db:
            db.execute(sa.insert(schema.keys).values(row))
        return key, secret

    def list(self, tenant: str | None = None) -> list[Key]:
        """All keys, of one tenant if it is given, the oldest first, with the revoked ones."""
        query = sa.select(schema.keys).order_by(schema.keys.c.created, schema.keys.c.id)
        if tenant is not None:
            query = query.where(schema.keys.c.tenant == tenant)
        with self._reading.connect() as db:
            return [_key(row) for row in db.execute(query)]

    def revoke(self, key_id: str) -> bool:
        """Close the door for a key, at once here and within seconds in other processes; `False` if there is none."""
        active = sa.update(schema.keys).where(schema.keys.c.id == key_id, schema.keys.c.revoked.is_(None))
        with self._engine.begin() as db:
            found = db.execute(active.values(revoked=time.time())).rowcount > 0
        with self._lock:
            self._known.clear()
            self._revoked += 1
        return found

    def remembered(self, secret: str) -> Key | None:
        """What `verify` found a moment ago, without asking the database; `None` where it has to be asked."""
        key, until = self._known.get(_hash(_bare(secret)), (None, 0.0))
        return key if time.monotonic() < until else None

    def verify(self, secret: str) -> Key | None:
        """The key of a secret, also given as `id:secret`; `None` for an unknown or revoked one."""
        digest = _hash(_bare(secret))
        now = time.monotonic()
        with self._lock:
            key, until = self._known.get(digest, (None, 0.0))
            revoked = self._revoked
        if key is not None and now < until:
            return key
        key = self._looked_up(digest)
        with self._lock:
            if key is None:
                self._known.pop(digest, None)
            elif revoked == self._revoked:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[digest] = key, now + _TRUSTED_SECONDS
        return key

    def any(self) -> bool:
        """Whether any key is active: then nobody is let in without one."""
        query = sa.select(sa.literal(1)).where(schema.keys.c.revoked.is_(None)).limit(1)
        with self._reading.connect() as db:
            return db.execute(query).first() is not None

    def webhook_secret(self, key_id: str) -> str:
        """`whsec_…` to sign the webhooks of a key's jobs with; of the installation for jobs without (known) key.

        Raises:
            SealError: it was sealed with another key.
        """
        return self.webhook_secrets(key_id)[0]

    def webhook_secrets(self, key_id: str) -> tuple[str, ...]:
        """The same, and after it the one before for a day after it was replaced: both sign."""
        now = time.time()
        with self._reading.connect() as db:
            row = db.execute(_REPLACED, {"key": key_id}).one_or_none()
            if row is None:
                return (self._first_secret(db, key_id),)
        sealed = (row.secret, row.before) if now < row.replaced + _ROTATION_SECONDS else (row.secret,)
        return tuple(str(self._seal.open(secret)) for secret in sealed)

    def rotate_webhook_secret(self, key_id: str) -> str:
        """Replace the secret of a key's webhooks (of the installation's: the empty id).

        Returns:
            The new one, which signs from now on; the one before does, too, for a day.
        """
        new = _webhook_secret(os.urandom(32))
        with self._engine.begin() as db:
            row = db.execute(_REPLACED.with_for_update(), {"key": key_id}).one_or_none()
            before = row.secret if row else self._seal.seal(self._first_secret(db, key_id))
            values = {"secret": self._seal.seal(new), "before": before, "replaced": time.time()}
            insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
            made = insert(schema.webhook_secrets).values(values | {"key_id": key_id})
            db.execute(made.on_conflict_do_update(index_elements=["key_id"], set_=values))
        return new

    def sign(self, data: bytes) -> bytes:
        """The installation's Ed25519 signature (`Seal.sign`)."""
        return self._seal.sign(data)

    def _first_secret(self, db: sa.Connection, key_id: str) -> str:
        sealed = db.execute(_FIRST, {"key": key_id}).scalar_one_or_none()
        return _webhook_secret(self._seal.derived("webhooks")) if sealed is None else str(self._seal.open(sealed))

    def _looked_up(self, digest: str) -> Key | None:
        with self._reading.connect() as db:
            row = db.execute(sa.select(schema.keys).where(schema.keys.c.hash == digest)).one_or_none()
        same = hmac.compare_digest(row.hash if row is not None else _NOBODY, digest)
        if row is None or not same or row.revoked is not None:
            return None
        key = _key(row)
        self._note_use(key)
        return key

    def _note_use(self, key: Key) -> None:
        now = time.time()
        if key.last_used is not None and now - key.last_used < _USE_NOTED_SECONDS:
            return
        # a database that is busy must not turn away somebody with a good key
        with suppress(OperationalError), self._engine.begin() as db:
            db.execute(sa.update(schema.keys).where(schema.keys.c.id == key.id).values(last_used=now))


def _bare(secret: str) -> str:
    return secret.partition(":")[2] if ":" in secret else secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _webhook_secret(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


def _key(row: sa.Row[Any]) -> Key:
    return Key(
        row.id,
        row.tenant,
        row.name,
        row.shown,
        tuple(row.scopes),
        row.plan,
        row.created,
        row.revoked,
        row.last_used,
    )


def _checked(tenant: str, name: str, scopes: Sequence[str], plan: str) -> tuple[Scope, ...]:
    if not _TENANT.fullmatch(tenant):
        raise InvalidOptionError(
            f"{tenant!r} cannot be a tenant", "it must be 1 to 64 letters, digits, and . _ @ -", "choose another name"
        )
    if len(name) > 128 or not name.isprintable():
        raise InvalidOptionError("The name of the key cannot be used", "it is too long or not printable")
    if not 0 < len(plan) <= 32:
        raise InvalidOptionError("The plan cannot be used", "its name must have 1 to 32 characters")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InvalidOptionError(f"Scopes {', '.join(unknown)!r} cannot be given", "", f"choose of {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in scopes)
