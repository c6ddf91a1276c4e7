from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable

from jsonschema import Draft202012Validator

from legenda.document import Block, Page, assemble, from_json, schema, to_json
from legenda.exports import EXPORTERS, Origin


def test_it_is_the_documents_json_to_the_byte(
    export: Callable[..., bytes], page: Callable[..., Page], block: Callable[..., Block]
) -> None:
    pages = [page(block('say "hi"\\', "𠮷"), block("b")), page(number=2), page(block("c\tü"), number=5, engine="cpu")]
    given = export("json", pages, name="a.png", metadata={"title": "T"}).decode()
    document = assemble(pages, "a.png", {"title": "T"})
    assert given == to_json(document)
    assert from_json(given) == document
    Draft202012Validator(schema()).validate(json.loads(given))


def test_no_pages(export: Callable[..., bytes]) -> None:
    assert from_json(export("json", [])) == assemble([])


def test_pages_do_not_pile_up(page: Callable[..., Page], block: Callable[..., Block]) -> None:
    class Nowhere(io.RawIOBase):
        def write(self, data: object) -> int:
            return 0

    one = page(*[block(*["some words in a line"] * 5, top=200 * n) for n in range(8)])
    for name in ("json", "hocr", "txt", "txt-layout", "md"):
        exporter = EXPORTERS[name](Nowhere(), Origin())  # type: ignore[arg-type]
        exporter.add(one)
        tracemalloc.start()
        for number in range(2, 60):
            exporter.add(one.at(number * 1000))
        exporter.close()
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept < 500_000, name  # one page of hOCR is 40,000
