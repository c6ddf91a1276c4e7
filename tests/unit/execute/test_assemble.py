"""Documents and exports from the blobs of their pages."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pdf_maker import make_pdf, scanned, words
from traps import page
from work import Bench

import legenda
from legenda.document import from_json, to_json
from legenda.document.jsonio import dumps, page_to_dict
from legenda.errors import InvalidOptionError, NotFoundError
from legenda.execute.assemble import assembled
from legenda.exports import EXPORTERS
from legenda.jobs.record import Claim, Failure, PageDone, Stored

BOOK = make_pdf(words("The first page"), words("the second") + words("of two lines", y=200), words("and the last"))


def without_timings(document: legenda.Document) -> str:
    return to_json(replace(document, pages=tuple(replace(page, timings={}) for page in document.pages)))


def test_the_document_is_what_the_library_gives(bench: Bench) -> None:
    job = bench.job(BOOK, engine="auto", formats=tuple(EXPORTERS))
    done = bench.read(job, [1, 2, 3])
    results = bench.assemble(replace(job, page_count=3), done)
    assert set(results) == set(EXPORTERS)
    stored = {name: bench.blobs.get(told.key) for name, told in results.items()}
    assert all(len(stored[name]) == told.size for name, told in results.items())
    document = from_json(stored["json"])
    assert without_timings(document) == without_timings(from_json(to_json(replace(legenda.read(BOOK), name="book"))))
    for span_of in (*document.pages, *(line for p in document.pages for line in p.lines)):
        assert span_of.span.of(document.text) == getattr(span_of, "text", getattr(span_of, "content", ""))
    assert stored["txt"] == b"The first page\n\f\nthe second\n\nof two lines\n\f\nand the last\n"
    assert stored["pdf"].startswith(b"%PDF") and b"ocr_page" in stored["hocr"]
    with zipfile.ZipFile(io.BytesIO(stored["pptx"])) as slides:  # the original was at hand
        assert sum(name.startswith("ppt/media/") for name in slides.namelist()) == 3


def test_what_only_shows_the_original_is_made_without_it(bench: Bench) -> None:
    job = bench.job(BOOK, engine="auto", formats=("docx", "pptx", "html"))
    done = bench.read(job, [1, 2, 3])
    forgotten = replace(job, request=replace(job.request, source=replace(job.request.source, key="")))
    assert set(bench.assemble(forgotten, done)) == {"json", "docx", "pptx", "html"}


def test_pages_that_failed_keep_their_place(bench: Bench) -> None:
    job = bench.job(scanned(page(), page(), page(), page()))
    done = bench.read(job, [2, 4])
    why = Failure("engine", "Page could not be read.")
    results = bench.assemble(job, done, {1: why, 3: why})
    document = from_json(bench.blobs.get(results["json"].key))
    assert [(p.number, p.text) for p in document.pages] == [(1, ""), (2, "fine"), (3, ""), (4, "fine")]
    assert document.text == "\nfine\n\nfine" and document.pages[2].problems[0].message == why.message


def test_a_format_asked_for_later_is_made_alone(bench: Bench) -> None:
    job = bench.job(BOOK, engine="auto")
    done = bench.read(job, [1, 2, 3])
    first = bench.assemble(job, done)
    later = replace(job, results=first, request=replace(job.request, formats=("txt", "json")))
    assert set(first) == {"json"} and set(bench.assemble(later, done)) == {"txt"}


def test_what_cannot_be_made_is_a_typed_error(bench: Bench) -> None:
    job = bench.job(BOOK, engine="auto", formats=("exe",))
    with pytest.raises(InvalidOptionError, match="'exe' is not known"):
        bench.assemble(job, [])
    forgotten = replace(job.request, formats=("pdf",), source=replace(job.request.source, key=""))
    with pytest.raises(NotFoundError, match="is deleted"):
        bench.assemble(replace(job, request=forgotten), [])


def test_memory_does_not_grow_with_the_pages(bench: Bench) -> None:
    """Pages of 60 KB each; a quarter of the thousand after the first two hundred in memory would show."""
    job = bench.job(BOOK, engine="auto", formats=("txt",))
    (done,) = bench.read(job, [1])
    one = json.loads(bench.blobs.get(done.key))
    one["blocks"] *= 100
    bench.blobs.put("pages/large.json", dumps(one).encode())
    assert len(dumps(one)) > 50_000

    def peak(pages: int) -> int:
        bench.assemble(job, [PageDone(n, "pages/large.json") for n in range(1, pages + 1)])
        (pid,) = bench.executor.pids()
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0])

    few = peak(200)  # by then the allocator has what it wants
    assert peak(1200) < few + 15_000


def test_signs_of_life_come_with_the_pages(bench: Bench) -> None:
    job = bench.job(BOOK, engine="auto")
    keys = []
    for number, read in enumerate(legenda.read(BOOK).pages, 1):
        keys.append(f"pages/{number}.json")
        bench.blobs.put(keys[-1], dumps(page_to_dict(read.at(0))).encode())
    outcomes = list(assembled(Claim("assemble", job, "", (1, 2, 3), keys=tuple(keys)), bench.blobs))
    assert outcomes[:3] == [None] * 3 and isinstance(outcomes[3]["json"], Stored)  # type: ignore[index]
