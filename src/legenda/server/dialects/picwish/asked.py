"""What comes in: a form, JSON, or a form in a URL's encoding, with a file or its URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.requests import Request

from legenda.languages import vocabulary
from legenda.net.names import clean
from legenda.server.api.models import Text, Url
from legenda.server.dialects.doorway import reached
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError
from legenda.server.strictjson import parsed
from legenda.server.uploads import Upload, whole

_MOST_LANGUAGES = 10
_PORTS = (None, 80, 443)
_BODY_BYTES = 64 * 2**10


def _words(value: Any) -> Any:
    """JSON may have numbers, and a list of languages, where a form has text."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value) if isinstance(value, int) else value


Word = Annotated[Text, BeforeValidator(_words)]


class Fields(BaseModel):
    """The fields but for the file; those that are not known are passed over, empty ones are not there."""

    model_config = ConfigDict(extra="ignore")

    image_url: Url | None = Field(None, description="of the input; not together with `image_file`. Port 80 or 443")
    format: Literal["txt", "pdf", "docx", "xlsx", "pptx"] = "txt"
    language: Annotated[Word, Field(max_length=1000)] | None = Field(None, description="names, commas between")
    password: Annotated[Word, Field(max_length=32)] | None = Field(None, description="opens the input")
    sync: Annotated[Literal["0", "1"], BeforeValidator(_words)] | None = Field(None, description="1: wait for the end")
    filename: Annotated[Word, Field(max_length=255)] = Field("", description="of the result")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done.

    Attributes:
        url: of the input; empty where it came along.
        name: of the input and the result.
        format: of the result.
        codes: of the languages; none for any.
        password: opens the input.
        waits: the answer is the result.
    """

    url: str
    name: str
    format: str
    codes: tuple[str, ...]
    waits: bool
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds where nothing is said."""

    language: str
    waits: bool


async def received(request: Request, upload: Upload, cap: int, usual: Usual) -> Asked:
    """What a request asks for; its file is in `upload`.

    Raises:
        ProblemError: 400 or 422, the body is broken, or a value cannot be.
        TooLargeError: the file is beyond its cap, in bytes.
        ValidationError: a value cannot be.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_file = False
    if kind == "multipart/form-data":
        form = Form(request, upload, cap, file="image_file", needed=False)
        given: Mapping[str, Any] = {name: values[-1] for name, values in (await form.receive()).items()}
        has_file = form.has_file
    elif kind == "application/json":
        given = parsed(await whole(request, _BODY_BYTES))
    else:
        body = await whole(request, _BODY_BYTES)
        given = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    if not isinstance(given, dict):
        raise ProblemError(400, "invalid_request", "The body must be a JSON object.")
    fields = Fields.model_validate({name: value for name, value in given.items() if value not in ("", None)})
    if has_file == bool(fields.image_url):
        raise ProblemError(400, "invalid_request", "Send either `image_file` or `image_url`, and not both.")
    _check_port(request, fields.image_url or "")
    return Asked(
        url=fields.image_url or "",
        name=clean(fields.filename) or upload.name,
        format=fields.format,
        codes=codes(fields.language or usual.language),
        waits=usual.waits if fields.sync is None else fields.sync == "1",
        password=fields.password,
    )


def codes(names: str) -> tuple[str, ...]:
    """Codes of languages by their ABBYY names, with commas between; `Digits` and MICR fonts add none.

    Raises:
        ProblemError: 400, a name is not known, or there are too many.
    """
    known = vocabulary("abbyy")
    given = [name.strip() for name in names.split(",") if name.strip()]
    if len(given) > _MOST_LANGUAGES:
        raise ProblemError(400, "invalid_option", f"There are {len(given)} languages, and {_MOST_LANGUAGES} at most.")
    for name in given:
        if name not in known:
            what = f"There is no language {name[:64]!r} (upper and lower case matter); there are {', '.join(known)}."
            raise ProblemError(400, "invalid_option", what)
    return tuple(dict.fromkeys(code for name in given for code in known[name]))


def _check_port(request: Request, url: str) -> None:
    try:
        split = urlsplit(url)
        usual = split.port in _PORTS
    except ValueError:
        raise ProblemError(400, "invalid_request", "`image_url` is no URL.") from None
    # files that lie here are not fetched, whatever port they are served at
    if not usual and split.netloc != urlsplit(reached(request).base("own")).netloc:
        raise ProblemError(400, "invalid_request", "`image_url` must be of port 80 or 443.")
