"""What goes out: downloads, documents, lines of the log."""

from __future__ import annotations

import io
import json
import logging
import sys
from urllib.parse import unquote

import pytest

from legenda.jobs.record import Input, Job, JobRequest
from legenda.server import logs
from legenda.server.api import render
from legenda.server.api.models import JobOut
from legenda.server.api.results import _part, disposition
from legenda.server.auth import _counted, is_loopback
from legenda.server.problems import ProblemError


@pytest.mark.parametrize("name", ["a.png", "Übersicht 2.pdf", 'x"; filename="evil.exe', "漢字", "", "...", "a\\b;c"])
def test_names_of_downloads(name):
    header = disposition(name, ".txt")
    header.encode("ascii")
    plain = header.split('filename="')[1].split('"')[0]
    assert plain.endswith(".txt") and ";" not in plain and len(plain) > 4
    stem = name.rpartition(".")[0] or name or "result"
    assert unquote(header.split("UTF-8''")[1]) == stem + ".txt"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-", (2, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes=-99", (0, 10)),
    ],
)
def test_ranges(request_of, asked, part):
    assert _part(request_of(range=asked), 10, '"e"') == part


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0", "bytes=11-12"])
def test_ranges_beyond_the_end(request_of, asked):
    with pytest.raises(ProblemError) as caught:
        _part(request_of(range=asked), 10, '"e"')
    assert caught.value.headers["Content-Range"] == "bytes */10"


def test_a_job_as_described():
    job = Job("0" * 32, "queued", JobRequest("t", Input("a.png", size=3), metadata={"a": 1}), 0.0)
    shown = render.job(job, base="https://ocr.example.org", position=3, seconds_left=1.23)
    assert JobOut.model_validate(shown).model_dump() == shown
    assert shown["created"] == "1970-01-01T00:00:00.000Z" and shown["links"]["self"].startswith(
        "https://ocr.example.org/v1/"
    )


def test_the_log_quotes_neither_tokens_nor_exceptions():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.JsonLines())
    try:
        raise ValueError("the text of a document")
    except ValueError:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "GET %s", ("/v1/jobs?api_token=lgd_abc&a=1",), sys.exc_info()
        )
    handler.handle(record)
    line = json.loads(out.getvalue())
    assert line["event"] == "GET /v1/jobs?api_token=…&a=1" and line["error"] == "ValueError" and line["frames"]
    assert "document" not in line.get("error", "") and "lgd_abc" not in out.getvalue()
    assert "the text" not in out.getvalue()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "localhost.example.org", "127.0.0.1.nip.io", "", "1"])
def test_not_loopback(host):
    assert not is_loopback(host)


def test_strangers_are_counted_by_their_line():
    assert _counted("2001:db8::1") == _counted("2001:db8::2") != _counted("2001:db8:0:1::1")
    assert _counted("::ffff:192.0.2.1") == _counted("192.0.2.1")
