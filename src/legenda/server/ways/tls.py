"""TLS with an authority of this installation's own, that can sign for a few names only.

Whoever trusts the authority trusts nobody but this server, and only where it stands for itself or for the services
whose clients are led here: the names are constraints in the authority's certificate (RFC 5280, 4.2.1.10), so its key
is worth nothing elsewhere.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import secrets
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from legenda.errors import OutputError
from legenda.server.dialects.hosts import VENDORS

if TYPE_CHECKING:
    from legenda.settings import Settings

_AUTHORITY_DAYS, _LEAF_DAYS = 3650, 90
_RENEWED_DAYS = 30  # before its end
_EARLIER = dt.timedelta(hours=1)  # clocks differ
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 no names


def names(settings: Settings) -> tuple[str, ...]:
    """What the server may prove to be: itself, as far as it knows its names, and the services."""
    public = urlsplit(settings.public_url).hostname
    own = (name.strip("[]").lower() for name in (settings.host, public or "") if name not in _EVERYWHERE)
    return tuple(dict.fromkeys((*_LOOPBACK, *filter(None, own), *VENDORS)))


class Authority:
    """The authority, made when it is first needed, and the certificate it signs for the server.

    The folder gets `ca.pem` (to be trusted), `ca.key` (readable by its owner alone) and `bundle.pem` (what programs
    trust anyway, and `ca.pem`; for `SSL_CERT_FILE`).

    Args:
        folder: of its files.
        names: host names and addresses.

    Attributes:
        file: certificate of the authority.
        bundle: the same, with all others that are trusted.
        context: for listening. Its certificate is renewed in place.

    Raises:
        OutputError: the folder cannot be used, or its files are damaged.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder, self._names = folder, [_general(name) for name in names]
        self.file, self.bundle = folder / "ca.pem", folder / "bundle.pem"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = _kept_key(folder / "ca.key")
            self._certificate = self._kept_certificate()
            _written(self.bundle, _trusted(self.bundle) + self.file.read_bytes(), 0o644)
        except (OSError, ValueError, TypeError) as error:
            why = getattr(error, "strerror", None) or "what is in it is damaged"
            raise OutputError(f"{folder} cannot be used for TLS", why, "mend it, or delete it") from None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(["http/1.1"])
        self._until = self._renew()

    def renewed(self) -> bool:
        """Renew the server's certificate if it will end soon; whether it was. Blocks for milliseconds."""
        if _now() < self._until - dt.timedelta(days=_RENEWED_DAYS):
            return False
        self._until = self._renew()
        return True

    def _renew(self) -> dt.datetime:
        """A new certificate and key for the server; the key is in memory, and in a file only while it is loaded."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = _now() + dt.timedelta(days=_LEAF_DAYS)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Legenda")])
        builder = _builder(name, self._certificate.subject, key, until)
        builder = (
            builder.add_extension(x509.SubjectAlternativeName(self._names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        leaf = builder.sign(self._key, hashes.SHA256())
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".leaf-") as file:
            file.write(_pem(key) + leaf.public_bytes(Encoding.PEM))
            file.flush()
            self.context.load_cert_chain(file.name)
        return until

    def _kept_certificate(self) -> x509.Certificate:
        if self.file.exists():
            kept = x509.load_pem_x509_certificate(self.file.read_bytes())
            if self._serves(kept):
                return kept
        made = self._make()
        _written(self.file, made.public_bytes(Encoding.PEM), 0o644)
        return made

    def _serves(self, kept: x509.Certificate) -> bool:
        """Whether it is of our key, constrained to the names of today, and good for long enough."""
        constraints = kept.extensions.get_extension_for_class(x509.NameConstraints).value
        soon = _now() + dt.timedelta(days=_LEAF_DAYS)
        return (
            kept.public_key() == self._key.public_key()
            and constraints == self._constraints()
            and kept.not_valid_after_utc > soon
        )

    def _make(self) -> x509.Certificate:
        # a name of its own: two authorities of the same name would be mixed up by those who trust both
        common = f"Legenda {secrets.token_hex(4)}, for this server alone"
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
        builder = _builder(name, name, self._key, _now() + dt.timedelta(days=_AUTHORITY_DAYS))
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(self._constraints(), critical=True)
        )
        return builder.sign(self._key, hashes.SHA256())

    def _constraints(self) -> x509.NameConstraints:
        permitted = [
            x509.IPAddress(ipaddress.ip_network(name.value)) if isinstance(name, x509.IPAddress) else name
            for name in self._names
        ]
        return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - _EARLIER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _kept_key(file: Path) -> ec.EllipticCurvePrivateKey:
    if not file.exists():
        _written(file, _pem(ec.generate_private_key(ec.SECP256R1())), 0o600)
    file.chmod(0o600)
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _trusted(bundle: Path) -> bytes:
    """What programs trust without us: what `SSL_CERT_FILE` says, else certifi's list."""
    given = os.environ.get("SSL_CERT_FILE", "")
    if given and Path(given).is_file() and Path(given).resolve() != bundle.resolve():
        return Path(given).read_bytes().rstrip() + b"\n"
    import certifi

    return Path(certifi.where()).read_bytes().rstrip() + b"\n"


def _written(file: Path, content: bytes, mode: int) -> None:
    """All of it, or nothing; nobody else may read it before it has its mode."""
    part = file.with_name(f".{file.name}-{secrets.token_hex(6)}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        part.chmod(mode)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
