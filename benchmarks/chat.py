"""Questions about documents: is the right page first, the answer right, and refused what is not there?"""

from __future__ import annotations

import json
import re
import sys
import time
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.settings import Bar, Settings
from legenda.desk import meaning
from legenda.desk.ask import Asker
from legenda.document import Document, Page, assemble, from_json, to_json
from legenda.pipeline import Reader

QUESTIONS = Path(__file__).parent / "data" / "chat.toml"
LONG = 50  # pages of the document whose first answer is timed
REPEATS = 5


def run(settings: Settings, bar: Bar) -> None:
    """Ask all questions, by words alone and, where the model is installed, by meaning too."""
    if not (settings.evaldata / "manifest.jsonl").is_file():
        print("chat is left out: its documents are those of evaldata", file=sys.stderr)
        return
    asked = tomllib.loads(QUESTIONS.read_text("utf-8"))["document"]
    ways = [False, True] if meaning.available() else [False]
    bar.begin("chat", len(asked) * (1 + len(ways)))
    documents = {}
    for document in asked:
        documents[document["name"]] = _read(settings, document)
        bar.step(document["name"])
    rows: list[dict[str, Any]] = []
    for use_meaning in ways:
        for document in asked:
            rows += _asked(document, documents[document["name"]], use_meaning)
            bar.step(document["name"])
    settings.keep("chat", {"rows": rows, "seconds": _first_answer(list(documents.values()), ways[-1])})


def plain(text: str) -> str:
    """A text without case, accents, spaces and punctuation."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", text)


def _read(settings: Settings, asked: dict[str, Any]) -> Document:
    """What was read of a document: its items one after the other, their pages counted through."""
    kept = settings.out / "chat" / f"{asked['name']}.json"
    if kept.is_file():
        return from_json(kept.read_bytes())
    kept.parent.mkdir(exist_ok=True)
    with (settings.evaldata / "manifest.jsonl").open(encoding="utf-8") as file:
        files = {row["id"]: settings.evaldata / row["file"] for row in map(json.loads, file)}
    pages: list[Page] = []
    with Reader(jobs=1) as reader:
        for item in asked["items"]:
            pages += [replace(page, number=len(pages) + n) for n, page in enumerate(reader.pages(files[item]), 1)]
    document = assemble(pages, asked["name"])
    kept.write_text(to_json(document), "utf-8")
    return document


def _asked(asked: dict[str, Any], document: Document, use_meaning: bool) -> list[dict[str, Any]]:
    asker = Asker(document.pages, use_meaning=use_meaning)
    rows = []
    for fresh, question in [(False, q) for q in asked.get("questions", ())] + [
        (True, q) for q in asked.get("fresh", ())
    ]:
        answer = asker.answer(question["ask"])
        page = answer.citations[0].page if answer.citations else 0
        right = any(plain(text) in plain(answer.text) for text in question.get("answers", ()))
        rows.append(
            {
                "document": asked["name"],
                "question": question["ask"],
                "language": question["lang"],
                "meaning": use_meaning,
                "fresh": fresh,
                "answerable": question["page"] > 0,
                "page": page == question["page"],
                "right": right,
                "said": answer.text,
            }
        )
    return rows


def _first_answer(documents: list[Document], use_meaning: bool) -> float:
    """Seconds of processor time from a document of `LONG` pages to the first answer, the model loaded."""
    pages: list[Page] = []
    while len(pages) < LONG:
        pages += [page for document in documents for page in document.pages]
    long = assemble([replace(page, number=n) for n, page in enumerate(pages[:LONG], 1)])
    Asker(documents[0].pages, use_meaning=use_meaning).answer("load the model")
    seconds = []
    for _ in range(REPEATS):  # each from nothing; the best, since others use the machine's caches
        began = time.process_time()
        Asker(long.pages, use_meaning=use_meaning).answer("Who patented the typewriter?")
        seconds.append(time.process_time() - began)
    return min(seconds)


def section(measured: Any, table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> str:
    """Questions, by way of searching and by whether they were there while it was tuned."""
    rows = []
    for compared in (True, False):
        for name, chosen in (("all", (True, False)), ("there while tuned", (False,)), ("written afterwards", (True,))):
            here = [row for row in measured["rows"] if row["meaning"] == compared and row["fresh"] in chosen]
            asked = [row for row in here if row["answerable"]]
            other = [row for row in here if not row["answerable"]]
            if asked and other:
                figures = ([r["page"] for r in asked], [r["right"] for r in asked], [r["page"] for r in other])
                shares = [f"{sum(found) / len(found):.1%} of {len(found)}" for found in figures]
                rows.append([f"{'words and meanings' if compared else 'words alone'}, {name}", *shares])
    return (
        "## Questions about documents\n\nAnswers quoted from documents, offline (`benchmarks/data/chat.toml`); the "
        f"first answer on 50 pages takes {measured['seconds']:.2f} s of one core.\n\n"
        + table(["questions", "right page first", "right answer", "refused what is not there"], rows)
    )
