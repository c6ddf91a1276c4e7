"""Tools on what a job has read, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from pdf_maker import make_pdf, words
from serving import Serving

import legenda

LETTER = make_pdf(words("Write to ann@example.com soon."), words("Invoice total: 215.00 USD"))


def made(server: Serving, **fields: str) -> dict[str, Any]:
    answer = server.client.post("/v1/jobs", files={"file": ("letter.pdf", LETTER)}, data=fields)
    assert answer.status_code in (200, 202), answer.text
    return server.settled(answer.json()["id"])


def test_tools_are_listed_with_what_they_lack(server: Serving) -> None:
    found = {tool["slug"]: tool for tool in server.client.get("/v1/tools").json()}
    assert found["redact"]["available"] and found["redact"]["format"] == "pdf"
    assert found["pdf-to-word"]["options"] == {"structure": True}
    assert bool(found["music"]["needs"]) != found["music"]["available"]


def test_a_tool_says_how_pages_are_read(server: Serving) -> None:
    job = made(server, tool="receipt")
    assert job["tool"] == "receipt" and job["structure"] is True
    assert made(server, tool="my-own")["tool"] == "my-own"


def test_a_redacted_pdf(server: Serving) -> None:
    job = made(server)["id"]
    answer = server.client.post(f"/v1/jobs/{job}/tools/redact", json={"patterns": ["emails"]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf" and "letter.pdf" in answer.headers["content-disposition"]
    assert "example" not in legenda.read(answer.content).text


def test_values_by_a_schema(server: Serving) -> None:
    job = made(server)["id"]
    schema = {"type": "object", "properties": {"total": {"type": "number"}, "iban": {"type": "string"}}}
    found = server.client.post(f"/v1/jobs/{job}/extract", json=schema).json()
    assert found["value"] == {"total": 215.0} and found["missing"] == [["iban"]]
    assert found["found"][0]["page"] == 2 and len(found["found"][0]["boxes"][0]) == 8


@pytest.mark.parametrize(
    ("slug", "body", "status"),
    [
        ("nothing", {}, 404),
        ("redact", {}, 422),
        ("redact", {"patterns": ["("]}, 422),
        ("redact", {"pattern": "x"}, 422),
        ("translate", {"to": "xx-none"}, 422),
        ("translate", {"to": "fr"}, 422),
        ("receipt", {"schema": {"properties": 1}}, 422),
        ("image-to-text", {"format": "none"}, 422),
    ],
)
def test_what_cannot_be(server: Serving, slug: str, body: dict[str, Any], status: int) -> None:
    job = made(server)["id"]
    assert server.client.post(f"/v1/jobs/{job}/tools/{slug}", json=body).status_code == status
