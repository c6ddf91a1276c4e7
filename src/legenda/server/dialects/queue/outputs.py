"""What was read, as `got-ocr` gives it: one string an image (a page of a document), or one of all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from legenda.document import Document, Page
from legenda.server import asking
from legenda.server.asking import Failure, Job, Member, PageRecord
from legenda.server.service import Service

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Unread:
    """An input of which no page could be read, by its place (from 0), and why."""

    place: int
    failure: Failure


async def outputs(service: Service, job: Job) -> list[str]:
    """The strings of a job that is done, or partially.

    Raises:
        NotFoundError: it is deleted.
    """
    if not job.page_count:
        return []
    document = await asking.page_documents(service, job)
    return await run_in_threadpool(rendered, document, job.request.told)


def rendered(document: Document, told: Mapping[str, Any]) -> list[str]:
    """Strings of a document.

    Args:
        document: what was read.
        told: `do_format`: as the model writes it then (Mathpix Markdown); `multi_page`: one string of all pages.
    """
    strings = [page_text(page, told) for page in document.pages]
    if told.get("multi_page"):
        return ["\n\n---\n\n".join(strings) if told.get("do_format") else "\n\n".join(strings)]
    return strings


def page_text(page: Page, told: Mapping[str, Any]) -> str:
    """The string of a page."""
    text = asking.text([page], "mmd" if told.get("do_format") else "txt")
    return _CONTROLS.sub(lambda match: "\ufffd" if match[0] >= "\ud800" else "", text)


async def unread(service: Service, job: Job) -> list[Unread]:
    """Inputs of which nothing could be read: for these callers, that is an error of the whole request.

    A document of which only some pages could not be read is none: these pages are empty strings.
    """
    if not job.pages_failed:
        return []
    rows = await run_in_threadpool(asking.rows, service, job)
    return unread_of(job.members, rows)


def unread_of(members: Sequence[Member], rows: Sequence[PageRecord]) -> list[Unread]:
    """The same, of rows in order."""
    found, first = [], 0
    for place, pages in enumerate([member.pages for member in members] or [len(rows)]):
        mine, first = rows[first : first + pages], first + pages
        why = [row.failure for row in mine if row.failure]
        if why and len(why) == len(mine):
            found.append(Unread(place, why[0]))
    return found
