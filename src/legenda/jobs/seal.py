"""Seals what may not be read in the database, with the key of the installation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from legenda.errors import SealError
from legenda.settings import Settings

_NONCE = 12
_KEY = 32
_SHORTEST = 16
_FILE = "secret.key"
_REMEDY = (
    f"start with the LEGENDA_SECRET_KEY, or the {_FILE} in the data folder, that this database was made with; "
    "if it is lost, make new keys and submit open jobs again"
)


class Seal:
    """Authenticated encryption (AES-256-GCM) and keyed hashes.

    Args:
        key: at least 16 bytes nobody can guess; what it is used for is derived from it.

    Raises:
        SealError: the key is too short.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < _SHORTEST:
            raise SealError(
                "The secret key cannot be used",
                f"it has fewer than {_SHORTEST} bytes",
                "make one with `openssl rand -hex 32`",
            )
        self._key = key
        self._cipher = AESGCM(self.derived("seal"))

    @classmethod
    def of(cls, settings: Settings) -> Seal:
        """With `secret_key`; without, with the key kept in the data folder, which is made if it is not there.

        Raises:
            SealError: the key is too short, or its file damaged, unreadable, or not to be written.
        """
        given = settings.secret_key.get_secret_value()
        return cls(given.encode() if given else _kept(settings.data_dir / _FILE))

    def seal(self, value: Any) -> bytes:
        """Encrypt anything JSON can say; equal values give different bytes."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(value).encode(), None)

    def open(self, sealed: bytes) -> Any:
        """The value again.

        Raises:
            SealError: it was sealed with another key, or changed since.
        """
        try:
            return json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
        except (InvalidTag, ValueError):
            # neither the cause nor the bytes go on: they end in logs
            raise SealError(
                "A secret in the database cannot be opened", "it was sealed with another key, or is damaged", _REMEDY
            ) from None

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, always the same one."""
        return hmac.digest(self._key, b"legenda " + purpose.encode(), hashlib.sha256)

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) of the installation, which anybody can verify with `public_key`."""
        return self._signing_key().sign(data)

    def public_key(self) -> bytes:
        """The 32 bytes that verify what `sign` signs; the same as long as the key of the installation is."""
        return self._signing_key().public_key().public_bytes_raw()

    def _signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derived("ed25519"))

    def pseudonym(self, purpose: str, value: str) -> str:
        """32 hexadecimal digits that stand for a value and cannot be guessed back without the key."""
        return hmac.digest(self.derived(purpose), value.encode(), hashlib.sha256).hex()[:32]

    def __repr__(self) -> str:
        return "Seal(…)"


def _kept(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        text = file.read_bytes()
        with suppress(OSError):  # not ours to change, or a file system without modes
            file.chmod(0o600)
    except OSError as error:
        raise SealError(
            f"{file} cannot be used", error.strerror or "", "make its folder writable, or set LEGENDA_SECRET_KEY"
        ) from error
    with suppress(binascii.Error):
        key = base64.b64decode(text.strip(), validate=True)
        if len(key) == _KEY:
            return key
    raise SealError(f"{file} is damaged", f"it does not hold {_KEY} bytes in base64", "put back a copy of it")


def _make(file: Path) -> None:
    """Two processes that start at once end up with the same key: the file appears whole, and only once."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{_FILE}-{secrets.token_hex(6)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(base64.b64encode(os.urandom(_KEY)) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
