"""The routes: a document is taken (202), and asked for until it is analysed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.document import Document
from legenda.document.jsonio import dumps
from legenda.server import asking
from legenda.server.api import render
from legenda.server.api.results import download
from legenda.server.asking import Ask, Job
from legenda.server.auth import Caller, requires
from legenda.server.dialects import uuids
from legenda.server.dialects.azure import description
from legenda.server.dialects.azure.analysis import analysed
from legenda.server.dialects.azure.asked import Analysis, Model, Reading, document
from legenda.server.dialects.azure.errors import failure
from legenda.server.dialects.doorway import reached
from legenda.server.dialects.read import MODEL_DATE, Rendition, former
from legenda.server.problems import ProblemError, missing
from legenda.server.service import service_of

router = APIRouter(tags=["Azure"])

_DIALECT = "azure"
_READ = "read-3.2"
_RETRY_SECONDS = "1"
_MODELS = "/documentintelligence/documentModels"
_RESULT = _MODELS + "/{model}/analyzeResults/{id}"
_VISION = "/vision/v3.2/read"

Writes = Annotated[Caller, Depends(requires("write"))]
Reads = Annotated[Caller, Depends(requires("read"))]


@router.post(_MODELS + "/{model}:analyze", status_code=202, **description.ANALYSE)
async def analyse(request: Request, caller: Writes, model: str) -> Response:
    """Take a document for Document Intelligence."""
    name = _model(model)
    asked = Analysis.model_validate(_query(request))
    with ExitStack() as stack:
        part = await document(request, caller, stack)
        told: dict[str, Any] = {"model": name, "api": asked.api, "index": asked.index, "format": asked.format}
        told |= {"languages": "languages" in asked.features, "pdf": "pdf" in asked.output}
        ask = Ask(_DIALECT, [part], pages=asked.pages, languages=_languages(asked.locale), told=told)
        ask.tier = "accurate" if "ocrHighResolution" in asked.features else "balanced"
        ask.formats = ("pdf",) if "pdf" in asked.output else ()
        ask.structure = asked.format == "markdown"
        job = await asking.submit(request, caller, ask)
    return _taken(request, f"{_MODELS}/{name}/analyzeResults/{uuids.dashed(job.id)}?api-version={asked.api}")


@router.get(_RESULT, **description.RESULT)
async def result(request: Request, caller: Reads, model: str, id: str) -> Response:
    """How an analysis stands; what was read, when it is done."""
    return await _standing(request, await _job(request, caller, _model(model), id))


@router.delete(_RESULT, status_code=204, **description.DELETE)
async def delete(request: Request, caller: Writes, model: str, id: str) -> Response:
    """Forget an analysis."""
    job = await _job(request, caller, _model(model), id)
    await asking.delete(request, caller, job.id)
    return Response(status_code=204)


@router.get(_RESULT + "/pdf", **description.PDF)
async def pdf(request: Request, caller: Reads, model: str, id: str) -> Response:
    """The document with its text laid under it, if that was asked for (`output=pdf`)."""
    job = await _job(request, caller, _model(model), id)
    if not job.request.told["pdf"]:
        raise ProblemError(404, "not_found", "It was analysed without output=pdf.", inner="OperationNotFound")
    return await download(request, job, "pdf")


@router.post(_VISION + "/analyze", status_code=202, **description.READ)
async def read(request: Request, caller: Writes) -> Response:
    """Take a document for Read 3.2."""
    asked = Reading.model_validate(_query(request))
    with ExitStack() as stack:
        part = await document(request, caller, stack, former=True)
        ask = Ask(_DIALECT, [part], pages=asked.pages, languages=_languages(asked.language), told={"model": _READ})
        job = await asking.submit(request, caller, ask)
    return _taken(request, f"{_VISION}/analyzeResults/{uuids.dashed(job.id)}")


@router.get(_VISION + "/analyzeResults/{id}", **description.READ_RESULT)
async def read_result(request: Request, caller: Reads, id: str) -> Response:
    """How a reading stands; what was read, when it is done."""
    return await _standing(request, await _job(request, caller, _READ, id))


def _model(name: str) -> str:
    if name in get_args(Model):
        return name
    detail = "The requested model was not found; there are prebuilt-read and prebuilt-layout."
    raise ProblemError(404, "not_found", detail, inner="ModelNotFound")


def _query(request: Request) -> dict[str, Any]:
    return dict(request.query_params)


def _languages(locale: str) -> tuple[str, ...]:
    return (locale,) if locale else ()


def _taken(request: Request, path: str) -> Response:
    url = f"{reached(request).base('own')}{path}"
    return Response(status_code=202, headers={"Operation-Location": url, "Retry-After": _RETRY_SECONDS})


async def _job(request: Request, caller: Caller, model: str, id: str) -> Job:
    job = (await asking.standing(request, caller, uuids.plain(id))).job
    if job.request.dialect != _DIALECT or job.state == "expired" or job.request.told.get("model") != model:
        raise missing("operation")
    return job


async def _standing(request: Request, job: Job) -> Response:
    body = {
        "status": _status(job),
        "createdDateTime": render.time(job.created),
        "lastUpdatedDateTime": render.time(job.finished or job.started or job.created),
    }
    if body["status"] == "succeeded":
        found = await asking.page_documents(service_of(request), job)
        shown = await run_in_threadpool(_shown, job, found)
        return Response(dumps(body)[:-1] + f',"analyzeResult":{shown}}}', media_type="application/json")
    if body["status"] == "failed":
        return render.answer(body | {"error": failure(job)})
    return render.answer(body, headers={"Retry-After": _RETRY_SECONDS})


def _status(job: Job) -> str:
    if job.state in ("done", "partial"):
        return "succeeded"
    if job.final:
        return "failed"
    return "notStarted" if job.state == "queued" else "running"


def _shown(job: Job, found: Document) -> str:
    if job.request.told["model"] != _READ:
        return dumps(analysed(job, found))
    pages = [former(page) for page in Rendition(found).pages]
    return dumps({"version": "3.2.0", "modelVersion": MODEL_DATE, "readResults": pages})
