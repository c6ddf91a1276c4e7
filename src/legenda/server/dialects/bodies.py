"""JSON bodies with images in them: read within bounds, and described where FastAPI is not told of them."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from legenda.net.names import clean
from legenda.server import admission
from legenda.server.asking import Part
from legenda.server.auth import Caller
from legenda.server.dialects.queue.inputs import parts
from legenda.server.service import service_of
from legenda.server.strictjson import parsed
from legenda.server.uploads import whole

Body = TypeVar("Body", bound=BaseModel)

_BASE64_MEGABYTES = 32  # of inputs in one body, as in `/v1`; they are held in memory three times
_AROUND = 2**17


async def received(request: Request, caller: Caller, model: type[Body]) -> tuple[Body, bytes]:
    """The body of a request, as the model has it, and as it came.

    Raises:
        ProblemError: 400, it is no JSON.
        TooLargeError: it is larger than what may come in base64.
        ValidationError: it is not what the model says.
    """
    cap = min(admission.cap(service_of(request), caller), _BASE64_MEGABYTES * 2**20)
    text = await whole(request, cap * 4 // 3 + _AROUND)
    return model.model_validate(parsed(text)), text


def part_of(url: str, name: str = "") -> Part:
    """What a URL names: bytes that come along (`data:`), or a place to fetch from.

    Raises:
        InvalidOptionError: a data URI is broken.
    """
    (found,) = parts([url])
    return Part(clean(name) or found.name, found.data, found.url)


def described(model: type[BaseModel]) -> dict[str, Any]:
    """For `openapi_extra` of a route that reads its body itself."""
    schema = model.model_json_schema()
    kinds = schema.pop("$defs", {})
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _whole(schema, kinds)}}}}


def _whole(schema: Any, kinds: dict[str, Any]) -> Any:
    """The schema with what it refers to in place; no model holds itself."""
    if isinstance(schema, list):
        return [_whole(each, kinds) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if name := str(schema.get("$ref", "")).rpartition("/")[2]:
        return _whole(kinds[name], kinds)
    return {key: _whole(value, kinds) for key, value in schema.items()}
