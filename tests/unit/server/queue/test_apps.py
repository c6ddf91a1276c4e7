from __future__ import annotations

import pytest

from legenda.server.dialects.queue.apps import endpoints, owners, target

ALIASES = {
    "acme/ocr": "fal-ai/got-ocr/v2",
    "ab/c": "stepfun-ai/got-ocr/v2",
    "v1/jobs": "fal-ai/got-ocr/v2",
    "x/y": "no",
}


@pytest.mark.parametrize(
    ("path", "app", "rest", "known", "endpoint", "beyond"),
    [
        ("fal-ai/got-ocr/v2", "fal-ai/got-ocr", "v2", True, "fal-ai/got-ocr/v2", ""),
        ("fal-ai/got-ocr/v2/", "fal-ai/got-ocr", "v2", True, "fal-ai/got-ocr/v2", ""),
        ("fal-ai/got-ocr/v2/stream", "fal-ai/got-ocr", "v2/stream", True, "fal-ai/got-ocr/v2", "stream"),
        ("fal-ai/got-ocr", "fal-ai/got-ocr", "", True, "fal-ai/got-ocr", ""),
        ("fal-ai/got-ocr/v22", "fal-ai/got-ocr", "v22", True, "fal-ai/got-ocr", "v22"),
        ("fal-ai/got-ocr/requests/x", "fal-ai/got-ocr", "requests/x", True, "fal-ai/got-ocr", "requests/x"),
        ("fal-ai/got-ocrs", "fal-ai/got-ocrs", "", False, "", ""),
        ("stepfun-ai/got-ocr/v2", "stepfun-ai/got-ocr", "v2", False, "", "v2"),
        ("acme/ocr/realtime", "acme/ocr", "realtime", True, "acme/ocr", "realtime"),
        ("workflows/a/b/c", "workflows/a/b", "c", False, "", "c"),
        ("123-name/x", "123/name", "x", False, "", "x"),
        ("123-name", "123/name", "", False, "", ""),
    ],
)
def test_what_a_path_names(path: str, app: str, rest: str, known: bool, endpoint: str, beyond: str) -> None:
    found = target(path, "fal", ALIASES)
    assert found
    assert (found.app, found.rest, found.known, found.endpoint, found.beyond) == (app, rest, known, endpoint, beyond)


@pytest.mark.parametrize("path", ["", "/", "fal-ai", "fal-ai//x", "workflows/a"])
def test_no_form_of_an_application(path: str) -> None:
    assert target(path, "fal") is None


def test_whose_the_names_are() -> None:
    assert owners(ALIASES) == {"acme": "fal", "ab": "mr"}
    assert endpoints("mr", ALIASES) == ["stepfun-ai/got-ocr/v2", "stepfun-ai/got-ocr", "ab/c"]
