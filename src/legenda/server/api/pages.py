"""What people need who look at a page: its picture, and a way to put words right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BeforeValidator, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from legenda.document import Page, page_from_dict
from legenda.document.jsonio import dumps, page_to_dict
from legenda.errors import NotFoundError
from legenda.jobs.names import corrected_key
from legenda.jobs.record import Job, PageDone, PageRecord
from legenda.server.api import render
from legenda.server.api.jobs import Reads, Writes, owned
from legenda.server.api.models import PageOut, Strict, plain
from legenda.server.corrections import Correction, OutdatedError, corrected
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of

router = APIRouter(prefix="/v1", tags=["results"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

_MOST = 1000  # corrections of a request
_LONGEST = 200


def _tidy(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


Content = Annotated[
    str,
    BeforeValidator(_tidy),
    Field(max_length=_LONGEST, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$"),
    AfterValidator(plain),
]


class CorrectionIn(Strict):
    """A word put right."""

    word: int = Field(ge=0, le=10**6, description="place among the page's words in reading order, 0-based")
    was: Annotated[str, Field(max_length=1000), AfterValidator(plain)] = Field(description="the word as it was read")
    content: Content = Field(description="the word as it is; empty takes it out")


class CorrectionsIn(Strict):
    """Words of one page put right, all or none."""

    corrections: list[CorrectionIn] = Field(min_length=1, max_length=_MOST)


@router.post(
    "/jobs/{id}/pages/{number}/corrections",
    summary="Correct words of a page",
    responses={
        200: {"model": PageOut, "description": "The page as it is now."},
        409: {"description": "The job is not done, or the page was changed meanwhile."},
    },
)
async def correct(request: Request, id: str, number: Number, body: CorrectionsIn, caller: Writes) -> Response:
    """Put words right; results asked for from then on follow. What was corrected has the confidence 1."""
    service = service_of(request)
    given = {each.word: Correction(each.was, each.content) for each in body.corrections}

    def change() -> bytes:
        job = owned(service, caller, id)
        if job.state not in ("done", "partial"):
            raise ProblemError(
                409, "not_done", f"The job is {job.state}; pages of jobs that are done can be corrected."
            )
        found = service.store.page_of(job.id, number)
        if found is None or not found.key:
            raise missing("page")
        return _changed(service, job, found, given)

    answer = await run_in_threadpool(change)
    service.snapshots.forget((id,))
    service.hub.tell([id])
    return Response(answer, media_type="application/json")


def _changed(service: Service, job: Job, found: PageRecord, given: Mapping[int, Correction]) -> bytes:
    try:
        page = corrected(page_from_dict(json.loads(service.blobs.get(found.key))), given)
    except NotFoundError:
        raise ProblemError(410, "expired", "What was read is deleted: its time was over.") from None
    except OutdatedError:
        raise _outdated() from None
    key = corrected_key(job.id, found.number)
    written = dumps(page_to_dict(page))
    service.blobs.put(key, written.encode())
    done = _counted(page, key)
    if not service.store.corrected(job.id, found.key, done):
        service.blobs.delete([key])
        raise _outdated()
    now = service.store.page_of(job.id, found.number) or found
    return f'{dumps(render.page(now))[:-1]},"page":{written}}}'.encode()


def _counted(page: Page, key: str) -> PageDone:
    sure = [word.confidence for line in page.lines if line.content for word in (line.words or (line,))]
    return PageDone(page.number, key, words=len(sure), confidence=sum(sure), characters=len(page.text))


def _outdated() -> ProblemError:
    return ProblemError(409, "conflict", "The page is not as it was when it was looked at; look again.")


@router.get(
    "/jobs/{id}/pages/{number}/image",
    summary="Look at a page",
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The page as it was given."},
        409: {"description": "The input is not there yet, or its password is forgotten."},
        410: {"description": "The input is deleted."},
    },
)
async def image(
    request: Request,
    id: str,
    number: Number,
    caller: Reads,
    width: Annotated[int, Query(ge=16, le=4000, description="in pixels; never more than the picture has")] = 1600,
) -> Response:
    """The page in its own frame, which polygons refer to: the picture's width is the page's `width`."""
    service = service_of(request)
    job = await run_in_threadpool(owned, service, caller, id)
    pictures = service.pictures
    data = await to_thread.run_sync(pictures.jpeg, job, number, width, limiter=pictures.turns)
    headers = {"Cache-Control": "private, max-age=3600"}  # a job's input never changes
    return Response(data, 200, headers, "image/jpeg")
