from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from legenda.errors import InvalidOptionError
from legenda.server.dialects.queue.inputs import Inputs, lifecycle, parts

DATA = bytes(range(250, 256)) + b"?>"


@pytest.mark.parametrize(
    ("url", "name", "data"),
    [
        ("data:image/png;base64," + base64.b64encode(DATA).decode(), "image.png", DATA),
        ("DATA:image/png;charset=x;BASE64," + base64.b64encode(DATA).decode().rstrip("="), "image.png", DATA),
        ("data:;base64," + base64.urlsafe_b64encode(DATA).decode(), "image", DATA),
        ("data:image/png;base64," + base64.b64encode(DATA).decode().replace("+", "%2B").replace("/", "%2F"),
         "image.png", DATA),
        (" data:image/png;base64,\n" + base64.b64encode(DATA).decode(), "image.png", DATA),
        ("data:text/plain,a%20b", "image.txt", b"a b"),
    ],
)  # fmt: skip
def test_data_uris(url: str, name: str, data: bytes) -> None:
    (found,) = parts([url])
    assert (found.name, found.data, found.url) == (name, data, "")


@pytest.mark.parametrize(
    "url", ["data:", "data:image/png;base64", "data:;base64,a", "data:;base64,%%%", "data:;base64,é"]
)
def test_data_uris_that_are_none(url: str) -> None:
    with pytest.raises(InvalidOptionError) as error:
        parts(["https://example.org/a%20b.png", url])
    assert error.value.place == 1


@given(st.text())
def test_any_text_is_a_url_or_an_error(text: str) -> None:
    try:
        (found,) = parts([text])
    except InvalidOptionError:
        assert text.strip().lower().startswith("data:")
    else:
        assert found.data is not None or found.url == text.strip()


def test_names_of_what_is_fetched() -> None:
    names = [part.name for part in parts(["https://example.org/x/a%20b.png?c", "https://example.org", "http://["])]
    assert names == ["a b.png", "", ""]


def test_what_is_not_said() -> None:
    found = Inputs.model_validate({"unknown": 1})
    assert (found.input_image_urls, found.do_format, found.multi_page, found.languages) == ([], False, False, [])
    assert Inputs(language="de, en").languages == Inputs(language=["de", "en"]).languages == ["de", "en"]
    with pytest.raises(ValidationError):
        Inputs(input_image_urls=["x"] * 1001)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"a": '{"expiration_duration_seconds": 3600}'}, 3600.0),
        ({"a": "{}", "b": '{"expiration_duration_seconds": 60.5}'}, 60.5),
        ({"a": '{"expiration_duration_seconds": null}'}, None),
        ({"a": '{"expiration_duration_seconds": true}'}, None),
        ({"a": '{"expiration_duration_seconds": -1}'}, None),
        ({"a": "[" * 100_000}, None),
        ({"a": "5"}, None),
    ],
)
def test_lifecycles(headers: dict[str, str], seconds: float | None) -> None:
    assert lifecycle(headers, "a", "b") == seconds
