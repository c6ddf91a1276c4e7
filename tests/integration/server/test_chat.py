"""Questions about what a job has read, over HTTP, with a language model and without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from language_models import language_model
from pdf_maker import make_pdf, words
from serving import Serving, serving

BOOK = make_pdf(words("The lamps left our workshop on March 3."), words("The invoice total is 215.00 USD."))


def made(server: Serving) -> str:
    answer = server.client.post("/v1/jobs", files={"file": ("book.pdf", BOOK)})
    assert answer.status_code in (200, 202), answer.text
    return str(server.settled(answer.json()["id"])["id"])


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        head, data = block.split("\n", 1)
        found.append((head.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_answers_have_places_and_are_kept(server: Serving) -> None:
    chat = f"/v1/jobs/{made(server)}/chat"
    assert server.client.get(chat).json() == {"messages": []}
    answer = server.client.post(chat, json={"message": "What is the invoice total?"}).json()
    assert answer["value"] == "215.00 USD" and answer["how"] == "extractive"
    (citation,) = answer["message"]["citations"]
    assert citation["page"] == 2 and citation["snippet"] == "The invoice total is 215.00 USD."
    assert len(citation["boxes"]) == 1 and len(citation["value_boxes"][0]) == 8
    refused = server.client.post(chat, json={"message": "Who won the election?"}).json()
    assert refused["message"]["content"] == "This is not in the document." and refused["message"]["citations"] == []
    kept = server.client.get(chat).json()["messages"]
    assert [one["role"] for one in kept] == ["user", "assistant"] * 2
    assert kept[1] == answer["message"]


def test_a_stream_ends_with_the_answer(server: Serving) -> None:
    chat = f"/v1/jobs/{made(server)}/chat"
    answer = server.client.post(chat, params={"stream": "true"}, json={"message": "When did the lamps leave?"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.isascii()
    (first, sentence), (last, whole) = events(answer.text)
    assert (first, last) == ("sentence", "answer")
    assert "March 3" in sentence["text"] and sentence["supported"]
    assert whole["message"]["content"] == sentence["text"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"message": " "}, 422), ({}, 422), ({"message": "x", "more": 1}, 422), ({"message": "x" * 4001}, 422)],
)
def test_questions_that_are_none(server: Serving, body: dict[str, Any], status: int) -> None:
    assert server.client.post(f"/v1/jobs/{made(server)}/chat", json=body).status_code == status


def test_jobs_there_are_not(server: Serving) -> None:
    assert server.client.post(f"/v1/jobs/{'0' * 32}/chat", json={"message": "?"}).status_code == 404
    assert server.client.get("/v1/jobs/none/chat").status_code == 404


def test_a_language_model_words_what_passages_say(tmp_path: Path) -> None:
    def say(asked: dict[str, Any]) -> str:
        passages = asked["messages"][-1]["content"].split("\n")
        number = next(line[1] for line in passages if "215.00" in line)
        return f"It comes to 215.00 USD in total [{number}]. The moon weighs 7 tons [{number}]."

    with language_model(say) as url, serving(tmp_path, workers="1", model_url=url, model_name="tiny") as server:
        chat = f"/v1/jobs/{made(server)}/chat"
        found = events(server.client.post(chat, params={"stream": "true"}, json={"message": "The total?"}).text)
        assert [kind for kind, _ in found] == ["sentence", "sentence", "answer"]
        assert [value["supported"] for _, value in found[:2]] == [True, False]
        assert found[0][1]["text"] == "It comes to 215.00 USD in total. (p. 2)"
        assert "[not found in the document]" in found[1][1]["text"]
        assert found[2][1]["how"] == "tiny" and found[2][1]["message"]["citations"][0]["page"] == 2
