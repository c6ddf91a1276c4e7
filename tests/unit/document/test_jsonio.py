from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from legenda.document import (
    SCHEMA_VERSION,
    Block,
    Document,
    Line,
    Page,
    Word,
    assemble,
    compose,
    from_box,
    from_json,
    page_from_dict,
    schema,
    to_dict,
    to_json,
)
from legenda.document.jsonio import page_to_dict
from legenda.errors import CorruptSourceError

BOX = from_box(0, 0, 10, 10)
VALIDATOR = Draft202012Validator(schema())


def small() -> Document:
    line = Line("Hello world", BOX, 0.87654321, (Word("Hello", BOX, 0.5), Word("world", BOX, 1.0)), language="en")
    return assemble([compose(Page(1, 10.123456, 10, "point"), [Block("text", BOX, (line,))])], "a.pdf", {"title": "T"})


def test_the_schema_is_valid_and_closed() -> None:
    Draft202012Validator.check_schema(schema())
    definitions = [schema(), *schema()["$defs"].values()]
    assert all(d["additionalProperties"] is False for d in definitions if d.get("type") == "object")
    assert schema()["properties"]["schema_version"]["const"] == SCHEMA_VERSION


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_round_trip_is_exact_and_fits_the_schema(data: st.DataObject, documents: st.SearchStrategy[Document]) -> None:
    document = data.draw(documents)
    text = to_json(document, indent=data.draw(st.sampled_from([None, 2])))
    VALIDATOR.validate(json.loads(text))
    assert from_json(text) == document
    assert from_json(text.encode()) == document


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_pages_go_round_on_their_own(data: st.DataObject, documents: st.SearchStrategy[Document]) -> None:
    document = data.draw(documents)
    pages = [replace(page, blocks=()).at(0) for page in document.pages]
    assert [page_from_dict(page_to_dict(page)) for page in pages] == pages
    alone = page_from_dict(page_to_dict(small().pages[0]))
    assert to_dict(assemble([alone], "a.pdf", {"title": "T"})) == to_dict(small())


@pytest.mark.parametrize("value", [None, [], {}, {"text": 1}, {"text": "", "pages": []}])
def test_what_is_no_page_is_refused(value: object) -> None:
    with pytest.raises(CorruptSourceError):
        page_from_dict(value)


def test_numbers_are_rounded_and_stay_so() -> None:
    given = to_dict(small())
    page = given["pages"][0]
    assert page["width"] == 10.12
    assert page["blocks"][0]["lines"][0]["confidence"] == 0.8765
    once = from_json(to_json(small()))
    assert from_json(to_json(once)) == once


def test_inches_keep_four_decimals() -> None:
    page = compose(Page(1, 8.26771, 11.69291, "inch"), [Block("text", from_box(1.23456, 1, 2, 3), ())])
    given = to_dict(assemble([page]))["pages"][0]
    assert given["width"] == 8.2677
    assert given["blocks"][0]["polygon"][0] == 1.2346


def test_what_is_empty_is_left_out() -> None:
    page = compose(Page(1, 10, 10, "pixel"), [Block("text", BOX, (Line("", BOX, 0.1, unreadable=True),))])
    given = to_dict(assemble([page]))
    assert "name" not in given
    assert not {"engine", "timings", "problems", "part"} & given["pages"][0].keys()
    assert given["pages"][0]["blocks"][0]["lines"][0].keys() == {
        "content",
        "polygon",
        "confidence",
        "span",
        "unreadable",
    }
    assert "\n" not in to_json(small())
    assert ": " not in to_json(small())


def test_angles_stay_in_their_range_when_rounded() -> None:
    given = to_dict(assemble([Page(1, 1, 1, "pixel", angle=-179.9999)]))
    assert given["pages"][0]["angle"] == 180.0
    VALIDATOR.validate(given)


def test_lone_surrogates_and_control_characters_do_not_leave() -> None:
    page = compose(Page(1, 1, 1, "pixel", engine="\ud800"), [Block("text", BOX, (Line("a\x00b\udfff", BOX, 1.0),))])
    text = to_json(assemble([page], "n\x1bame", {"ti\x00tle": "\ud800"}))
    assert text.encode()
    assert not any(ord(character) < 32 for character in text)
    assert "\\u" not in text
    assert from_json(text).text == "a\ufffdb\ufffd"


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
        node: Any = given
        for part in parents:
            node = node[part]
        node[last] = value

    return change


LINE = "pages.0.blocks.0.lines.0"


def _table(**cell: int) -> dict[str, Any]:
    return {"rows": 1, "columns": 2, "confidence": 1, "cells": [{"row": 0, "column": 0, "polygon": [0] * 8} | cell]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_set("schema_version", "9.0"), "schema_version"),
        (_set("extra", 1), "top level"),
        (_set("pages", {}), "pages"),
        (_set("pages.0.number", 0), "pages[0].number"),
        (_set("pages.0.number", True), "pages[0].number"),
        (_set("pages.0.width", float("nan")), "pages[0].width"),
        (_set("pages.0.unit", "furlong"), "pages[0].unit"),
        (_set("pages.0.timings", {"a": "b"}), "pages[0].timings.a"),
        (_set("pages.0.problems", [{"code": "x"}]), "pages[0].problems[0]"),
        (_set("pages.0.part", {"picture": 1, "box": [0, 0, 1]}), "pages[0].part.box"),
        (_set(f"{LINE}.confidence", 1.5), "pages[0].blocks[0].lines[0].confidence"),
        (_set(f"{LINE}.polygon", [1] * 7), "polygon"),
        (_set(f"{LINE}.polygon", [10**400] * 8), "polygon"),
        (_set(f"{LINE}.span", [0, 10**9]), "span"),
        (_set(f"{LINE}.span", [1, 11]), "span"),
        (_set(f"{LINE}.words.1.content", "worse"), "words[1].span"),
        (_set(f"{LINE}.unreadable", 1), "unreadable"),
        (_set(f"{LINE}.style", {"bold": "yes"}), "style.bold"),
        (_set(f"{LINE}.marks", [{"kind": "bold", "start": 6, "length": 6}]), "lines[0].marks[0]"),
        (_set(f"{LINE}.marks", [{"kind": "loud", "start": 0, "length": 5}]), "marks[0].kind"),
        (_set("pages.0.blocks.0.table", _table(count=2)), "blocks[0].table.cells[0]"),
        (_set("pages.0.blocks.0.table", _table(columns=3)), "blocks[0].table.cells[0]"),
        (_set("pages.0.blocks.0.table", _table(row=1)), "blocks[0].table.cells[0]"),
        (_set("pages.0.blocks.0.notation", {"kind": "formula", "forms": {"latex": 1}}), "notation.forms.latex"),
        (_set("metadata", {"title": 3}), "metadata.title"),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(change: Callable[[dict[str, Any]], None], place: str) -> None:
    given = to_dict(small())
    change(given)
    with pytest.raises(CorruptSourceError) as refused:
        from_json(json.dumps(given))
    assert place in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', b"\xff\xfe\xff", "[" * 100_000, "1" * 10_000])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(CorruptSourceError):
        from_json(text)


def test_missing_fields_are_named() -> None:
    given = to_dict(small())
    del given["pages"][0]["blocks"][0]["polygon"]
    with pytest.raises(CorruptSourceError, match=r"pages\[0\].blocks\[0\]: the field 'polygon' is missing"):
        from_json(json.dumps(given))
