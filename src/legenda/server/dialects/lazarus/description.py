"""What the routes' descriptions say: the headers, the bodies, and every status an answer may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from legenda.server.dialects.bodies import described
from legenda.server.dialects.lazarus.asked import Asked
from legenda.server.dialects.lazarus.callers import HEADERS

_ERROR = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["FAILURE", "AUTH_FAILURE"]},
        "message": {"type": "string"},
    },
    "required": ["status", "message"],
}
_ERRORS = {
    "400": "Something is missing, or cannot be used.",
    "403": "The key is not valid, or may not do this.",
    "404": "There is no such model, or request.",
    "413": "The file is too large.",
    "429": "Too much waits already.",
    "431": "Path and headers are too large.",
    "500": "It could not be read.",
    "502": "The model failed.",
    "521": "An internal error (apiVersion 2025-05-22 and later).",
    "522": "A model error (apiVersion 2025-05-22 and later).",
}
_STRING = {"type": "string"}


def of(
    answers: Mapping[str, str], more: Mapping[str, Any], *, media_types: tuple[str, ...] = ("application/json",)
) -> dict[str, Any]:
    """Arguments of a route.

    Args:
        answers: what they mean, by status.
        more: of the operation.
        media_types: of these answers.
    """
    content: dict[str, Any] = {name: {} for name in media_types}
    responses: dict[int | str, Any] = {
        code: {"description": text, "content": content} for code, text in answers.items()
    }
    for code, text in _ERRORS.items():
        responses[code] = {"description": text, "content": {"application/json": {"schema": _ERROR}}}
    parameters = [*HEADERS, *more.get("parameters", ())]
    # what a route without a model is said to answer with is not so
    return {"responses": responses, "openapi_extra": {**more, "parameters": parameters}}


def _query(name: str, *values: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": _STRING | {"enum": list(values)}}


_JSON = described(Asked)
_FILE = {
    "type": "object",
    "properties": {
        "file": _STRING | {"format": "binary"},
        "fileId": _STRING,
        "version": _STRING | {"enum": ["1", "2"]},
    },
    "required": ["file"],
}
_BOTH = {
    "requestBody": {
        "required": True,
        "content": _JSON["requestBody"]["content"] | {"multipart/form-data": {"schema": _FILE}},
    }
}
_INDEX = _query("stringIndexType", "unicodeCodePoint", "utf16CodeUnit", "textElements")

READ: dict[str, Any] = of({"200": "What was read."}, _BOTH | {"parameters": [_INDEX]})
ZIP: dict[str, Any] = of(
    {"200": "The ZIP; or where to ask for it."},
    _JSON | {"parameters": [_INDEX, _query("async", "true", "false", "null")]},
    media_types=("application/zip", "application/json"),
)
STATUS: dict[str, Any] = of({"200": "How it stands."}, {})
METRICS: dict[str, Any] = of(
    {"200": "Thrown away."}, {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}
)
