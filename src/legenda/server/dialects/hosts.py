"""Names of the services whose clients may be led here, and what each is for. Nothing is ever sent to them."""

from __future__ import annotations

from collections.abc import Mapping

PREFIXES: Mapping[str, str] = {
    "fal-run": "/run",
    "fal-queue": "/queue",
    "fal-rest": "/rest",
    "fal-cdn": "/cdn",
    "mr-run": "/mr/run",
    "mr-queue": "/mr/queue",
    "mr-rest": "/mr/rest",
    "own": "",
}
"""Canonical prefix by role."""

VENDORS: Mapping[str, str] = {
    "fal.run": "fal-run",
    "falrun.com": "fal-run",
    "queue.fal.run": "fal-queue",
    "queue.falrun.com": "fal-queue",
    "rest.fal.ai": "fal-rest",
    "rest.alpha.fal.ai": "fal-rest",
    "v3.fal.media": "fal-cdn",
    "fal.media": "fal-cdn",
    "modelrunner.run": "mr-run",
    "api.modelrunner.run": "mr-run",
    "queue.modelrunner.run": "mr-queue",
    "media.modelrunner.ai": "own",
    "api.lazarusai.com": "own",
    "api.lazarusforms.com": "own",
    "ocr.chat": "own",
    "techsz.aoscdn.com": "own",
    "techhk.aoscdn.com": "own",
    "api.gpt.ge": "own",
}
"""Role by host, as of fal-client 0.4 to 1.0.3, @fal-ai/client 1.10.1, modelrunner-ai 0.6.0, lazarus-ai 1.0.1, and the
documentations of OCR.chat, PicWish and its relay. Hosts that are told apart by their paths alone have `own`."""

_SIBLINGS: Mapping[str, Mapping[str, str]] = {
    "fal": {
        "fal-run": "fal.run",
        "fal-queue": "queue.fal.run",
        "fal-rest": "rest.fal.ai",
        "fal-cdn": "v3.fal.media",
    },
    "mr": {"mr-run": "modelrunner.run", "mr-queue": "queue.modelrunner.run", "mr-rest": "modelrunner.run"},
}

OWNERS: dict[str, str] = {"fal-ai": "fal", "stepfun-ai": "mr"}
"""Whose interface a bare path `/owner/app` belongs to, by owner."""


def named(netloc: str) -> str:
    """Host of `host:port`, in lower case."""
    host, colon, port = netloc.rpartition(":")
    return (host if colon and port.isdecimal() else netloc).lower()


def role_of(host: str) -> str | None:
    """Role of a vendor's host (a name in lower case, without port); `None` for any other."""
    return VENDORS.get(host)


def sibling(role: str) -> str | None:
    """Host that has a role at the vendor's."""
    return _SIBLINGS.get(role.partition("-")[0], {}).get(role)
