"""Tables of jobs over page breaks: pages are read each for itself, and put together here."""

from __future__ import annotations

from pdf_maker import make_pdf, words
from work import Bench

from legenda.document import from_json


def ruled(*rows: tuple[str, str]) -> str:
    """Content of a page: a table of two columns with its rulings."""
    lines = [f"30 {270 - 24 * k} m 290 {270 - 24 * k} l S" for k in range(len(rows) + 1)]
    lines += [f"{x} 270 m {x} {270 - 24 * len(rows)} l S" for x in (30, 160, 290)]
    texts = [words(t, x, 253 - 24 * k) for k, row in enumerate(rows) for t, x in zip(row, (36, 166), strict=True)]
    return "\n".join([*lines, *texts])


def test_they_are_marked_and_written_once(bench: Bench) -> None:
    head = ("Harbour", "Tons")
    book = make_pdf(ruled(head, ("Leith", "9150"), ("Wick", "480")), ruled(head, ("Oban", "210"), ("Ayr", "95")))
    job = bench.job(book, engine="auto", formats=("csv",), reading={"content": "table"})
    results = bench.assemble(job, bench.read(job, [1, 2]))
    document = from_json(bench.blobs.get(results["json"].key))
    assert [b.table.continued for page in document.pages for b in page.blocks if b.table] == [False, True]
    assert bench.blobs.get(results["csv"].key).decode().split() == [
        "Harbour,Tons", "Leith,9150", "Wick,480", "Oban,210", "Ayr,95",
    ]  # fmt: skip
