"""Tools over HTTP: which there are, and what each makes of a job that is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from legenda.desk import tools
from legenda.desk.model import Model
from legenda.desk.redact import Mark
from legenda.desk.tools import Given, Tool
from legenda.desk.tools.running import exporter_of
from legenda.errors import InvalidOptionError, MissingComponentError, NotFoundError
from legenda.exports.media import media_type
from legenda.server import asking
from legenda.server.api import render
from legenda.server.api.jobs import Reads, Writes
from legenda.server.api.models import Metadata, Strict, Text
from legenda.server.api.results import CONTENT, disposition
from legenda.server.asking import Job
from legenda.server.problems import ProblemError
from legenda.server.service import Service, service_of

router = APIRouter(prefix="/v1", tags=["tools"])

_DONE = ("done", "partial")
_ORIGINAL = {
    ("redact", "pdf"),
    ("translate", "pdf"),
    ("read", "pdf"),
    ("read", "pdf-a"),
    ("read", "pptx"),
    ("read", "zip"),
}


class ToolOut(BaseModel):
    """A tool."""

    slug: str
    about: str
    format: str = Field(description="of its result, if no other is asked for")
    does: str = Field(description="read, extract, translate, summarise, redact, mrz or barcodes")
    available: bool
    needs: str = Field(description="what it needs that is not here")
    options: dict[str, Any] = Field(description="of the job whose pages it is used on; `tool` sets them")


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Box(Strict):
    """A place on a page: left, top, right, bottom in page units."""

    page: int = Field(ge=1, le=1_000_000)
    box: tuple[Number, Number, Number, Number]


class ToolIn(Strict):
    """What a tool is told."""

    format: str = Field("", max_length=64, description="of the result, else the tool's own")
    to: Annotated[Text, Field(max_length=64)] = Field("", description="translate: the language to translate to")
    patterns: list[Annotated[Text, Field(min_length=1, max_length=500)]] = Field(
        default_factory=list, max_length=50, description="redact: regular expressions, or names, dates, amounts, …"
    )
    boxes: list[Box] = Field(default_factory=list, max_length=10_000, description="redact: by place")
    json_schema: Metadata = Field(
        default_factory=dict, alias="schema", description="extract: instead of the tool's own"
    )


@router.get("/tools", summary="List the tools", responses={200: {"model": list[ToolOut]}})
def listed() -> Response:
    """Presets: `tool` of a job reads as one needs it, `/v1/jobs/{id}/tools/{slug}` does the rest."""
    return render.answer([_shown(tool) for tool in tools.TOOLS.values()])


@router.post(
    "/jobs/{id}/tools/{slug}",
    summary="Use a tool on what was read",
    responses={
        200: {"content": CONTENT, "description": "Its result."},
        409: {"description": "The job is not done."},
        410: {"description": "The original, which it needs, is deleted."},
    },
)
async def use(request: Request, id: str, slug: str, caller: Writes, told: ToolIn) -> Response:
    """Values, a summary, a translation, a redacted PDF and the like; nothing is kept of it."""
    job = await asking.owned(request, caller, id)
    if job.state not in _DONE:
        raise ProblemError(409, "not_done", f"There is nothing to use a tool on: the job is {job.state}.")
    return await made_with(request, job, checked(slug), told)


async def made_with(request: Request, job: Job, tool: Tool, told: ToolIn) -> Response:
    """What a tool makes of a done job, as a download."""
    service = service_of(request)
    body = await to_thread.run_sync(_made, service, job, tool, told, limiter=service.slow)
    format = told.format or tool.format
    headers = {"Content-Disposition": disposition(job.request.source.name, exporter_of(format).suffix)}
    return Response(body, 200, headers, media_type(format))


@router.post("/jobs/{id}/extract", summary="Take out values", responses={200: {"content": {"application/json": {}}}})
async def extract(request: Request, id: str, caller: Reads, schema: dict[str, Any]) -> Response:
    """The values a JSON Schema asks for, each with its page, its boxes and how sure it was read."""
    job = await asking.owned(request, caller, id)
    if job.state not in _DONE:
        raise ProblemError(409, "not_done", f"There is nothing to take out yet: the job is {job.state}.")
    service = service_of(request)
    told = ToolIn.model_validate({"schema": schema})
    body = await to_thread.run_sync(_made, service, job, tools.tool("receipt"), told, limiter=service.slow)
    return Response(body, 200, media_type="application/json")


def checked(slug: str) -> Tool:
    """The tool of a slug.

    Raises:
        ProblemError: 404, there is none.
        MissingComponentError: it needs what is not here.
    """
    try:
        tool = tools.tool(slug)
    except InvalidOptionError as error:
        raise ProblemError(404, "not_found", str(error)) from None
    if tool.does != "translate" and (lacking := tools.lacks(tool)):
        raise MissingComponentError(f"The tool {tool.slug} cannot be used", f"it needs {lacking}, and there is none")
    return tool


def _made(service: Service, job: Job, tool: Tool, told: ToolIn) -> bytes:
    document = asking.document(service, job)
    marks = [Mark(one.page, one.box) for one in told.boxes]
    model = Model.configured(service.settings)
    out = BytesIO()
    with ExitStack() as stack:
        format = told.format or tool.format
        data = stack.enter_context(_original(service, job)) if (tool.does, format) in _ORIGINAL else None
        given = Given(data, None, format, told.to, told.patterns, marks, told.json_schema or None, model)
        tools.run(tool, document, given, out)
    return out.getvalue()


@contextmanager
def _original(service: Service, job: Job) -> Iterator[Path]:
    """The job's input as a file."""
    key = job.request.source.key
    with NamedTemporaryFile(dir=service.uploads, prefix="tool-") as file:
        try:
            if not key:
                raise NotFoundError("")
            for chunk in service.blobs.chunks(key, 0, job.request.source.size):
                file.write(chunk)
        except NotFoundError:
            detail = "The input is deleted, and the tool changes its pages."
            raise ProblemError(410, "input_deleted", detail) from None
        file.flush()
        yield Path(file.name)


def _shown(tool: Tool) -> render.Json:
    needs = tools.lacks(tool)
    return {
        "slug": tool.slug,
        "about": tool.about,
        "format": tool.format,
        "does": tool.does,
        "available": not needs,
        "needs": needs,
        "options": {"tier" if name == "effort" else name: value for name, value in tool.read.items()},
    }
