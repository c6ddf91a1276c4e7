"""The ZIP of a job: words as rows, names, what is in it when the input is deleted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from legenda.document import Block, Document, Line, Page, Style, Word, assemble, compose, from_box
from legenda.errors import NotFoundError
from legenda.jobs.record import Input, Job, JobRequest, Member
from legenda.server.dialects.lazarus import archive

BOX = from_box(-7.2, 20, 110, 40)
TOLD: dict[str, Any] = {
    "kind": "zip",
    "version": 2,
    "index": "unicodeCodePoint",
    "documentId": "a",
    "named": True,
    "inputs": 1,
    "plain": False,
    "base": "http://127.0.0.1:8080",
}


def document(*texts: str, unit: Any = "point", style: Style | None = None) -> Document:
    lines = (Line(x, BOX, 0.9, tuple(Word(w, BOX, 0.87654) for w in x.split()), style=style) for x in texts)
    return assemble([compose(Page(1, 612, 792, unit), [Block("text", BOX, tuple(lines))])])


def job(name: str = "letter.pdf", format: str = "pdf", members: tuple[Member, ...] = (), **told: Any) -> Job:
    request = JobRequest("t", Input(name), dialect="lazarus", told=TOLD | told)
    return Job("5f1c0d2e9b7a4f63a1d8c4e7b2096f3a", "done", request, 1795167305.5, format, members=members)


def written(made: Job, read: Document, original: bytes | None, folder: Path) -> dict[str, bytes]:
    @contextmanager
    def opened() -> Any:
        if original is None:
            raise NotFoundError("The input is deleted")
        path = folder / "original"
        path.write_bytes(original)
        yield path

    out = io.BytesIO()
    archive.write(made, read, opened, out)
    with zipfile.ZipFile(out) as found:
        return {name: found.read(name) for name in found.namelist()}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_no_word_is_a_formula(start: str, tmp_path: Path) -> None:
    members = written(job(), document(f'{start}HYPERLINK("x","y")'), b"x", tmp_path)
    found = rows(members["a.csv"])
    assert all(row["content"].startswith("'") for row in found[:1])
    assert "".join(row["content"].lstrip("'") for row in found).startswith(f"{start}HYPERLINK")
    assert found[0]["x1"] == "-0.1"  # numbers stay numbers


def test_words_with_commas_quotes_and_other_scripts(tmp_path: Path) -> None:
    read = document('a,"b" 文件 ok', unit="pixel", style=Style(handwritten=True, handwritten_confidence=0.8))
    found = rows(written(job(), read, b"x", tmp_path)["a.csv"])
    assert [row["content"] for row in found] == ['a,"b"', "文", "件", "ok"]
    assert {(row["unit"], row["isHandwritten"], row["confidence"]) for row in found} == {("pixel", "true", "0.8765")}
    assert [(row["offset"], row["length"]) for row in found] == [("0", "5"), ("6", "1"), ("7", "1"), ("9", "2")]


@pytest.mark.parametrize(
    ("name", "told", "names"),
    [
        ("letter.pdf", {}, ["a.csv", "a.json", "a.txt", "letter.pdf"]),
        ("", {}, ["a.csv", "a.json", "a.txt", "a.pdf"]),
        ("A.TXT", {}, ["a.csv", "a.json", "a.txt", "original-A.TXT"]),
        ("..", {}, ["a.csv", "a.json", "a.txt", "a.pdf"]),
        ("C:\\x\\y.pdf", {}, ["a.csv", "a.json", "a.txt", "y.pdf"]),
        ("x", {"documentId": "../../etc/b"}, ["b.csv", "b.json", "b.txt", "x"]),
        ("x", {"documentId": "..", "named": True}, ["1795167305.csv", "1795167305.json", "1795167305.txt", "x"]),
        ("x", {"documentId": "uuid", "named": False}, ["1795167305.csv", "1795167305.json", "1795167305.txt", "x"]),
    ],
)
def test_names(name: str, told: dict[str, Any], names: list[str], tmp_path: Path) -> None:
    assert list(written(job(name, **told), document("a"), b"x", tmp_path)) == names


def test_the_text_is_the_answer_or_plain(tmp_path: Path) -> None:
    members = written(job(), document("one", "two"), b"x", tmp_path)
    assert (
        members["a.txt"] == members["a.json"] and json.loads(members["a.json"])["ocrResults"]["rawText"] == "one\ntwo"
    )
    assert written(job(plain=True), document("one", "two"), b"x", tmp_path)["a.txt"] == b"one\ntwo"


def test_a_deleted_original_is_left_out(tmp_path: Path) -> None:
    assert list(written(job(), document("a"), None, tmp_path)) == ["a.csv", "a.json", "a.txt"]


def test_an_archive_of_the_callers_own_stays_one(tmp_path: Path) -> None:
    members = (Member("1.pdf", "pdf", 1), Member("2.pdf", "pdf", 1))
    made = written(job("", "zip", members), document("a"), b"PK", tmp_path)
    assert made["a.zip"] == b"PK"
