"""What goes out, for the description; nothing is validated on its way."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from legenda.server.dialects.ocrchat.asked import Fields, Question


class BlockOut(BaseModel):
    """A block of text: its box as left, top, right, bottom."""

    text: str
    bbox: list[float] = Field(min_length=4, max_length=4)
    confidence: float


class PageOut(BaseModel):
    """A page; `index` counts from 0, boxes are in pixels of `width` and `height`."""

    index: int
    text: str
    width: int
    height: int
    dpi: int | None
    blocks: list[BlockOut]
    error: str = ""


class ProgressOut(BaseModel):
    """Pages so far."""

    pages_done: int
    pages_total: int


class JobOut(BaseModel):
    """A job as it stands."""

    uuid: str
    status: Literal["pending", "processing", "done", "failed"]
    tier: Literal["cpu", "vlm"]
    language: str
    detected_language: str | None
    page_count: int
    progress: ProgressOut
    mean_confidence: float | None
    text: str
    markdown: str
    pages: list[PageOut]
    error: str = ""


class CitationOut(BaseModel):
    """Where an answer stands; `page` counts from 1."""

    page: int
    snippet: str


class MessageOut(BaseModel):
    """A message of a conversation."""

    role: Literal["user", "assistant"]
    content: str
    citations: list[CitationOut] = []
    created_at: str = ""


class AnswerOut(BaseModel):
    """An answer."""

    conversation: str
    message: MessageOut


class HistoryOut(BaseModel):
    """A conversation."""

    conversation: str
    messages: list[MessageOut]


class ErrorOut(BaseModel):
    """A short message; with 402, what is used of what."""

    error: str
    used: int | None = None
    cap: int | None = None
    period: str = ""


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Errors of a route, besides those every route has."""
    return {code: {"model": ErrorOut, "description": _ERRORS[code]} for code in sorted({*codes, *_ALWAYS})}


def form() -> dict[str, Any]:
    """For `openapi_extra`: the form with the file."""
    schema = Fields.model_json_schema()
    file = {"type": "string", "format": "binary", "description": "the picture or PDF"}
    schema |= {"properties": {"file": file} | schema["properties"], "required": ["file"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def question() -> dict[str, Any]:
    """For `openapi_extra`: a question."""
    content = {"application/json": {"schema": Question.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


_ALWAYS = (400, 401, 431)
_ERRORS = {
    400: "No file, unsupported type, or file too large; or a value that cannot be.",
    401: "Missing or invalid API token.",
    402: "Out of pages: `used` of `cap` in this `period`.",
    404: "There is no such job.",
    409: "The job is not done.",
    429: "Too much waits already.",
    431: "Path and headers are too large.",
}
