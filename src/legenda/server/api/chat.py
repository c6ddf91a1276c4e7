"""Questions about what a job has read, answered from that alone; as a whole, or sentence by sentence (SSE)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from legenda.desk.ask import Answer, Generating, Sentence
from legenda.document.text import printable
from legenda.server import asking
from legenda.server.api import render
from legenda.server.api.jobs import Reads, Writes
from legenda.server.api.models import Strict, Text
from legenda.server.asking import Citation, Job, Said
from legenda.server.problems import ProblemError, told

router = APIRouter(prefix="/v1", tags=["chat"])

_DONE = ("done", "partial")


class QuestionIn(Strict):
    """A question about a document."""

    message: Annotated[Text, Field(min_length=1, max_length=4000, pattern=r"\S")]


class CitationOut(BaseModel):
    """Where an answer stands: the page (1-based), its words, and boxes around them in page units, one a line."""

    page: int
    snippet: str
    boxes: list[list[float]]
    value_boxes: list[list[float]] = Field(description="around the amount, date or name that was asked for")


class MessageOut(BaseModel):
    """A message of a conversation."""

    role: Literal["user", "assistant"]
    content: str
    citations: list[CitationOut] = []
    created: str


class AnswerOut(BaseModel):
    """An answer; no citations mean that the document does not say."""

    message: MessageOut
    value: str = Field(description="the amount, date or name that was asked for; else empty")
    how: str = Field(description="`extractive`: quoted; else the language model that worded it")
    meaning: bool = Field(description="meanings were compared; else words alone (`pip install 'legenda[chat]'`)")


class ChatOut(BaseModel):
    """A conversation, in order."""

    messages: list[MessageOut]


@router.get("/jobs/{id}/chat", summary="Read a conversation", responses={200: {"model": ChatOut}})
async def history(request: Request, id: str, caller: Reads) -> Response:
    """All that was asked and answered about what a job has read."""
    job = await asking.owned(request, caller, id)
    return render.answer({"messages": [_message(one) for one in await asking.said(request, job)]})


@router.post(
    "/jobs/{id}/chat",
    summary="Ask about a document",
    responses={
        200: {"model": AnswerOut, "content": {"text/event-stream": {}}},
        409: {"description": "The job is not done, or nothing was read."},
    },
)
async def ask(
    request: Request,
    id: str,
    caller: Writes,
    question: QuestionIn,
    stream: Annotated[bool, Query(description="events `sentence`, then `answer` (or `error`)")] = False,
) -> Response:
    """Answered from the document alone, with the pages and places the answer rests on."""
    job = await asking.owned(request, caller, id)
    if job.state not in _DONE:
        raise ProblemError(409, "not_done", f"There is nothing to be asked about: the job is {job.state}.")
    message = printable(question.message)
    if not stream:
        answer = await asking.answered(request, job, message)
        return render.answer(await kept(request, job, message, answer))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    generating = await asking.generating(request, job, message)
    events = _events(request, job, message, generating)
    return StreamingResponse(events, 200, headers, "text/event-stream")


async def kept(request: Request, job: Job, question: str, answer: Answer) -> render.Json:
    """The answer as `AnswerOut` has it, now part of the conversation."""
    said = (Said("user", question), Said("assistant", answer.text, tuple(map(_citation, answer.citations))))
    await asking.say(request, job, said)
    told = (await asking.said(request, job))[-1]
    return {"message": _message(told), "value": answer.value, "how": answer.how, "meaning": answer.meaning}


async def _events(request: Request, job: Job, question: str, generating: Generating | Answer) -> AsyncIterator[str]:
    try:
        if isinstance(generating, Generating):
            sentences = iter(generating)
            while (sentence := await run_in_threadpool(next, sentences, None)) is not None:
                yield _event("sentence", _sentence(sentence))
            answer = generating.answer
        else:
            answer = generating
            if answer.citations:
                yield _event("sentence", _sentence(Sentence(answer.text, True, answer.citations)))
        yield _event("answer", await kept(request, job, question, answer))
    except Exception as error:  # the head is out already, so it is said in the stream
        found = told(error)
        yield _event("error", {"code": found.code, "detail": found.detail})


def _event(kind: str, value: render.Json) -> str:
    # ASCII only: escaped, no character can be cut in two on its way
    return f"event: {kind}\ndata: {json.dumps(value, ensure_ascii=True, separators=(',', ':'))}\n\n"


def _sentence(sentence: Sentence) -> render.Json:
    citations = [_shown(_citation(citation)) for citation in sentence.citations]
    return {"text": sentence.text, "supported": sentence.supported, "citations": citations}


def _citation(found: Any) -> Citation:
    return Citation(found.page, found.snippet, found.boxes, found.value_boxes)


def _message(said: Said) -> render.Json:
    value: render.Json = {"role": said.role, "content": said.content}
    if said.role == "assistant":
        value["citations"] = [_shown(citation) for citation in said.citations]
    return value | {"created": render.time(said.at)}


def _shown(citation: Citation) -> render.Json:
    return {
        "page": citation.page,
        "snippet": citation.snippet,
        "boxes": _rounded(citation.boxes),
        "value_boxes": _rounded(citation.value_boxes),
    }


def _rounded(boxes: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[round(x, 2) for x in box] for box in boxes]
