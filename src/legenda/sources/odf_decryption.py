"""Decrypts OpenDocument files with passwords, in the sandbox (OpenDocument 1.3, part 2, 3.4 and 4.8; LibreOffice 24.2).

Each part is packed, then encrypted by AES-256 (CBC; GCM in newer files) or Blowfish, with a key derived from the
password; newer files hold the whole package as one such part. The result is the package as it would be without.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import Element

from legenda.errors import CorruptSourceError, MissingComponentError, PasswordRequiredError, WrongPasswordError
from legenda.sources.xml_parts import MAX_PART, attribute, local, parsed, part

MANIFEST = "META-INF/manifest.xml"
_WHOLE = "encrypted-package"
_CHECKED = 1024
_MOST_ROUNDS, _MOST_MEMORY = 5_000_000, 512 * 1024
"""Iterations, and kibibytes of Argon2: what is honest takes 100,000, and 64 MiB."""
_GCM_NONCE = 12


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Whether parts of a package are encrypted."""
    return b"encryption-data" in part(archive, MANIFEST)


def decrypt(archive: zipfile.ZipFile, out: BinaryIO, password: str | None, *, name: str) -> None:
    """Write the package decrypted.

    Raises:
        PasswordRequiredError: no password is given.
        WrongPasswordError: it is another.
        MissingComponentError: what decrypts is not installed.
        CorruptSourceError: it is encrypted in an unknown way.
        ValueError: it is damaged.
    """
    if password is None:
        raise PasswordRequiredError(f"{name} is encrypted", "no password was given", "give its password")
    manifest = parsed(part(archive, MANIFEST))
    entries = {attribute(e, "full-path"): e for e in manifest if local(e) == "file-entry"}
    encrypted = {path: _Encryption(e, name) for path, e in entries.items() if any(map(_is_about, e))}
    if _WHOLE in encrypted:
        out.write(encrypted[_WHOLE].opened(part(archive, _WHOLE), password))
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for info in archive.infolist():
            data = part(archive, info.filename)
            if info.filename in encrypted:
                data = encrypted[info.filename].opened(data, password)
            made.writestr(info.filename, _plain(data) if info.filename == MANIFEST else data)


def _is_about(element: Element) -> bool:
    return local(element) == "encryption-data"


def _plain(manifest: bytes) -> bytes:
    """The manifest without what it says of encryption."""
    from xml.etree import ElementTree as ET

    root = parsed(manifest)
    for entry in root:
        for about in [child for child in entry if _is_about(child)]:
            entry.remove(about)
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True))


class _Encryption:
    """How one part is encrypted."""

    def __init__(self, entry: Element, name: str) -> None:
        self._name = name
        about = next(filter(_is_about, entry))
        self._checksum = _bytes(attribute(about, "checksum"))
        self._digest = "sha256" if "sha256" in attribute(about, "checksum-type").lower() else "sha1"
        told = {local(child): child for child in about}
        algorithm, derivation = told.get("algorithm"), told.get("key-derivation")
        start = told.get("start-key-generation")
        if algorithm is None or derivation is None:
            raise ValueError("it does not say how it is encrypted")
        self._algorithm = attribute(algorithm, "algorithm-name").lower()
        self._vector = _bytes(attribute(algorithm, "initialisation-vector"))
        self._derivation = derivation
        self._start = (
            "sha256" if start is not None and "sha256" in attribute(start, "start-key-generation-name") else ""
        )

    def opened(self, data: bytes, password: str) -> bytes:
        """The part's bytes. Raises as `decrypt`."""
        try:
            key = self._key(password)
            packed = self._decrypted(data, key)
        except ImportError as error:
            what, why = f"{self._name} is encrypted", "cryptography is not installed"
            raise MissingComponentError(what, why, "pip install 'legenda[office]'") from error
        if packed is None or (self._checksum and self._sum(packed) != self._checksum):
            raise WrongPasswordError(
                f"{self._name} is encrypted", "the password does not open it", "give the right one"
            )
        unpacked = zlib.decompressobj(-15).decompress(packed, MAX_PART + 1)
        if len(unpacked) > MAX_PART:
            raise ValueError("a part unpacks to too much")
        return unpacked

    def _sum(self, packed: bytes) -> bytes:
        return hashlib.new(self._digest, packed[:_CHECKED], usedforsecurity=False).digest()

    def _key(self, password: str) -> bytes:
        told = self._derivation
        size, salt = int(attribute(told, "key-size", "16")), _bytes(attribute(told, "salt"))
        start = hashlib.new(self._start or "sha1", password.encode(), usedforsecurity=False).digest()
        kind = attribute(told, "key-derivation-name").lower()
        if "argon2id" in kind:
            return self._argon2(start, salt, size)
        rounds = int(attribute(told, "iteration-count", "1024"))
        if "pbkdf2" not in kind or not 0 < rounds <= _MOST_ROUNDS or not 0 < size <= 64:
            raise self._unknown(kind)
        return hashlib.pbkdf2_hmac("sha1", start, salt, rounds, size)

    def _argon2(self, start: bytes, salt: bytes, size: int) -> bytes:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        rounds, memory, lanes = (
            int(attribute(self._derivation, f"argon2-{kind}", "0")) for kind in ("iterations", "memory", "lanes")
        )
        if not (0 < rounds <= 64 and 0 < memory <= _MOST_MEMORY and 0 < lanes <= 64 and 0 < size <= 64):
            raise self._unknown("argon2id with odd numbers")
        derivation = Argon2id(salt=salt, length=size, iterations=rounds, lanes=lanes, memory_cost=memory)
        return bytes(derivation.derive(start))

    def _decrypted(self, data: bytes, key: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers import Cipher, aead
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import CBC

        if "gcm" in self._algorithm:
            try:
                nonce = data[:_GCM_NONCE]
                return aead.AESGCM(key).decrypt(nonce, data[_GCM_NONCE:], None)
            except InvalidTag:
                return None
        if "aes" in self._algorithm and "cbc" in self._algorithm:
            if len(data) % 16:
                raise ValueError("an encrypted part has no whole blocks")
            cipher = Cipher(AES(key), CBC(self._vector)).decryptor()
            packed = cipher.update(data) + cipher.finalize()
            return packed[: -packed[-1]] if packed and 0 < packed[-1] <= 16 else None
        if "blowfish" in self._algorithm:
            from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
            from cryptography.hazmat.decrepit.ciphers.modes import CFB

            cipher = Cipher(Blowfish(key), CFB(self._vector)).decryptor()
            return cipher.update(data) + cipher.finalize()
        raise self._unknown(self._algorithm)

    def _unknown(self, how: str) -> CorruptSourceError:
        return CorruptSourceError(f"{self._name} is encrypted", f"in a way not known here ({how[:60]})", "decrypt it")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=False)


DAMAGE = (ValueError, zlib.error, struct.error, zipfile.BadZipFile, io.UnsupportedOperation)
"""What `decrypt` raises of damaged files."""
