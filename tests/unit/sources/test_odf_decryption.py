"""OpenDocument files with passwords: written here as the specification says, and as LibreOffice writes them."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
import zlib

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

import legenda
from legenda.errors import CorruptSourceError, LegendaError, PasswordRequiredError, WrongPasswordError

SPACE = "urn:oasis:names:tc:opendocument:xmlns"
PASSWORD = "Geheim ß1"
CONTENT = (
    f'<office:document-content xmlns:office="{SPACE}:office:1.0" xmlns:text="{SPACE}:text:1.0"><office:body>'
    "<office:text><text:p>a secret</text:p></office:text></office:body></office:document-content>"
)


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legenda.sources.libreoffice.installed", lambda: None)


def code(data: bytes) -> str:
    return base64.b64encode(data).decode()


def packed(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


def about(way: str, vector: bytes, salt: bytes, checksum: bytes) -> str:
    start = "http://www.w3.org/2000/09/xmldsig#" + ("sha1" if way == "blowfish" else "sha256")
    algorithm = {"cbc": "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "blowfish": "Blowfish CFB"}.get(
        way, "http://www.w3.org/2009/xmlenc11#aes256-gcm"
    )
    size = 16 if way == "blowfish" else 32
    derived = f'm:key-derivation-name="PBKDF2" m:iteration-count="1000" m:key-size="{size}"'
    if way == "argon2":
        derived = (
            f'm:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id"'
            f' m:key-size="{size}" l:argon2-iterations="1" l:argon2-memory="64" l:argon2-lanes="1"'
        )
    kind = "SHA1/1K" if way == "blowfish" else f"{SPACE}:manifest:1.0#sha256-1k"
    summed = f' m:checksum-type="{kind}" m:checksum="{code(checksum)}"' if way in ("cbc", "blowfish") else ""
    return (
        f"<m:encryption-data{summed}>"
        f'<m:algorithm m:algorithm-name="{algorithm}" m:initialisation-vector="{code(vector)}"/>'
        f'<m:start-key-generation m:start-key-generation-name="{start}"/>'
        f'<m:key-derivation {derived} m:salt="{code(salt)}"/></m:encryption-data>'
    )


def encrypted(data: bytes, way: str) -> tuple[bytes, str]:
    """The part, and what the manifest says of it."""
    salt, vector = os.urandom(16), os.urandom({"cbc": 16, "blowfish": 8}.get(way, 12))
    start = (hashlib.sha1 if way == "blowfish" else hashlib.sha256)(PASSWORD.encode()).digest()
    if way == "argon2":
        key = Argon2id(salt=salt, length=32, iterations=1, lanes=1, memory_cost=64).derive(start)
    else:
        key = hashlib.pbkdf2_hmac("sha1", start, salt, 1000, 16 if way == "blowfish" else 32)
    plain = packed(data)
    checksum = (hashlib.sha1 if way == "blowfish" else hashlib.sha256)(plain[:1024]).digest()
    if way == "cbc":
        pad = 16 - len(plain) % 16
        cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
        made = cipher.update(plain + bytes(pad - 1) + bytes([pad])) + cipher.finalize()
    elif way == "blowfish":
        cipher = Cipher(Blowfish(key), CFB(vector)).encryptor()
        made = cipher.update(plain) + cipher.finalize()
    else:
        made = vector + aead.AESGCM(key).encrypt(vector, plain, None)
    return made, about(way, vector, salt, checksum)


def manifest(path: str, said: str, size: int) -> str:
    loext = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
    return (
        f'<m:manifest xmlns:m="{SPACE}:manifest:1.0" xmlns:l="{loext}"><m:file-entry m:full-path="/"'
        f' m:media-type="application/vnd.oasis.opendocument.text"/>'
        f'<m:file-entry m:full-path="{path}" m:size="{size}">{said}</m:file-entry></m:manifest>'
    )


def archived(**parts: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def letter(way: str) -> bytes:
    """Parts encrypted one by one, or, as newer files are, the whole package as one."""
    if way in ("gcm", "argon2"):
        whole = archived(**{"content.xml": CONTENT, "META-INF/manifest.xml": manifest("content.xml", "", 0)})
        part, said = encrypted(whole, way)
        return archived(
            **{"META-INF/manifest.xml": manifest("encrypted-package", said, len(whole)), "encrypted-package": part}
        )
    part, said = encrypted(CONTENT.encode(), way)
    return archived(**{"META-INF/manifest.xml": manifest("content.xml", said, len(CONTENT)), "content.xml": part})


@pytest.mark.parametrize("way", ["cbc", "blowfish", "gcm", "argon2"])
def test_passwords(way: str) -> None:
    data = letter(way)
    assert legenda.read(data, password=PASSWORD).text == "a secret"
    with pytest.raises(WrongPasswordError, match="does not open it"):
        legenda.read(data, password="another")
    with pytest.raises(PasswordRequiredError, match="no password"):
        legenda.read(data)


def test_ways_nobody_knows_are_named() -> None:
    part, said = encrypted(CONTENT.encode(), "cbc")
    told = manifest("content.xml", said.replace("aes256-cbc", "rot13"), len(CONTENT))
    with pytest.raises(CorruptSourceError, match="rot13"):
        legenda.read(archived(**{"META-INF/manifest.xml": told, "content.xml": part}), password=PASSWORD)


@pytest.mark.parametrize(
    "change",
    [
        (b'iteration-count="1000"', b'iteration-count="9999999999"'),
        (b"salt=", b"malt="),
        (b"<m:algorithm", b"<m:algorhythm"),
    ],
)
def test_damage_ends_at_once(change: tuple[bytes, bytes]) -> None:
    part, said = encrypted(CONTENT.encode(), "cbc")
    told = manifest("content.xml", said, 1).encode().replace(*change)
    with pytest.raises(LegendaError):
        legenda.read(archived(**{"META-INF/manifest.xml": told, "content.xml": part}), password=PASSWORD)
