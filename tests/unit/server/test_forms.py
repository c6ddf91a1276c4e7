"""Uploads, forms, and the four ways an input comes."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from legenda.errors import LegendaError, TooLargeError
from legenda.server import intake
from legenda.server.multipart import Form
from legenda.server.problems import ProblemError
from legenda.server.uploads import Upload

KIND = "multipart/form-data; boundary=b"
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="tier"\r\n\r\nfast\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="C:\\scans\\\xc3\x9cbersicht.png"\r\n'
    b"Content-Type: image/png\r\n\r\n%b\r\n--b--\r\n"
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400).filter(lambda data: b"\r\n--b" not in data), st.lists(st.integers(0, 700), max_size=8))
def test_a_form_is_the_same_however_it_is_cut(request_of, tmp_path_factory, data, cuts):
    whole = FORM % data
    at = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole[a:b] for a, b in itertools.pairwise(at)]
    with Upload(tmp_path_factory.getbasetemp(), 1000) as upload:
        fields = asyncio.run(Form(request_of(pieces, content_type=KIND), upload, 1000).receive())
        assert fields == {"tier": ["fast"]} and upload.name == "Übersicht.png"
        assert upload.finish() == data and upload.sha256 == hashlib.sha256(data).hexdigest()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_a_typed_error(request_of, tmp_path_factory, noise):
    for body in (noise, b"--b\r\n" + noise, FORM[:60] + noise + FORM[60:]):
        with Upload(tmp_path_factory.getbasetemp(), 1000) as upload:
            try:
                asyncio.run(intake.receive(request_of([body], content_type=KIND), upload, 1000))
            except (ProblemError, LegendaError, ValueError) as error:
                assert not isinstance(error, ValueError) or type(error).__name__ == "ValidationError"


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_an_upload_is_a_file_only_if_it_is_large(tmp_path, size):
    data = bytes(range(256)) * (size // 256 + 1)

    async def receive(upload: Upload) -> None:
        for start in range(0, len(data), 50_000):
            await upload.write(data[start : start + 50_000])

    with Upload(tmp_path, 2**21) as upload:
        asyncio.run(receive(upload))
        kept = upload.finish()
        assert isinstance(kept, Path) == (size > 300_000)
        assert (kept.read_bytes() if isinstance(kept, Path) else kept) == data
        assert upload.sha256 == hashlib.sha256(data).hexdigest() and upload.head == data[:4096]
        assert len(list(tmp_path.iterdir())) == isinstance(kept, Path)
    assert list(tmp_path.iterdir()) == []


def test_a_caller_who_leaves_leaves_nothing(request_of, tmp_path):
    pieces = [FORM[:180] + bytes(600_000), None]
    with pytest.raises(ClientDisconnect), Upload(tmp_path, 2**21) as upload:
        asyncio.run(Form(request_of(pieces, content_type=KIND), upload, 2**21).receive())
    assert list(tmp_path.iterdir()) == []


def test_the_cap_holds_for_the_bytes_of_the_file_alone(request_of, tmp_path):
    for size, fits in ((1000, True), (1001, False)):
        request = request_of([FORM % bytes(size)], content_type=KIND)
        with Upload(tmp_path, 1000) as upload:
            if fits:
                asyncio.run(intake.receive(request, upload, 1000))
                continue
            with pytest.raises(TooLargeError):
                asyncio.run(intake.receive(request, upload, 1000))


def test_an_option_in_the_url_holds_for_every_body(request_of, tmp_path):
    with Upload(tmp_path, 1000) as upload:
        request = request_of(
            [b'{"base64": "aGk="}'], "dpi=300&languages=de&languages=en", content_type="application/json"
        )
        asked = asyncio.run(intake.receive(request, upload, 1000))
        assert (asked.options.dpi, asked.options.languages, upload.finish()) == (300, ["de", "en"], b"hi")
        request = request_of([b'{"base64": "aGk=", "dpi": 200}'], "dpi=300", content_type="application/json")
        with pytest.raises(ProblemError):
            asyncio.run(intake.receive(request, upload, 1000))


def test_the_name_of_a_file_is_made_harmless(request_of, tmp_path):
    body = rb'{"base64": "aGk=", "name": "../C:\\a/\u202eg:np.png"}'
    with Upload(tmp_path, 1000) as upload:
        asked = asyncio.run(intake.receive(request_of([body], content_type="application/json"), upload, 1000))
    assert asked.name == "g_np.png"
