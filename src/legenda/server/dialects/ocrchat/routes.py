"""Where OCR.chat's callers ask. Paths are answered with a slash at their end and without."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.desk.tools import tool as tool_of
from legenda.exports import EXPORTERS
from legenda.exports.media import media_type
from legenda.server import admission, asking
from legenda.server.api import render
from legenda.server.api.results import checked_done, download
from legenda.server.api.tools import ToolIn, made_with
from legenda.server.asking import Ask, Job, Part
from legenda.server.auth import Caller, requires
from legenda.server.dialects import uuids
from legenda.server.dialects.ocrchat import chat, models, rendering, tools
from legenda.server.dialects.ocrchat.asked import Asked, Question, download_of, understood
from legenda.server.dialects.ocrchat.errors import refused
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of
from legenda.server.strictjson import parsed
from legenda.server.uploads import Upload, whole

DIALECT = "ocrchat"
router = APIRouter(prefix="/api/v1", tags=["OCR.chat"])

Reads = Annotated[Caller, Depends(requires("read"))]
Writes = Annotated[Caller, Depends(requires("write"))]

_FORMATS = ("txt", "md", "docx", "pdf", "csv", "json", "xlsx")
_QUESTION_BYTES = 64 * 2**10
_FILES = {"content": {media_type(name): {} for name in _FORMATS}, "description": "The file."}


@router.post(
    "/ocr",
    summary="Read a file",
    responses={200: {"model": models.JobOut}, 202: {"model": models.JobOut}, **models.responses(402, 429)},
    openapi_extra=models.form(),
)
async def submit(request: Request, caller: Writes) -> Response:
    """Few pages are answered when they are read, if that does not take too long; more at once, to be polled for."""
    service = service_of(request)
    cap = admission.cap(service, caller)
    with Upload(service.uploads, cap) as upload:
        asked = understood(await Form(request, upload, cap).receive(), service.settings)
        job = await asking.submit(request, caller, _ask(asked, Part(upload.name, upload)))
    if service.settings.inline_pages:
        most = service.settings.inline_pages
        job = await asking.closed(request, job, service.settings.inline_seconds, lambda job: job.page_count > most)
    if job.state == "failed" and (error := refused(job, await _standing(service, caller, job))):
        raise error
    return await _shown(service, job, 200 if job.final else 202)


def _ask(asked: Asked, part: Part) -> Ask:
    told = {"tier": asked.tier, "language": asked.language, "translate_to": asked.translate_to}
    ask = Ask(DIALECT, (part,), tier=asked.effort, languages=asked.codes, tool=asked.tool, told=told)
    ask.structure = asked.structure
    return ask


async def _standing(service: Service, caller: Caller, job: Job) -> asking.Standing | None:
    short = job.failure is not None and job.failure.code == "balance"
    return await run_in_threadpool(asking.credits, service, caller) if short else None


@router.get(
    "/ocr/{uuid}", summary="See how a job stands", responses={200: {"model": models.JobOut}, **models.responses(404)}
)
async def status(request: Request, uuid: str, caller: Reads) -> Response:
    """With all that was read, once it is done."""
    found = await asking.standing(request, caller, uuids.plain(uuid))
    return await _shown(service_of(request), _ours(found.job))


@router.get("/ocr/{uuid}/download", summary="Download a result", responses={200: _FILES, **models.responses(404, 409)})
async def downloaded(
    request: Request, uuid: str, caller: Reads, format: Annotated[str, Query(description=", ".join(_FORMATS))] = ""
) -> Response:
    """The text in a format; without one, in that of the job's tool, or as plain text."""
    job = await _owned(request, caller, uuid)
    tool = tools.named(job.request.tool)
    own = download_of(tool)
    format = format or own
    if format not in (*_FORMATS, own) or format not in EXPORTERS:
        raise ProblemError(400, "unknown_format", f"There is no such format; there are {', '.join(_FORMATS)}.")
    to = str(job.request.told.get("translate_to", ""))
    used = tool_of("translate") if to else tool
    if used is None or used.does == "read" or (not to and format != own):
        return await download(request, job, format)
    checked_done(job)
    return await made_with(request, job, used, ToolIn(format=format, to=to))


@router.post(
    "/chat/{uuid}",
    summary="Ask about a document",
    responses={200: {"model": models.AnswerOut}, **models.responses(404, 409)},
    openapi_extra=models.question(),
)
async def ask(request: Request, uuid: str, caller: Writes) -> Response:
    """The answer is made of sentences of the document, and says where they stand."""
    job = await _talked_about(request, caller, uuid)
    question = Question.model_validate(parsed(await whole(request, _QUESTION_BYTES)))
    if not rendering.is_done(job):
        raise ProblemError(409, "not_done", "There is nothing to be asked about yet: the job is not done.")
    answer = await asking.answered(request, job, question.message)
    said = chat.exchange(question.message, answer)
    await asking.say(request, job, said)
    return render.answer(rendering.answer(_conversation(request, job), said[1]))


@router.get(
    "/chat/{uuid}/history",
    summary="Read a conversation",
    responses={200: {"model": models.HistoryOut}, **models.responses(404)},
)
async def history(request: Request, uuid: str, caller: Reads) -> Response:
    """All that was asked and answered about a document."""
    job = await _talked_about(request, caller, uuid)
    return render.answer(rendering.history(_conversation(request, job), await asking.said(request, job)))


@router.get("/tools", summary="List the tools", responses=models.responses())
async def listed_tools(caller: Reads) -> Response:
    """Presets, and what those need that cannot be used."""
    return render.answer({"tools": tools.listed()})


@router.get("/languages", summary="List the languages", responses=models.responses())
async def listed_languages(caller: Reads) -> Response:
    """Codes that may be asked for; other usual codes and names are known, too."""
    return render.answer(rendering.known_languages())


async def _shown(service: Service, job: Job, status: int = 200) -> Response:
    document = await asking.page_documents(service, job) if rendering.is_done(job) else None
    if document is None:
        return render.answer(rendering.job(job), status)
    if to := str(job.request.told.get("translate_to", "")):
        document = await run_in_threadpool(service.translations.of, job, document, to, service.settings)
    return render.answer(await run_in_threadpool(rendering.job, job, document), status)


async def _owned(request: Request, caller: Caller, uuid: str) -> Job:
    """Not from memory: what is answered then is repeated as long as the job stands, whatever is said about it."""
    return _ours(await asking.owned(request, caller, uuids.plain(uuid)))


def _ours(job: Job) -> Job:
    if job.request.dialect != DIALECT or job.state == "expired":
        raise missing()
    return job


async def _talked_about(request: Request, caller: Caller, uuid: str) -> Job:
    """The job, for callers with an account: conversations are not for strangers who share an address."""
    if caller.address:
        raise ProblemError(401, "unauthorized", "Chatting needs an account: send your API token.")
    return await _owned(request, caller, uuid)


def _conversation(request: Request, job: Job) -> str:
    return service_of(request).seal.pseudonym("conversations", job.id)
