"""A request to read, as JSON or as a form, and the job it asks for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.document.text import printable
from legenda.net import policy
from legenda.options import Effort
from legenda.server import admission
from legenda.server.asking import Ask, Part
from legenda.server.dialects.bodies import part_of, received
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.lazarus.callers import Client
from legenda.server.dialects.lazarus.errors import NO_INPUT, NO_OUTPUT
from legenda.server.dialects.read import IndexType
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError
from legenda.server.service import service_of
from legenda.server.uploads import Upload

Kind = Literal["ocr", "zip", "generic"]
Text = Annotated[str, Field(max_length=1024), AfterValidator(printable)]
Url = Annotated[str, Field(max_length=8192)]
DIALECT = "lazarus"


class Asked(BaseModel):
    """The fields of a request; what else there is has no effect."""

    inputUrl: Url | None = Field(
        None, description="link to a PDF, JPEG, PNG or TIFF", examples=["https://a.example/a.pdf"]
    )
    inputURL: Url | None = None
    base64: str | list[str] | None = Field(None, description="a file; of several, the pages count on")
    fileId: Text | None = Field(None, description="the documentId; a UUID if there is none", examples=["file1.pdf"])
    forceBase64: bool | None = Field(False, description="has no effect")
    metadata: dict[str, Any] | None = Field(None, description="given back")
    webhook: Url | None = Field(None, description="told when it is done")
    webhookSendFull: bool | None = Field(True, description="told all of it, not the status alone")
    version: int | None = Field(None, ge=1, le=2, description="of the OCR")
    statusId: Text | None = Field(None, description="under which its status can be asked for")
    outputURL: Url | None = Field(None, description="the ZIP is PUT there")
    outputURLHeaders: dict[str, str] | None = Field(None, description="of that PUT")
    returnOCR: bool | None = Field(False, description="forms: with ocrResults")
    returnConfidence: bool | None = Field(False, description="has no effect")
    stringIndexType: IndexType | None = Field(None, description="what spans count")

    @property
    def urls(self) -> set[str]:
        """Where the input is."""
        return {url for url in (self.inputUrl, self.inputURL) if url}


class Sent:
    """What came. Leave it as a context manager; files are gone then.

    Attributes:
        fields: of the request.
        parts: its inputs.
        text: the whole body, of JSON.
    """

    def __init__(self) -> None:
        self.fields, self.parts, self.text = Asked(), list[Part](), b""
        self._stack = ExitStack()

    def __enter__(self) -> Sent:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    async def receive(self, request: Request, client: Client, *, forms: bool = True) -> None:
        """Read the body.

        Raises:
            ProblemError: 400, it is neither JSON nor a form, or has not exactly one input.
            TooLargeError: it is beyond the cap.
            ValidationError: a field is wrong.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            self.fields, self.text = await received(request, client.caller, Asked)
            self.parts = await run_in_threadpool(_parts, self.fields)
        elif kind == "multipart/form-data" and forms:
            await self._form(request, client)
        else:
            raise ProblemError(400, "no_input", NO_INPUT)

    async def _form(self, request: Request, client: Client) -> None:
        service = service_of(request)
        cap = admission.cap(service, client.caller)
        upload = self._stack.enter_context(Upload(service.uploads, cap))
        form = Form(request, upload, cap, needed=False)
        fields = await form.receive()
        if not form.has_file:
            raise ProblemError(400, "no_input", NO_INPUT)
        self.fields = Asked.model_validate(_of_form(fields))
        self.parts = [Part(upload.name, upload)]


def _of_form(fields: Mapping[str, list[str]]) -> dict[str, Any]:
    """Fields of a form, which has texts only; one that is not an object is no metadata (lazarus-ai sends its keys)."""
    given: dict[str, Any] = {name: values[-1] for name, values in fields.items() if values[-1] != ""}
    for name in ("metadata", "outputURLHeaders"):
        given[name] = _object(given.get(name, ""))
    return {name: value for name, value in given.items() if name not in ("base64", "inputUrl", "inputURL")}


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _parts(fields: Asked) -> list[Part]:
    """The one input, or the files of a list.

    Raises:
        ProblemError: 400, there is none, or there are several.
    """
    given = fields.base64 or []
    texts = [given] if isinstance(given, str) else given
    if len(fields.urls) + bool(texts) != 1:
        raise ProblemError(400, "no_input", NO_INPUT)
    if texts:
        return [_decoded(text) for text in texts]
    return [Part(url=url) for url in fields.urls]


def _decoded(text: str) -> Part:
    if text[:5].lower() == "data:":
        return Part(data=part_of(text).data)
    try:
        return Part(data=base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        raise ProblemError(400, "bad_base64", "base64 is not base64 (RFC 4648), or was cut off.") from None


def ask_for(
    request: Request, client: Client, sent: Sent, kind: Kind, *, later: bool = False, tier: Effort = "balanced"
) -> Ask:
    """The job that is asked for.

    Args:
        request: that asks.
        client: who asks.
        sent: its body.
        kind: of the answer.
        later: nobody waits for it: the caller asks for its status, and hears of its start.
        tier: how to read.

    Raises:
        ProblemError: 400, there is nowhere to bring the answer to.
        LegendaError: a header is not the caller's to say.
    """
    fields = sent.fields
    if later and not fields.outputURL:
        raise ProblemError(400, "no_output", NO_OUTPUT)
    headers = fields.outputURLHeaders or {}
    policy.check_headers(headers)
    return Ask(
        DIALECT,
        sent.parts,
        tier=tier,
        webhook=fields.webhook or "",
        webhook_events=("queued", "closed") if later else ("closed",),
        deliver=(fields.outputURL or "") if kind == "zip" else "",
        deliver_headers=headers if kind == "zip" else {},
        metadata=fields.metadata or {},
        told=_told(request, client, sent, kind),
        idempotency=status_key(fields.statusId) if fields.statusId and kind == "zip" else "",
    )


def status_key(status: str) -> str:
    """What a statusId of a caller's is kept as; the same request again is the same job."""
    return f"lazarus {hashlib.sha256(status.encode()).hexdigest()[:32]}"


def _told(request: Request, client: Client, sent: Sent, kind: Kind) -> dict[str, Any]:
    fields = sent.fields
    settings = service_of(request).settings
    index = fields.stringIndexType or request.query_params.get("stringIndexType") or "unicodeCodePoint"
    return {
        "kind": kind,
        "version": fields.version or client.version or settings.lazarus_version,
        "index": Asked.model_validate({"stringIndexType": index}).stringIndexType,
        "documentId": fields.fileId or (fields.statusId if kind == "zip" else None) or str(uuid.uuid4()),
        "inputs": len(sent.parts),
        "named": bool(fields.fileId),
        "statusId": fields.statusId if kind == "zip" else None,
        "full": fields.webhookSendFull is not False,
        "ocr": bool(fields.returnOCR),
        "output": (fields.outputURL or "").partition("?")[0],  # what follows may be a signature
        "plain": settings.lazarus_zip_txt == "plain",
        "api": client.api,
        "organization": client.organization,
        "suborganization": client.suborganization,
        "base": reached(request).base("own"),
    }
