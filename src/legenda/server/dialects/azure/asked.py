"""Requests to analyse: what stands in the URL, and a document as JSON or as it is."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import ExitStack
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.server import admission
from legenda.server.asking import Part
from legenda.server.auth import Caller
from legenda.server.dialects.bodies import received
from legenda.server.dialects.read import IndexType
from legenda.server.problems import ProblemError
from legenda.server.service import service_of
from legenda.server.uploads import Upload, check_length, chunks

Model = Literal["prebuilt-read", "prebuilt-layout"]
Feature = Literal["ocrHighResolution", "languages"]
FEATURES: tuple[str, ...] = get_args(Feature)
PAGES = r"^[0-9]{1,6}(-[0-9]{1,6})?(,\s*[0-9]{1,6}(-[0-9]{1,6})?)*$"
API = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?$"

_BINARY = re.compile(r"application/(octet-stream|pdf|vnd\.openxmlformats-[a-z.-]+)|image/[a-z0-9.+-]+|text/html")


def _listed(given: Any) -> Any:
    return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else given


def _supported(features: list[str]) -> list[str]:
    for name in features:
        if name not in FEATURES:
            raise ValueError(f"{name[:64]!r} is not supported; there are {', '.join(FEATURES)}")
    return features


class Analysis(BaseModel):
    """What stands in the URL of a request to Document Intelligence."""

    model_config = ConfigDict(populate_by_name=True)

    api: str = Field(alias="api-version", pattern=API)
    pages: str = Field("", pattern=f"^$|{PAGES}", max_length=1000)
    locale: str = Field("", max_length=35)
    index: IndexType = Field("textElements", alias="stringIndexType")
    features: Annotated[list[str], BeforeValidator(_listed), AfterValidator(_supported)] = []
    format: Literal["text", "markdown"] = Field("text", alias="outputContentFormat")
    output: Annotated[list[Literal["pdf", "figures"]], BeforeValidator(_listed)] = []


class Reading(BaseModel):
    """What stands in the URL of a request to Read 3.2; `model-version` has no effect, nor has `readingOrder`."""

    pages: str = Field("", pattern=f"^$|{PAGES}", max_length=1000)
    language: str = Field("", max_length=35)


class Source(BaseModel):
    """A document for Document Intelligence: one of both."""

    urlSource: str | None = Field(None, max_length=8192, examples=["https://a.example/letter.pdf"])
    base64Source: str | None = None


class Image(BaseModel):
    """A document for Read 3.2."""

    url: str = Field(min_length=1, max_length=8192, examples=["https://a.example/letter.pdf"])


async def document(request: Request, caller: Caller, stack: ExitStack, *, former: bool = False) -> Part:
    """The document of a request.

    Args:
        request: its body was not read.
        caller: who asks.
        stack: holds what came.
        former: as Read 3.2 has it.

    Raises:
        ProblemError: 400, there is none; 415, it is of no type that can be taken.
        TooLargeError: it is beyond the cap.
        ValidationError: a member is wrong.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" and former:
        return Part(url=(await received(request, caller, Image))[0].url)
    if kind == "application/json":
        return await run_in_threadpool(_sourced, (await received(request, caller, Source))[0])
    if not _BINARY.fullmatch(kind):
        raise ProblemError(415, "unsupported_media_type", "Send JSON, application/octet-stream, a PDF or an image.")
    service = service_of(request)
    cap = admission.cap(service, caller)
    upload = stack.enter_context(Upload(service.uploads, cap))
    check_length(request, cap)
    async for chunk in chunks(request):
        await upload.write(chunk)
    return Part(data=upload)


def _sourced(given: Source) -> Part:
    if bool(given.urlSource) == bool(given.base64Source):
        detail = "The parameter urlSource or base64Source is required, and only one of them."
        raise ProblemError(400, "invalid_request", detail, inner="ParameterMissing")
    if given.urlSource:
        return Part(url=given.urlSource)
    text = given.base64Source or ""
    try:
        return Part(data=base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        raise ProblemError(400, "bad_base64", "base64Source is not base64 (RFC 4648), or was cut off.") from None
