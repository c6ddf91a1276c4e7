"""Signatures of webhooks, as receivers know them from Standard Webhooks (standardwebhooks.com, version 1)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any

PREFIX = "whsec_"


def signed(secrets: str | Sequence[str], message: str, body: bytes, at: float) -> dict[str, str]:
    """Headers that prove where a message comes from, when it was sent, and that it is whole.

    Args:
        secrets: each `whsec_` and 24 to 64 bytes in base64; during a rotation several sign.
        message: its id, the same at every try: receivers know by it what they have seen before.
        body: exactly as it is sent.
        at: seconds since 1970; receivers refuse what is older than five minutes, so each try is signed anew.

    Raises:
        ValueError: a secret is not base64.
    """
    stamp = str(int(at))
    text = f"{message}.{stamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(
            _signature(secret, text) for secret in ((secrets,) if isinstance(secrets, str) else secrets)
        ),
    }


def _signature(secret: str, text: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX), validate=True)
    return f"v1,{b64encode(hmac.digest(key, text, hashlib.sha256)).decode()}"


def signed_fal(sign: Callable[[bytes], bytes], request: str, user: str, body: bytes, at: float) -> dict[str, str]:
    """Headers as receivers of fal's webhooks verify them: Ed25519 over ids, time and the hash of the body.

    Args:
        sign: with the key whose public half is in `jwks`.
        request: id of the request.
        user: whose it is.
        body: exactly as it is sent.
        at: seconds since 1970; receivers take five minutes either way.
    """
    stamp = str(int(at))
    text = "\n".join((request, user, stamp, hashlib.sha256(body).hexdigest()))
    return {
        "X-Fal-Webhook-Request-Id": request,
        "X-Fal-Webhook-User-Id": user,
        "X-Fal-Webhook-Timestamp": stamp,
        "X-Fal-Webhook-Signature": sign(text.encode()).hex(),
    }


def jwks(public: bytes) -> dict[str, Any]:
    """The set of public keys (RFC 7517, RFC 8037) with one Ed25519 key, given as its 32 bytes."""
    x = urlsafe_b64encode(public).rstrip(b"=").decode()
    kid = hashlib.sha256(public).hexdigest()[:16]
    return {"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x}]}
