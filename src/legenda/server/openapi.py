"""The description of the interface: what the routes cannot say themselves (bodies, keys, problems, examples)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from legenda.jobs.record import Input, Job, JobRequest, Stored
from legenda.server.api import render
from legenda.server.api.models import FromBase64, FromBody, FromForm, FromUrl, ProblemOut
from legenda.server.problems import MEDIA_TYPE

_ABOUT = (
    "Reads images, PDF and office files. Make a job, wait for it, take what was read. Errors are problems (RFC 9457) "
    "with a stable `code`. Without keys, the server answers programs on its own machine only."
)
_BODIES: tuple[type[BaseModel], ...] = (FromUrl, FromBase64, FromForm, ProblemOut)
_EXAMPLE = Job(
    "5f1c0d2e9b7a4f63a1d8c4e7b2096f3a",
    "done",
    JobRequest("local", Input("letter.png", size=41661), formats=("txt",), metadata={"order": 4711}),
    created=1795167305.047,
    format="png",
    page_count=1,
    pages_done=1,
    started=1795167305.057,
    finished=1795167305.978,
    expires=1795253705.978,
    confidence=0.961,
    characters=960,
    charged=1,
    results={"txt": Stored("", 1012, "826668de7c05a7b32a3304bb6bbbcad0ea4acc41073971fcf9cdcd3ca6e9d9c0")},
)
_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The request is broken.",
    "401": "A key is needed, or not valid.",
    "402": "Not enough credits: `used` of `cap` in this `period`.",
    "403": "The key lacks a scope.",
    "404": "There is no such thing, or it is not yours.",
    "408": "The body did not come.",
    "409": "It cannot be done as things stand.",
    "413": "The input is too large.",
    "415": "The input, or the body, is of no format that can be read.",
    "422": "A value cannot be used; `detail` says which.",
    "429": "Too much waits already; `retry_after` seconds may help.",
    "431": "Path and headers are too large.",
}
_ALWAYS = ("400", "401", "403", "422", "431")
_WITH_ID = ("404", "409")
_CREATING = ("402", "404", "408", "409", "413", "415", "429")


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title="Legenda", version=version("legenda"), description=_ABOUT, routes=app.routes)
    schemas = document["components"]["schemas"]
    schemas.update(models_json_schema([(model, "validation") for model in _BODIES], ref_template=_REF)[1]["$defs"])
    file = {"type": "string", "format": "binary", "description": "the input"}
    schemas["FromForm"] |= {"properties": {"file": file} | schemas["FromForm"]["properties"], "required": ["file"]}
    schemas["JobOut"]["examples"] = [render.job(_EXAMPLE)]
    schemas["ProblemOut"]["examples"] = [
        {
            "type": "urn:legenda:problem:unsupported_format",
            "title": "Unsupported format",
            "status": 415,
            "code": "unsupported_format",
            "detail": "letter.docx cannot be read. it seems to be a Word document, which cannot be read yet.",
        }
    ]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "query": {"type": "apiKey", "in": "query", "name": "api_token"},
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method)
    _bodies(document["paths"]["/v1/jobs"]["post"])
    return document


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    if path.startswith("/v1"):
        operation["security"] = [{}, {"bearer": []}, {"query": []}]
    codes = [*_ALWAYS, *(_WITH_ID if "{id}" in path else ()), *(_CREATING if method == "post" else ())]
    responses = operation["responses"]
    for code in codes:
        responses[code] = {"description": _PROBLEMS[code]} | responses.get(code, {}) | {"content": _problem()}
    for code, response in responses.items():
        if code >= "400" and path.startswith("/v1"):
            response["content"] = _problem()
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "id":
            parameter["schema"] = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
        if parameter["name"] == "number":
            parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}


def _problem() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemOut")}}}


def _bodies(operation: dict[str, Any]) -> None:
    """The four forms in which an input comes."""
    either = [{"$ref": _REF.format(model=model)} for model in ("FromUrl", "FromBase64")]
    binary = {"schema": {"type": "string", "format": "binary"}}
    operation["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": either},
                "examples": {
                    "url": {"value": {"url": "https://example.org/letter.pdf", "languages": ["de"], "pages": "1-3"}},
                    "base64": {"value": {"base64": "iVBORw0KGgo…", "name": "scan.png", "tier": "fast"}},
                },
            },
            "multipart/form-data": {"schema": {"$ref": _REF.format(model="FromForm")}},
            "application/pdf": binary,
            "application/zip": binary,
            "image/*": binary,
            "application/octet-stream": binary,
        },
    }
    known = {name for name in FromBody.model_fields}
    schema = FromBody.model_json_schema(ref_template=_REF)
    operation["parameters"] = [
        *operation.get("parameters", []),
        *(
            {"name": name, "in": "query", "required": False, "schema": {k: v for k, v in what.items() if k != "title"}}
            for name, what in schema["properties"].items()
            if name in known
        ),
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
            "description": "the same one gives the same job",
        },
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "examples": {"wait": {"value": "wait=10"}, "async": {"value": "respond-async"}},
        },
    ]
