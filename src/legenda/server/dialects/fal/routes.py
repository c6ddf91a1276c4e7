"""Where everything is. Paths name the application; of the one that is always there they are described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from legenda.server.dialects.fal import description, queueing, realtime, running, storage
from legenda.server.dialects.queue.inputs import Inputs

router = APIRouter()
for part in (storage, description, realtime):
    router.include_router(part.router)

_APP = description.ENDPOINT.rpartition("/")[0]
_BODY = {"requestBody": {"content": {"application/json": {"schema": Inputs.model_json_schema()}}}}
_OUTPUT: dict[int | str, Any] = {
    200: {"content": {"application/json": {"schema": description.OUTPUT}}, "description": "What was read."}
}
_LOGS = {
    "logs": {"type": ["array", "null"], "items": {"type": "object"}}
}  # the service describes them as what they are not
_AS_IT_IS = description.STATUS | {"properties": description.STATUS["properties"] | _LOGS}
_STATUS = {"content": {"application/json": {"schema": _AS_IT_IS}}, "description": "How it stands."}
_STREAM: dict[int | str, Any] = {
    200: {"content": {"text/event-stream": {}}, "description": "Events, then the connection is closed."}
}


def _route(
    method: str, path: str, named: str, does: Callable[..., Any], responses: dict[int | str, Any], extra: Any = None
) -> None:
    """A route for every application (`named`: how paths capture it), described for one."""
    more: dict[str, Any] = {"methods": [method], "response_model": None}
    router.add_api_route(
        path.format(description.ENDPOINT, app=_APP),
        does,
        **more,
        responses=responses,
        openapi_extra=extra,
        name=does.__name__,
    )
    router.add_api_route(path.format(named, app=named), does, **more, include_in_schema=False)


_HERE = "/queue/{app}/requests/{{request_id}}"
_ANY = "{endpoint:path}"
_route("GET", f"{_HERE}/status/stream", _ANY, queueing.stream, _STREAM)
_route("GET", f"{_HERE}/status", _ANY, queueing.status, {200: _STATUS, 202: _STATUS})
_route("PUT", f"{_HERE}/cancel", _ANY, queueing.cancel, {202: {"description": "It will be."}})
_route("GET", _HERE, _ANY, queueing.result, _OUTPUT)
_route("POST", "/queue/{}", _ANY, queueing.submit, {200: _STATUS}, _BODY)
_route("POST", "/run/{}/stream", _ANY, running.run, _STREAM, _BODY)
_route("POST", "/run/{}", _ANY, running.run, _OUTPUT, _BODY)
