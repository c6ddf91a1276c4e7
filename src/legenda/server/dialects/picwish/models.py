"""What goes out, for the description; nothing is validated on its way."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from legenda.server.dialects.picwish.asked import Fields
from legenda.server.dialects.picwish.states import State


class TaskOut(BaseModel):
    """A task: times are seconds since 1970 (0 before they happen), sizes are bytes, `progress` is percent."""

    file: str
    type: Literal[101]
    state: State
    task_id: str
    progress: int = Field(ge=0, le=100)
    ocr_pages: int
    created_at: int
    file_pages: int
    input_size: int
    output_size: int
    completed_at: int
    processed_at: int
    state_detail: str
    error: str = ""


class BegunOut(BaseModel):
    """A task that was begun."""

    task_id: str


class AnswerOut(BaseModel):
    """How a task stands."""

    status: Literal[200]
    message: str = ""
    data: TaskOut | BegunOut


class ErrorOut(BaseModel):
    """An error."""

    status: int
    message: str
    data: None


_ERRORS = {
    400: "A parameter is wrong.",
    401: "The key is missing or wrong.",
    404: "There is no such task.",
    413: "The file is too large.",
    429: "Too much waits already.",
    431: "Path and headers are too large.",
}
_ALWAYS = (400, 401, 431)


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Answers of a route."""
    errors: dict[int | str, dict[str, Any]] = {
        code: {"model": ErrorOut, "description": _ERRORS[code]} for code in sorted({*codes, *_ALWAYS})
    }
    return {200: {"model": AnswerOut}, **errors}


def body() -> dict[str, Any]:
    """For `openapi_extra`: the three forms in which a task comes."""
    schema = Fields.model_json_schema()
    file = {"type": "string", "format": "binary", "description": "the input; not together with `image_url`"}
    form = schema | {"properties": {"image_file": file} | schema["properties"]}
    content = {"multipart/form-data": form, "application/json": schema, "application/x-www-form-urlencoded": schema}
    return {"requestBody": {"required": True, "content": {kind: {"schema": each} for kind, each in content.items()}}}
