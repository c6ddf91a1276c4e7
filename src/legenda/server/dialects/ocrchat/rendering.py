"""Jobs, answers and lists as OCR.chat has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from legenda.document import Block, Document, Page
from legenda.document.text import printable
from legenda.languages import languages
from legenda.server import asking
from legenda.server.api import render
from legenda.server.asking import Job, Said
from legenda.server.dialects.ocrchat.tools import TIERS

Json = dict[str, Any]

_STATUS = {"queued": "pending", "preparing": "processing", "running": "processing", "assembling": "processing"}
_DONE = ("done", "partial")
_POINTS = 72.0
_TIERS: dict[str, str] = {ours: theirs for theirs, ours in TIERS.items()}


def is_done(job: Job) -> bool:
    """Whether there is text."""
    return job.state in _DONE


def job(record: Job, document: Document | None = None) -> Json:
    """A job as it stands; with what was read, if it is done. Takes its time then."""
    told = record.request.told
    value: Json = {
        "uuid": record.id,
        "status": "done" if is_done(record) else _STATUS.get(record.state, "failed"),
        "tier": told.get("tier") or _TIERS.get(record.request.reading.tier, "cpu"),
        "language": told.get("language", "auto"),
        "detected_language": record.language or None,
        "page_count": record.page_count,
        "progress": {"pages_done": record.pages_done + record.pages_failed, "pages_total": record.page_count},
        "mean_confidence": None,
        "text": "",
        "markdown": "",
        "pages": [],
    }
    if document is not None:
        value |= _read(record, document)
    elif value["status"] == "failed":
        value["error"] = printable(record.failure.message) if record.failure else f"The job is {record.state}."
    return value


def _read(record: Job, document: Document) -> Json:
    texts = [asking.text([page], "txt") for page in document.pages]
    dpi = record.request.reading.dpi
    return {
        "mean_confidence": None if record.confidence is None else round(record.confidence, 4),
        "text": "\n\n".join(text for text in texts if text),
        "markdown": asking.text(document.pages, "md"),
        "pages": [
            _page(index, page, text, dpi) for index, (page, text) in enumerate(zip(document.pages, texts, strict=True))
        ],
    }


def _page(index: int, page: Page, text: str, dpi: int) -> Json:
    """A page; boxes are in pixels of its picture: those of PDFs as it was rendered for reading."""
    scale = dpi / _POINTS if page.unit == "point" else 1.0
    value: Json = {
        "index": index,
        "text": text,
        "width": round(page.width * scale),
        "height": round(page.height * scale),
        "dpi": dpi if page.unit == "point" else None,
        "blocks": list(_blocks(page, scale)),
    }
    if page.problems and not page.text:
        value["error"] = printable(page.problems[0].message)
    return value


def _blocks(page: Page, scale: float) -> Iterator[Json]:
    for block in page.blocks:
        text = "\n".join(line.content for line in block.lines if line.content)
        if text:
            yield {"text": printable(text), "bbox": _box(block, scale), "confidence": _confidence(block)}


def _box(block: Block, scale: float) -> list[float]:
    xs, ys = block.polygon[0::2], block.polygon[1::2]
    return [round(value * scale, 1) for value in (min(xs), min(ys), max(xs), max(ys))]


def _confidence(block: Block) -> float:
    """Mean over the words."""
    found = [word.confidence for line in block.lines if line.content for word in (line.words or (line,))]
    return round(sum(found) / len(found), 4)


def answer(conversation: str, said: Said) -> Json:
    """An answer to a question."""
    message = {"role": said.role, "content": said.content, "citations": _citations(said)}
    return {"conversation": conversation, "message": message}


def history(conversation: str, said: Sequence[Said]) -> Json:
    """A conversation."""
    return {"conversation": conversation, "messages": [_message(one) for one in said]}


def _message(said: Said) -> Json:
    value: Json = {"role": said.role, "content": said.content}
    if said.role == "assistant":
        value["citations"] = _citations(said)
    return value | {"created_at": render.time(said.at)}


def _citations(said: Said) -> list[Json]:
    return [{"page": citation.page, "snippet": citation.snippet} for citation in said.citations]


def known_languages() -> Json:
    """Every language, by the code it is asked for with: `ch` is Chinese here, so Chamorro has its longer one."""
    listed: Iterable[Json] = (
        {"code": "ch" if x.code == "zh-Hans" else x.iso639_3 if x.code == "ch" else x.code, "name": x.name}
        | {"script": x.script}
        for x in languages()
    )
    return {"languages": [{"code": "auto", "name": "Any", "script": None}, *listed]}
