"""What the routes' descriptions say of bodies, parameters and answers."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from legenda.server.dialects.azure.asked import API, FEATURES, PAGES, Image, Source
from legenda.server.dialects.bodies import described
from legenda.server.dialects.read import INDEX_TYPES

_STRING = {"type": "string"}
_TEXT = {"type": "object", "required": ["code", "message"], "properties": {"code": _STRING, "message": _STRING}}
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": _TEXT}}
_ERRORS: dict[int | str, Any] = {
    code: {"description": text, "content": {"application/json": {"schema": _ERROR}}}
    for code, text in (("4XX", "What is wrong with the request."), ("5XX", "A fault of the server."))
}


def _query(name: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": _STRING | schema}


def _body(model: Any) -> dict[str, Any]:
    binary = {"schema": _STRING | {"format": "binary"}}
    content = described(model)["requestBody"]["content"]
    kinds = ("application/octet-stream", "application/pdf", "image/png")
    return {"requestBody": {"required": True, "content": content | dict.fromkeys(kinds, binary)}}


def _route(code: int, text: str, content: dict[str, Any] | None = None, **extra: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": text} | ({"content": content} if content else {})
    # what has no content is not said to be JSON
    return {"responses": {code: answer} | _ERRORS, "openapi_extra": extra, "response_class": Response}


_STATE = {"type": "object", "required": ["status", "createdDateTime", "lastUpdatedDateTime"]}
_JSON = {"application/json": {"schema": _STATE}}
_API = _query("api-version", required=True, pattern=API, examples=["2024-11-30"])
_PAGES = _query("pages", pattern=PAGES)
_ANALYSIS = [
    *(_API, _PAGES),
    _query("locale"),
    _query("stringIndexType", enum=list(INDEX_TYPES)),
    _query("features", enum=list(FEATURES)),
    _query("outputContentFormat", enum=["text", "markdown"]),
    _query("output", enum=["pdf", "figures"]),
]

ANALYSE: dict[str, Any] = _route(202, "It is taken.", **_body(Source), parameters=_ANALYSIS)
RESULT: dict[str, Any] = _route(200, "How it stands.", _JSON, parameters=[_API])
DELETE: dict[str, Any] = _route(204, "It is forgotten.", parameters=[_API])
PDF: dict[str, Any] = _route(200, "The document.", {"application/pdf": {}}, parameters=[_API])
READ: dict[str, Any] = _route(202, "It is taken.", **_body(Image), parameters=[_PAGES, _query("language")])
READ_RESULT: dict[str, Any] = _route(200, "How it stands.", _JSON)
