"""OpenAI's own client against a server."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pdf_maker import make_pdf, words
from peers import ok, peer
from PIL import Image
from written import written


@pytest.fixture(scope="module")
def client(server: Any) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="any", max_retries=0, timeout=60) as client:
        yield client


def shown(*urls: str, text: str = "Read this.") -> list[Any]:
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return [{"role": "user", "content": [{"type": "text", "text": text}, *images]}]


def picture(*lines: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(written(*lines)).save(out, "PNG")
    return out.getvalue()


def book(*pages: str) -> str:
    return "data:application/pdf;base64," + base64.b64encode(make_pdf(*map(words, pages))).decode()


def test_models_are_tiers(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [
        "fast",
        "balanced",
        "accurate",
        "vlm",
        "got-ocr2",
        "ocr-cpu",
    ]
    assert client.models.retrieve("fast").owned_by == "legenda"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found" and "balanced" in caught.value.message


def test_an_image_is_read(client: openai.OpenAI, letter_uri: str) -> None:
    answer = client.chat.completions.create(model="fast", messages=shown(letter_uri))
    (choice,) = answer.choices
    assert choice.message.role == "assistant" and choice.finish_reason == "stop"
    assert choice.message.content.splitlines()[0].startswith("Dear Ms Lindqvist")
    assert answer.model == "fast" and answer.object == "chat.completion" and answer.id.startswith("chatcmpl-")
    usage = answer.usage
    assert usage.prompt_tokens == 3 and usage.completion_tokens == -(-len(choice.message.content) // 4)
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert answer._request_id == answer.model_extra["legenda"]["job"]


def test_images_are_fetched_and_stay_in_order(client: openai.OpenAI, letter: bytes) -> None:
    with peer(ok(letter, "Content-Type: image/png")) as images:
        messages = shown(book("first the book"), images.url("/letter.png"))
        answer = client.chat.completions.create(model="balanced", messages=messages)
    text = answer.choices[0].message.content
    assert text.startswith("first the book\n\nDear Ms Lindqvist")


def test_the_words_of_the_prompt_pick_the_format(client: openai.OpenAI) -> None:
    def asked(text: str, **more: Any) -> str:
        messages = shown(book("the 3 * 4 lamps * left"), text=text)
        return client.chat.completions.create(model="fast", messages=messages, **more).choices[0].message.content

    assert json.loads(asked("Give me JSON"))["text"] == "the 3 * 4 lamps * left"
    assert json.loads(asked("Read", response_format={"type": "json_object"}))["pages"]
    assert asked("As plain text, no JSON please") == "the 3 * 4 lamps * left"
    assert asked("Extract the text") == asked("a markdown table, not json")


def test_a_file_is_read(client: openai.OpenAI) -> None:
    file = {"type": "file", "file": {"filename": "book.pdf", "file_data": book("page one", "page two")}}
    answer = client.chat.completions.create(model="fast", messages=[{"role": "user", "content": [file]}])
    assert answer.choices[0].message.content == "page one\n\npage two"
    assert answer.model_extra["legenda"]["pages"] == 2


def test_the_last_images_of_a_conversation_are_read(client: openai.OpenAI) -> None:
    messages = [
        {"role": "system", "content": "You answer in plain text."},
        *shown(book("the old one")),
        {"role": "assistant", "content": "the old one"},
        *shown(book("the new one")),
        {"role": "assistant", "content": "the new one"},
        {"role": "user", "content": "Once more."},
    ]
    assert client.chat.completions.create(model="fast", messages=messages).choices[0].message.content == "the new one"


def test_pages_are_streamed_as_they_are_read(client: openai.OpenAI, letter_uri: str) -> None:
    messages = shown(letter_uri, book("läuft", "end"))
    options = {"include_usage": True}
    with client.chat.completions.create(model="fast", messages=messages, stream=True, stream_options=options) as stream:
        chunks = list(stream)
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert chunks[0].choices[0].delta.role == "assistant" and pieces[0] == ""
    whole = client.chat.completions.create(model="fast", messages=messages)
    text = whole.choices[0].message.content
    assert "".join(filter(None, pieces)) == text and text.endswith("\n\nend")
    assert len([piece for piece in pieces if piece]) == 3
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert not chunks[-1].choices and chunks[-1].usage == whole.usage


def test_json_is_streamed_whole(client: openai.OpenAI) -> None:
    with client.chat.completions.create(model="fast", messages=shown(book("one")), stream=True) as stream:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "one"
    messages = shown(book("one"), text="json")
    with client.chat.completions.create(model="fast", messages=messages, stream=True) as stream:
        assert json.loads("".join(chunk.choices[0].delta.content or "" for chunk in stream))["text"] == "one"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"model": "gpt-4o"}, "model_not_found"),
        ({"messages": [{"role": "user", "content": "Hello"}]}, "invalid_value"),
        ({"messages": shown("data:image/png;base64,AAAA")}, "unsupported_format"),
        ({"messages": shown("data:image/png;base64,?")}, "invalid_option"),
        ({"messages": shown("http://10.0.0.1/a.png")}, "url_refused"),
        ({"messages": []}, "invalid_request"),
        ({"n": 2}, "invalid_request"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}, "invalid_value"),
    ],
)
def test_errors_are_openais(client: openai.OpenAI, given: dict[str, Any], code: str) -> None:
    usual = {"model": "fast", "messages": shown(book("one"))}
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(**usual | given)
    assert caught.value.status_code == (404 if code == "model_not_found" else 400)
    assert caught.value.code == code and caught.value.type == "invalid_request_error"
    assert set(caught.value.response.json()["error"]) == {"message", "type", "param", "code"}


def test_what_cannot_be_read_is_an_error_also_in_a_stream(client: openai.OpenAI) -> None:
    broken = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="fast", messages=shown(broken))
    assert caught.value.code == "corrupt"
    with pytest.raises(openai.APIError) as told:
        list(client.chat.completions.create(model="fast", messages=shown(broken), stream=True))
    assert told.value.code == "corrupt" and "status" not in told.value.body


def test_whoever_leaves_a_stream_calls_it_off(client: openai.OpenAI, server: Any) -> None:
    # more than can be read before the caller is seen to have left
    pages = [f"data:image/png;base64,{base64.b64encode(picture(f'number {n}')).decode()}" for n in range(60)]
    stream = client.chat.completions.create(model="fast", messages=shown(*pages), stream=True)
    job = next(iter(stream)).id.removeprefix("chatcmpl-")
    stream.close()
    assert server.settled(job)["state"] == "cancelled"


def test_broken_requests(server: Any) -> None:
    path = "/v1/chat/completions"
    for body in (b"{", b"[]", b'{"model": "fast"}', b'{"model":"fast","messages":[{"role":"user","content":[3]}]}'):
        answer = server.client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"
    answer = server.client.get(path)
    assert answer.status_code == 405 and answer.json()["error"]["code"] == "method_not_allowed"


def test_whoever_loses_patience_and_asks_again_is_led_to_the_same_job(client: openai.OpenAI, server: Any) -> None:
    pages = [f"data:image/png;base64,{base64.b64encode(picture(f'patience {n}')).decode()}" for n in range(60)]
    hasty = client.with_options(timeout=1.2, max_retries=30)
    response = hasty.chat.completions.with_raw_response.create(model="accurate", messages=shown(*pages))
    assert response.retries_taken > 0
    answer = response.parse()
    text = answer.choices[0].message.content
    assert [line for line in text.splitlines() if line] == [f"patience {n}" for n in range(60)]
    jobs = server.client.get("/v1/jobs").json()["jobs"]
    done = [job["id"] for job in jobs if job["state"] == "done" and job["progress"]["pages"] == 60]
    assert done == [answer._request_id]


@pytest.mark.parametrize(
    "given",
    [
        {"model": "\ud800"},
        {"messages": [{"role": "\ud800", "content": "\ud800"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "http://\ud800/"}]}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "file", "file": {"file_data": "x", "filename": "\ud800"}}]}
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
        {"stream": "perhaps"},
    ],
)
def test_what_no_client_sends(server: Any, given: dict[str, Any]) -> None:
    body = json.dumps({"model": "fast", "messages": shown(book("one"))} | given)
    answer = server.client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 404) and answer.json()["error"]["type"] == "invalid_request_error"
