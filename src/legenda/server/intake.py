"""A request to create a job, in whichever of four forms it comes: form, body, JSON with base64, JSON with a URL."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from legenda.net.names import clean
from legenda.server.api.models import FromBase64, FromBody, FromForm, FromUrl, JobOptions, QueryOptions
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError
from legenda.server.strictjson import parsed
from legenda.server.uploads import Upload, check_length, chunks, too_large, whole

_BASE64_MEGABYTES = 32  # of input; it is held in memory three times
_LISTS = ("languages", "formats")
_BODIES = ("application/octet-stream", "application/pdf", "application/zip", "application/x-zip-compressed")


@dataclass(frozen=True, slots=True)
class Submission:
    """What was asked for.

    Attributes:
        options: validated.
        name: of the input.
        url: to fetch it from; empty where it was uploaded.
    """

    options: QueryOptions
    name: str
    url: str = ""


async def receive(request: Request, upload: Upload, cap: int) -> Submission:
    """Read a request to create a job.

    Args:
        request: its body has not been touched.
        upload: takes the input, unless it is to be fetched.
        cap: most bytes of the input.

    Raises:
        ProblemError: 400 the body is broken; 415 its type is not known; 422 it lacks what it needs.
        TooLargeError: it is beyond the cap.
        ValidationError: an option is wrong.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "unsupported_encoding", "Send the body without Content-Encoding.")
    if kind == "multipart/form-data":
        return await _form(request, upload, cap)
    if kind == "application/json":
        return await _json(request, upload, cap)
    if kind in _BODIES or kind.startswith("image/"):
        return await _body(request, upload, cap)
    raise ProblemError(
        415,
        "unsupported_media_type",
        "Send multipart/form-data with a part `file`, application/json with `url` or `base64`, or the input itself as "
        "application/pdf, application/zip, image/* or application/octet-stream.",
    )


async def _form(request: Request, upload: Upload, cap: int) -> Submission:
    fields = await Form(request, upload, cap).receive()
    options = FromForm.model_validate(_merged(_query(request), _single(fields)))
    return Submission(options, clean(options.name) or upload.name)


async def _body(request: Request, upload: Upload, cap: int) -> Submission:
    options = FromBody.model_validate(_query(request))
    check_length(request, cap)
    async for chunk in chunks(request):
        await upload.write(chunk)
    return Submission(options, clean(options.name))


async def _json(request: Request, upload: Upload, cap: int) -> Submission:
    cap = min(cap, _BASE64_MEGABYTES * 2**20)
    given = parsed(await whole(request, cap * 4 // 3 + 2**17))
    if not isinstance(given, dict):
        raise ProblemError(422, "invalid_request", "The body must be a JSON object.")
    if ("url" in given) == ("base64" in given):
        raise ProblemError(422, "invalid_request", "The body needs either `url` or `base64`.")
    given = _merged(_query(request), given)
    if "url" in given:
        options = FromUrl.model_validate(given)
        return Submission(options, clean(options.name), options.url)
    sent = FromBase64.model_validate(given)
    await upload.write(_decoded(sent.base64, cap))
    plain = JobOptions.model_construct(**{name: getattr(sent, name) for name in JobOptions.model_fields})
    return Submission(plain, clean(sent.name))


def _decoded(text: str, cap: int) -> bytes:
    text = text.partition(",")[2] if text.startswith("data:") else text
    if len(text) > cap * 4 // 3 + 8:
        raise too_large(cap)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ProblemError(422, "bad_base64", "`base64` is not base64 (RFC 4648), or was cut off.") from None


def _query(request: Request) -> dict[str, Any]:
    """Options in the URL; they hold for every form of request."""
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name != "api_token":
            values.setdefault(name, []).append(value)
    for name in ("password", "webhook", "deliver", "metadata"):
        if name in values:
            raise ProblemError(422, "invalid_request", f"`{name}` must not stand in the URL: send it in the body.")
    return _single(values)


def _single(values: dict[str, list[str]]) -> dict[str, Any]:
    for name, given in values.items():
        if len(given) > 1 and name not in _LISTS:
            raise ProblemError(422, "invalid_request", f"`{name[:64]}` is given more than once.")
    return {name: ",".join(given) for name, given in values.items()}


def _merged(query: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    if both := sorted(query.keys() & body.keys()):
        raise ProblemError(422, "invalid_request", f"`{both[0]}` is given both in the URL and in the body.")
    return query | body
