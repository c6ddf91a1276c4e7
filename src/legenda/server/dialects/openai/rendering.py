"""Answers as OpenAI has them: completions, chunks of them, models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from legenda.document import Page, Problem
from legenda.server import asking
from legenda.server.asking import Job
from legenda.server.dialects.openai.asked import MODELS, Format, Reading

Json = dict[str, Any]

BETWEEN = "\n\n"
"""Between pages."""
_OWNER = "legenda"
_SINCE = 1767225600  # 2026-01-01: a model has to be from some time
_CHARACTERS = 4  # of a token, as OpenAI's rule of thumb has it


def models() -> Json:
    """All tiers."""
    return {"object": "list", "data": [model(name) for name in MODELS]}


def model(name: str) -> Json:
    """A tier."""
    # what Mistral's client, whose path it is, too, wants to know besides
    more = {"type": "base", "capabilities": {"vision": True, "ocr": True, "completion_chat": True}}
    return {"id": name, "object": "model", "created": _SINCE, "owned_by": _OWNER} | more


def content(pages: Iterable[Page], format: Format) -> str:
    """What was read."""
    if format == "json":
        return asking.text(pages, "json")
    return BETWEEN.join(text for page in pages if (text := asking.text([page], format)))


def completion(job: Job, reading: Reading, text: str, pages: Iterable[Page]) -> Json:
    """An answer in one piece."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    head = _head(job, reading, "chat.completion")
    problems = [_problem(page.number, each) for page in pages for each in page.problems]
    legenda = {"job": job.id, "pages": job.page_count, "problems": problems}
    return head | {"choices": [choice], "usage": usage(reading, len(text)), "legenda": legenda}


def chunk(job: Job, reading: Reading, delta: Json, finish: str | None = None) -> str:
    """A piece of an answer; ASCII, so that no character can be cut in two on its way."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return event(_head(job, reading, "chat.completion.chunk") | {"choices": [choice]})


def counted(job: Job, reading: Reading, characters: int) -> str:
    """The last piece, if the caller wants the usage told."""
    return event(_head(job, reading, "chat.completion.chunk") | {"choices": [], "usage": usage(reading, characters)})


def event(data: Json) -> str:
    """As a stream has it."""
    return f"data: {json.dumps(data, ensure_ascii=True, separators=(',', ':'))}\n\n"


def usage(reading: Reading, characters: int) -> Json:
    """Tokens, of which there are none here: four characters each, and none for the images."""
    asked, said = -(-reading.prompt // _CHARACTERS), -(-characters // _CHARACTERS)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _head(job: Job, reading: Reading, kind: str) -> Json:
    return {"id": f"chatcmpl-{job.id}", "object": kind, "created": int(job.created), "model": reading.tier}


def _problem(number: int, problem: Problem) -> Json:
    return {"page": number, "code": problem.code, "message": problem.message}
