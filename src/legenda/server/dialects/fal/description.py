"""What describes an endpoint to programs and people: OpenAPI, `llms.txt`; and the keys that verify webhooks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from legenda.net.webhooks import jwks
from legenda.server.dialects.doorway import Reached, reached
from legenda.server.dialects.fal.answers import REQUEST_ID, answer, request_id
from legenda.server.dialects.fal.errors import NoApplicationError
from legenda.server.dialects.queue import apps
from legenda.server.service import service_of

router = APIRouter()

ENDPOINT = "fal-ai/got-ocr/v2"
_URLS = {
    "type": "array",
    "items": {"type": "string"},
    "title": "Input Image Urls",
    "description": "URL of images.",
    "default": [],
}
_SWITCHES = {
    "do_format": ("Do Format", "Generate the output in formatted mode."),
    "multi_page": ("Multi Page", "Use provided images to generate a single output."),
}
INPUT: dict[str, Any] = {
    "title": "GotOcrV2Input",
    "type": "object",
    "properties": {"input_image_urls": _URLS}
    | {
        name: {"type": "boolean", "title": title, "description": said, "default": False}
        for name, (title, said) in _SWITCHES.items()
    },
    "x-fal-order-properties": ["input_image_urls", "do_format", "multi_page"],
}
OUTPUT: dict[str, Any] = {
    "title": "GotOcrV2Output",
    "type": "object",
    "properties": {
        "outputs": {
            "type": "array",
            "items": {"type": "string"},
            "title": "Outputs",
            "description": "Generated output",
        }
    },
    "required": ["outputs"],
    "x-fal-order-properties": ["outputs"],
}
STATUS: dict[str, Any] = {
    "title": "QueueStatus",
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]},
        "request_id": {"type": "string", "description": "The request id."},
        "response_url": {"type": "string", "description": "The response url."},
        "status_url": {"type": "string", "description": "The status url."},
        "cancel_url": {"type": "string", "description": "The cancel url."},
        "logs": {"type": "object", "additionalProperties": True, "description": "The logs."},
        "metrics": {"type": "object", "additionalProperties": True, "description": "The metrics."},
        "queue_position": {"type": "integer", "description": "The queue position."},
    },
    "required": ["status", "request_id"],
}
_ABOUT = "Reads plain and formatted documents, tables, formulas and text in scenes."


@router.get("/api/openapi/queue/openapi.json", summary="Describe an endpoint")
def openapi(request: Request, endpoint_id: Annotated[str, Query(examples=[ENDPOINT])] = ENDPOINT) -> Response:
    """OpenAPI of the queue, for one endpoint."""
    _check(request, endpoint_id)
    return answer(request, _document(endpoint_id, reached(request)))


@router.get("/models/{endpoint:path}/llms.txt", include_in_schema=False)
def llms(request: Request, endpoint: str) -> Response:
    """How the endpoint is called, for language models."""
    _check(request, endpoint)
    headers = {REQUEST_ID: request_id(request)}
    return Response(
        _LLMS.format(endpoint=endpoint, run=reached(request).base("fal-run"), own=reached(request).own, about=_ABOUT),
        200,
        headers,
        "text/plain; charset=utf-8",
    )


@router.get("/rest/.well-known/jwks.json", summary="Keys that verify webhooks")
def keys(request: Request) -> Response:
    """Ed25519, as a set of JSON web keys; may be kept for a day."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return answer(request, jwks(service_of(request).seal.public_key()), headers=headers)


router.add_api_route("/.well-known/jwks.json", keys, include_in_schema=False)


def _check(request: Request, endpoint: str) -> None:
    if endpoint not in apps.endpoints("fal", service_of(request).settings.apps):
        raise NoApplicationError(f"Application {endpoint[:200]!r} not found")


def _document(endpoint: str, way: Reached) -> dict[str, Any]:
    return {
        "openapi": "3.0.4",
        "info": {
            "title": f"Queue OpenAPI for {endpoint}",
            "version": "1.0.0",
            "description": f"The OpenAPI schema for the {endpoint} queue.",
            "x-fal-metadata": {
                "endpointId": endpoint,
                "category": "vision",
                "thumbnailUrl": "",
                "playgroundUrl": "",
                "documentationUrl": f"{way.own}/models/{endpoint}/llms.txt",
            },
        },
        "components": {
            "securitySchemes": {
                "apiKeyAuth": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Fal Key"}
            },
            "schemas": {"QueueStatus": STATUS, "GotOcrV2Input": INPUT, "GotOcrV2Output": OUTPUT},
        },
        "paths": _paths(endpoint),
        "servers": [{"url": way.base("fal-queue")}],
        "security": [{"apiKeyAuth": []}],
    }


def _paths(endpoint: str) -> dict[str, Any]:
    """Requests are found under the whole name of the endpoint, too: the service describes them there."""
    long = f"/{endpoint}/requests/{{request_id}}"
    id = {"name": "request_id", "in": "path", "required": True, "schema": {"type": "string"}}
    logs = {"name": "logs", "in": "query", "required": False, "schema": {"type": "number"}}
    logs["description"] = "Whether to include logs (`1`) in the response or not (`0`)."
    done = {"type": "object", "properties": {"status": {"type": "string"}}}
    queued, output = _ref("QueueStatus"), _ref("GotOcrV2Output")
    body = {"required": True, "content": {"application/json": {"schema": _ref("GotOcrV2Input")}}}
    return {
        f"{long}/status": {"get": {"parameters": [id, logs], "responses": _said("The request status.", queued)}},
        f"{long}/cancel": {"put": {"parameters": [id], "responses": _said("The request was cancelled.", done)}},
        f"/{endpoint}": {"post": {"requestBody": body, "responses": _said("The request status.", queued)}},
        long: {"get": {"parameters": [id], "responses": _said("Result of the request.", output)}},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _said(what: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": what, "content": {"application/json": {"schema": schema}}}}


_LLMS = """# GOT OCR 2.0

> {about}

## Overview

- **Endpoint**: `{run}/{endpoint}`
- **Model ID**: `{endpoint}`
- **Category**: vision
- **Kind**: inference

### Input Schema

- **`input_image_urls`** (`list<string>`, _optional_): URL of images.
  - Default: `[]`
- **`do_format`** (`boolean`, _optional_): Generate the output in formatted mode.
  - Default: `false`
- **`multi_page`** (`boolean`, _optional_): Use provided images to generate a single output.
  - Default: `false`

### Output Schema

- **`outputs`** (`list<string>`, _required_): Generated output

## Usage

### cURL

```bash
curl --request POST \\
  --url {run}/{endpoint} \\
  --header "Authorization: Key $FAL_KEY" \\
  --header "Content-Type: application/json" \\
  --data '{{}}'
```

### Python

```python
import fal_client
import legenda.compat.fal

legenda.compat.fal.redirect("{own}")
print(fal_client.subscribe("{endpoint}", arguments={{"input_image_urls": ["https://example.org/page.png"]}}))
```

### JavaScript

```javascript
import {{ fal }} from "@fal-ai/client";

fal.config({{ credentials: "your key", proxyUrl: {{ url: "{own}/api/fal/proxy", when: "always" }} }});
const result = await fal.subscribe("{endpoint}", {{ input: {{ input_image_urls: ["https://example.org/page.png"] }} }});
console.log(result.data.outputs);
```

## More

- OpenAPI: {own}/api/openapi/queue/openapi.json?endpoint_id={endpoint}
"""
