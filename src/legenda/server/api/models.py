"""What comes in and goes out over `/v1`, for validation of the one and documentation of the other."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from legenda.jobs.record import JobState, PageState
from legenda.options import Color, Content, Effort, TextLayer
from legenda.server.strictjson import parsed

_METADATA_BYTES = 16 * 2**10
_DEPTH = 16
_RANGE = r"-?[1-9][0-9]{0,8}( *- *(-?[1-9][0-9]{0,8})?)?"  # as `legenda.options.page_numbers` has it
_RANGES = rf"^({_RANGE}(, *{_RANGE})*)?$"
_NAME = r"^[^\x00-\x1f\x7f-\x9f]*$"
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(value: Any, depth: int = _DEPTH) -> Any:
    """A JSON value as it is, if it can be kept and given back.

    Raises:
        ValueError: it is nested too deeply, or has a lone surrogate or a number that JSON has no form for.
    """
    if depth < 0:
        raise ValueError(f"it is nested more than {_DEPTH} deep")
    match value:
        case str() if _SURROGATE.search(value):
            raise ValueError("it has half of a surrogate pair")
        case float() if not math.isfinite(value):
            raise ValueError("it has a number that is not finite")
        case dict():
            for name, member in value.items():
                plain(name, depth - 1), plain(member, depth - 1)
        case list():
            for member in value:
                plain(member, depth - 1)
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    import json

    if len(json.dumps(plain(value))) > _METADATA_BYTES:
        raise ValueError(f"it has more than {_METADATA_BYTES} bytes as JSON")
    return value


def _object(value: Any) -> Any:
    """A form has strings only."""
    if isinstance(value, str):
        return parsed(value.encode())
    return value


def _split(value: Any) -> Any:
    """`en,de` as a form or a query has it."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(plain)]
Name = Annotated[str, Field(max_length=255, pattern=_NAME), AfterValidator(plain)]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=64, pattern=_NAME)]], BeforeValidator(_split)]
Metadata = Annotated[dict[str, Any], BeforeValidator(_object), AfterValidator(_small)]
Url = Annotated[str, Field(min_length=1, max_length=8192, pattern=r"^https?://[^\x00-\x20\x7f]+$")]


Tier = Annotated[
    Effort,
    BeforeValidator(lambda value: "balanced" if value == "cpu" else value),
    WithJsonSchema({"type": "string", "enum": [*get_args(Effort), "cpu"]}),
]
"""How much a page is worth; `cpu` is what the service whose interface has it so means by it."""
_Side = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Region = Annotated[tuple[_Side, _Side, _Side, _Side] | None, BeforeValidator(_split)]


class Strict(BaseModel):
    """No member that is not known: a misspelt option must not be passed over."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class QueryOptions(Strict):
    """How to read, and what to make of it."""

    tier: Tier = Field(
        "balanced", description="how much a page is worth; vlm: a vision language model, where one is set up"
    )
    engine: Literal["auto", "cpu", "tesseract"] | Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_.-]+$")] = (
        Field("auto", description="auto, or an engine by name")
    )
    languages: Names = Field(
        default_factory=list,
        max_length=20,
        description="codes or English names; empty for any",
        examples=[["en", "de"]],
    )
    pages: str = Field(
        "", max_length=1000, pattern=_RANGES, description="ranges; -1 is the last page", examples=["1-3,7,-1"]
    )
    text_layer: TextLayer = Field("auto", description="a PDF's own text: where it can be trusted, never, or alone")
    structure: bool | None = Field(
        None, description="find headings, lists and tables; by default where a format shows them", examples=[True]
    )
    dpi: int = Field(200, ge=36, le=1200, description="at which PDF pages are rendered")
    box: Region = Field(
        None,
        description="only what lies in it is read: left, top, right, bottom in pixels of a picture, points of a PDF",
        examples=[[40, 60, 400, 200]],
    )
    color: Color | None = Field(None, description="only what is framed in this colour is read")
    content: Content = Field("auto", description="take each page for one crop of this kind")
    formats: Names = Field(
        default_factory=list,
        max_length=20,
        description="made as soon as the pages are read (`/v1/formats`); others are made when asked for",
        examples=[["txt", "pdf"]],
    )
    tool: str = Field("", max_length=64, pattern=r"^[a-z0-9-]*$", description="preset by name; kept, given back")
    priority: int = Field(0, ge=-10, le=10, description="larger first")
    delete_input: bool = Field(False, description="delete the input as soon as the job is closed")


class JobOptions(QueryOptions):
    """The same, with what must not stand in a URL."""

    password: Annotated[Text, Field(max_length=1024)] | None = Field(None, description="opens the input")
    metadata: Metadata = Field(
        default_factory=dict, description="your own; given back as it came", examples=[{"order": 4711}]
    )
    webhook: Url | Literal[""] = Field("", description="told when the job is closed (Standard Webhooks)")
    deliver: Url | Literal[""] = Field("", description="the results are PUT to it (pre-signed)")


class FromUrl(JobOptions):
    """A job whose input is to be fetched."""

    url: Url = Field(description="of the input; public, or of a host in LEGENDA_ALLOW_HOSTS")
    name: Name = ""


class FromBase64(JobOptions):
    """A job whose input comes along."""

    base64: str = Field(min_length=1, description="the input (RFC 4648); larger ones as multipart or as the body")
    name: Name = ""


class FromForm(JobOptions):
    """Options of a job whose input is the part `file` of a form."""

    name: Name = ""


class FromBody(QueryOptions):
    """Options of a job whose input is the body."""

    name: Name = ""


class Progress(BaseModel):
    """Pages of a job; `pages` is 0 until they are counted."""

    pages: int
    done: int
    failed: int


class FailureOut(BaseModel):
    """Why: a stable code, and a sentence for people."""

    code: str
    message: str


class ResultOut(BaseModel):
    """A file that is there."""

    size: int
    sha256: str
    url: str


class JobOut(BaseModel):
    """A job as it stands. Times are RFC 3339, `null` before they happen."""

    id: str
    state: JobState
    created: str
    started: str | None
    finished: str | None
    expires: str | None
    name: str
    format: str
    size: int
    tier: Effort
    engine: str
    languages: list[str]
    pages: str
    text_layer: TextLayer
    structure: bool
    dpi: int
    box: list[float] | None
    color: Color | None
    content: Content
    formats: list[str]
    tool: str
    priority: int
    metadata: dict[str, Any]
    file_metadata: dict[str, str] = Field(description="title, author and the like, as the file states them")
    progress: Progress
    position: int | None = Field(description="jobs before this one; `null` when it is not waiting")
    seconds_left: float | None = Field(description="an estimate; `null` when unknown")
    confidence: float | None = Field(description="mean over the words, 0..1")
    characters: int
    language: str
    credits: int
    failure: FailureOut | None
    results: dict[str, ResultOut]
    links: dict[str, str]


class WholeJobOut(JobOut):
    """A job that was finished while its request waited: with what was read."""

    document: dict[str, Any] | None = Field(None, description="as the format `json` has it")


class JobsOut(BaseModel):
    """Jobs, newest first; `next` goes into `after`."""

    jobs: list[JobOut]
    next: str | None


class PageOut(BaseModel):
    """A page of a job; `page` is there once it is done, in answers about one page."""

    number: int
    state: PageState
    engine: str
    words: int
    characters: int
    confidence: float | None
    language: str
    seconds: float
    failure: FailureOut | None
    page: dict[str, Any] | None = None


class PagesOut(BaseModel):
    """Pages in order; `next` goes into `after`."""

    pages: list[PageOut]
    next: int | None


class ProblemOut(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str = ""


class FormatOut(BaseModel):
    """A format results come in."""

    name: str
    suffix: str
    media_type: str


class LanguageOut(BaseModel):
    """A language that can be asked for."""

    code: str
    name: str
    script: str
    engine: str


class UsageOut(BaseModel):
    """What keys used, a row for each key and period."""

    usage: list[dict[str, Any]]
