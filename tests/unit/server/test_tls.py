"""The authority of an installation: what it can sign, and what it cannot."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from legenda.errors import OutputError
from legenda.server.ways import tls
from legenda.server.ways.tls import Authority, names
from legenda.settings import Settings

NAMES = ("localhost", "127.0.0.1", "::1", "fal.run")


def shaken(server: ssl.SSLContext, trusted: Path, name: str) -> x509.Certificate:
    """The certificate a client accepts that asks for a name."""
    client = ssl.create_default_context(cafile=str(trusted))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    here, there = socket.socketpair()

    def answer() -> None:
        with there, contextlib.suppress(OSError):
            server.wrap_socket(there, server_side=True).close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=name) as link:
            return x509.load_der_x509_certificate(link.getpeercert(binary_form=True) or b"")
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_it_knows_the_server(tmp_path, name):
    authority = Authority(tmp_path, NAMES)
    assert shaken(authority.context, authority.file, name)
    assert shaken(authority.context, authority.bundle, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(authority.context, authority.file, "example.org")


def test_it_can_sign_for_nobody_else(tmp_path):
    """Whoever steals the key can still not stand for a bank."""
    authority = Authority(tmp_path, NAMES)
    certificate = x509.load_pem_x509_certificate(authority.file.read_bytes())
    key = load_pem_private_key((tmp_path / "ca.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    for name in ("fal.run", "bank.example", "10.0.0.1"):
        general = tls._general(name)
        leaf = ec.generate_private_key(ec.SECP256R1())
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        builder = tls._builder(x509.Name([]), certificate.subject, leaf, until)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        signed = (
            builder.add_extension(x509.SubjectAlternativeName([general]), critical=True)
            .add_extension(issuer, critical=False)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "forged.pem"
        file.write_bytes(tls._pem(leaf) + signed.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if name == "fal.run":
            assert shaken(context, authority.file, name)
        else:
            with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
                shaken(context, authority.file, name)


def test_only_its_owner_reads_the_key(tmp_path):
    Authority(tmp_path / "tls", NAMES)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "tls").iterdir()}
    assert modes == {"ca.pem": 0o644, "ca.key": 0o600, "bundle.pem": 0o644}


def test_it_stays_the_same_until_the_names_change(tmp_path):
    first = Authority(tmp_path, NAMES).file.read_bytes()
    assert Authority(tmp_path, NAMES).file.read_bytes() == first
    other = Authority(tmp_path, (*NAMES, "ocr.example"))
    assert other.file.read_bytes() != first
    assert shaken(other.context, other.file, "ocr.example")


def test_the_servers_certificate_is_renewed_in_place(tmp_path, monkeypatch):
    authority = Authority(tmp_path, NAMES)
    before = shaken(authority.context, authority.file, "localhost")
    assert not authority.renewed()
    monkeypatch.setattr(tls, "_now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=61))
    assert authority.renewed() and not authority.renewed()
    monkeypatch.undo()
    assert before.not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=80)
    with pytest.raises(ssl.SSLCertVerificationError, match="not yet valid"):  # so it is another one
        shaken(authority.context, authority.file, "localhost")


def test_what_is_trusted_anyway_stays_so(tmp_path, monkeypatch):
    given = tmp_path / "own.pem"
    given.write_text("# of the company\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(given))
    authority = Authority(tmp_path / "tls", NAMES)
    assert authority.bundle.read_bytes() == given.read_bytes() + authority.file.read_bytes()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))  # of a shell that `legenda env` was evaluated in
    bundle = Authority(tmp_path / "tls", NAMES).bundle.read_text()
    assert bundle.count(authority.file.read_text()) == 1 and bundle.count("BEGIN") > 50


@pytest.mark.parametrize("file", ["ca.pem", "ca.key"])
def test_damaged_files(tmp_path, file):
    Authority(tmp_path, NAMES)
    (tmp_path / file).write_text("nothing")
    with pytest.raises(OutputError, match=str(tmp_path)):
        Authority(tmp_path, NAMES)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError):
        Authority(tmp_path / "tls", NAMES)


def test_names(tmp_path):
    found = names(Settings(host="0.0.0.0", public_url="https://OCR.example:8443/base"))
    assert {"localhost", "127.0.0.1", "::1", "ocr.example", "fal.run", "api.lazarusai.com"} <= set(found)
    assert "0.0.0.0" not in found and len(set(found)) == len(found)
