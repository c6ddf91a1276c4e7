"""A request for a chat completion, and what of it matters for reading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, Field

from legenda.options import Effort
from legenda.server.asking import Part
from legenda.server.dialects.bodies import part_of
from legenda.server.problems import ProblemError

MODELS: Mapping[str, Effort] = {tier: tier for tier in get_args(Effort)} | {
    "got-ocr2": "balanced",
    "ocr-cpu": "balanced",
}
"""Tiers by the names of models; the last two are names that programs know."""

Format = Literal["md", "txt", "json"]

_NOT = r"(?<!\bno )(?<!\bnot )(?<!\bwithout )"
_SAID: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("json", re.compile(_NOT + r"\bjson\b", re.IGNORECASE)),
    (
        "txt",
        re.compile(
            _NOT + r"\b(plain|raw)[ -]?text\b|\btxt\b|\b(no|not|without) (markdown|formatting|markup)\b", re.IGNORECASE
        ),
    ),
    ("md", re.compile(r"\b(markdown|tables?|latex)\b", re.IGNORECASE)),
)


class ImageUrl(BaseModel):
    """Where an image is."""

    url: str = Field(min_length=1, description="http(s):// or data:")


class FileData(BaseModel):
    """A file that comes along."""

    file_data: str = Field("", description="data URI")
    filename: str = Field("", max_length=255)


class Piece(BaseModel):
    """A piece of a message: `text`, `image_url`, or `file`."""

    type: str = Field(max_length=64, examples=["image_url"])
    text: str | None = None
    image_url: ImageUrl | str | None = None
    file: FileData | None = None


class Message(BaseModel):
    """A message of the conversation."""

    role: str = Field(max_length=64, examples=["user"])
    content: str | list[Piece] | None = None

    @property
    def pieces(self) -> list[Piece]:
        """Its content in pieces."""
        if isinstance(self.content, str):
            return [Piece(type="text", text=self.content)]
        return self.content or []

    @property
    def text(self) -> str:
        """What its author says."""
        return "\n".join(piece.text for piece in self.pieces if piece.type == "text" and piece.text)


class ResponseFormat(BaseModel):
    """What the answer is to be."""

    type: Literal["text", "json_object", "json_schema"]


class StreamOptions(BaseModel):
    """What else a stream is to tell."""

    include_usage: bool | None = None


class Completion(BaseModel):
    """A request; all else that OpenAI's interface knows is taken and has no effect."""

    model: str = Field(max_length=256, examples=["balanced"], description="fast, balanced or accurate")
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    n: int | None = Field(None, ge=1, le=1, description="there is one answer")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read, and how.

    Attributes:
        tier: the model.
        parts: images and files, in order.
        format: of the answer.
        prompt: characters of text in the request, for the usage.
    """

    tier: Effort
    parts: list[Part]
    format: Format
    prompt: int


def understood(asked: Completion) -> Reading:
    """What is to be read: the images of the last message that has any.

    Raises:
        ProblemError: 404, there is no such model; 400, there is nothing to read, or something cannot be done.
    """
    tier = known(asked.model)
    if asked.response_format and asked.response_format.type == "json_schema":
        raise _invalid("Answers by a JSON schema are not supported; use json_object.", "response_format")
    shown = next((found for message in reversed(asked.messages) if (found := list(_parts(message)))), None)
    if shown is None:
        raise _invalid("There is nothing to read: no message of the user has an image_url or a file.", "messages")
    prompt = sum(len(message.text) for message in asked.messages)
    return Reading(tier, shown, _format(asked), prompt)


def known(model: str) -> Effort:
    """The tier that a model is.

    Raises:
        ProblemError: 404, it is none.
    """
    if model in MODELS:
        return MODELS[model]
    message = f"The model {model[:64]!r} does not exist; there are {', '.join(MODELS)}."
    raise ProblemError(404, "model_not_found", message, param="model")


def _parts(message: Message) -> Iterator[Part]:
    if message.role != "user":
        return
    for piece in message.pieces:
        match piece.type:
            case "text":
                continue
            case "image_url" if piece.image_url:
                yield part_of(piece.image_url if isinstance(piece.image_url, str) else piece.image_url.url)
            case "file" if piece.file and piece.file.file_data:
                yield part_of(piece.file.file_data, piece.file.filename)
            case _:
                raise _invalid("A piece of a message is neither text, nor an image_url, nor a file_data.", "messages")


def _format(asked: Completion) -> Format:
    """What the caller wants: said by the field, else by the user, else by the system; else Markdown."""
    if asked.response_format and asked.response_format.type == "json_object":
        return "json"
    spoken = [message for message in asked.messages if message.role == "user"][-1:]
    spoken += [message for message in asked.messages if message.role in ("system", "developer")]
    for message in spoken:
        if found := next((name for name, words in _SAID if words.search(message.text)), None):
            return found
    return "md"


def _invalid(detail: str, param: str) -> ProblemError:
    return ProblemError(400, "invalid_value", detail, param=param)
