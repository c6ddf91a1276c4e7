"""The web page: built files of `web/`, served as they lie in the package."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from legenda.server.problems import missing

router = APIRouter(include_in_schema=False)

# No script but files of ours, nothing from or to another host; pictures are fetched with the key and shown as blobs.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_ASSET = re.compile(r"[A-Za-z0-9_.-]+\.(js|css|woff2|svg|txt)")
_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}


class _File(NamedTuple):
    data: bytes
    zipped: bytes
    media_type: str


@router.get("/")
def index(request: Request) -> Response:
    """The page."""
    return _answer(request, "index.html", _HEADERS)


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """A script, style or font of it; names change with the content, so browsers need not ask again."""
    if not _ASSET.fullmatch(name):
        raise missing("file")
    return _answer(request, f"assets/{name}", {"Cache-Control": "public, max-age=31536000, immutable"})


@router.get("/example.png")
def example() -> Response:
    """The example that comes with the package, for those who have no document at hand."""
    data = files("legenda.data").joinpath("example.png").read_bytes()
    return Response(data, 200, {"Cache-Control": "no-cache"}, "image/png")


def _answer(request: Request, path: str, headers: dict[str, str]) -> Response:
    file = _file(path)
    if file is None:
        raise missing("file")
    headers = headers | {"Vary": "Accept-Encoding"}
    if file.zipped and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.zipped, 200, headers | {"Content-Encoding": "gzip"}, file.media_type)
    return Response(file.data, 200, headers, file.media_type)


@cache
def _file(path: str) -> _File | None:
    try:
        data = files("legenda.server").joinpath("static", *path.split("/")).read_bytes()
    except OSError:
        return None
    suffix = path.rpartition(".")[2]
    zipped = b"" if suffix == "woff2" else gzip.compress(data, 9, mtime=0)
    return _File(data, zipped, _TYPES[suffix])


def sources() -> dict[str, str]:
    """SHA-256 of each file of `web/` that the page was built of, by path; empty where there is no page."""
    file = _file("assets/sources.txt")
    return dict(json.loads(file.data)) if file else {}
