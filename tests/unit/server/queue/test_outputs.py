from __future__ import annotations

import json

import pytest

from legenda.document import Page, assemble
from legenda.jobs.record import Event, Failure, Member, PageRecord
from legenda.server.dialects.queue import sse
from legenda.server.dialects.queue.logs import told
from legenda.server.dialects.queue.outputs import Unread, rendered, unread_of

WHY = Failure("corrupt", "It is damaged.")


def page(number: int) -> Page:
    return Page(number, 0.0, 0.0, "pixel")


@pytest.mark.parametrize(
    ("told", "strings"),
    [
        ({}, ["", "", ""]),
        ({"do_format": True}, ["", "", ""]),
        ({"multi_page": True}, ["\n\n\n\n"]),
        ({"multi_page": True, "do_format": True}, ["\n\n---\n\n\n\n---\n\n"]),
    ],
)
def test_pages_are_strings_or_one(told: dict[str, bool], strings: list[str]) -> None:
    assert rendered(assemble([page(1), page(2), page(3)], "x"), told) == strings


def rows(states: str) -> list[PageRecord]:
    return [
        PageRecord(n, "failed", failure=WHY) if state == "f" else PageRecord(n, "done", key="k")
        for n, state in enumerate(states, 1)
    ]


@pytest.mark.parametrize(
    ("sizes", "states", "places"),
    [
        ([], "d", []),
        ([], "f", [0]),
        ([], "fd", []),
        ([1, 1, 1], "dfd", [1]),
        ([2, 1, 2], "fdffd", [1]),
        ([2, 1, 2], "ffdff", [0, 2]),
    ],
)
def test_inputs_of_which_nothing_was_read(sizes: list[int], states: str, places: list[int]) -> None:
    members = [Member("x", "tiff", size) for size in sizes]
    assert unread_of(members, rows(states)) == [Unread(place, WHY) for place in places]


def events(*kinds: dict[str, object]) -> list[Event]:
    return [Event(n, "j", str(kind.pop("kind", "state")), kind, 1.5) for n, kind in enumerate(kinds)]


def test_lines_of_a_log() -> None:
    found = told(
        events(
            {"state": "queued"},
            {"state": "preparing"},
            {"state": "running", "page_count": 2},
            {"kind": "page", "number": 2, "state": "done", "page_count": 2, "pages_done": 1, "pages_failed": 0},
            {"kind": "page", "number": 1, "state": "failed", "page_count": 2, "pages_done": 1, "pages_failed": 1},
            {"state": "assembling"},
            {"state": "partial"},
        )
    )
    assert [(line["level"], line["message"]) for line in found] == [
        ("INFO", "Fetching and converting the input"),
        ("INFO", "Reading 2 pages"),
        ("INFO", "page 1/2"),
        ("WARN", "page 2/2: page 1 could not be read"),
        ("WARN", "Done, but for some pages"),
    ]
    assert found[0]["timestamp"] == "1970-01-01T00:00:01.500000Z"


def test_large_inputs_do_not_fill_the_log() -> None:
    pages = ({"kind": "page", "number": n, "state": "done", "page_count": 5000, "pages_done": n, "pages_failed": 0}
             for n in range(1, 5001))  # fmt: skip
    messages = [line["message"] for line in told(events(*pages))]
    assert len(messages) == 200 and messages[-1] == "page 5000/5000"


def test_events_are_ascii_on_one_line() -> None:
    written = sse.event({"a": "你好\n\ud800😀"}, "error")
    kind, data, *rest = written.decode("ascii").split("\n")
    assert kind == "event: error" and json.loads(data.removeprefix("data: "))["a"].startswith("你好\n")
    assert rest == ["", ""]
