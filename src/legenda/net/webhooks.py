"""Signatures of webhooks, as receivers know them from Standard Webhooks (standardwebhooks.com, version 1)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode

PREFIX = "whsec_"


def signed(secret: str, message: str, body: bytes, at: float) -> dict[str, str]:
    """Headers that prove where a message comes from, when it was sent, and that it is whole.

    Args:
        secret: `whsec_` and 24 to 64 bytes in base64.
        message: its id, the same at every try: receivers know by it what they have seen before.
        body: exactly as it is sent.
        at: seconds since 1970; receivers refuse what is older than five minutes, so each try is signed anew.

    Raises:
        ValueError: the secret is not base64.
    """
    key = b64decode(secret.removeprefix(PREFIX), validate=True)
    stamp = str(int(at))
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
