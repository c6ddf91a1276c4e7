"""Mistral's own client against a server."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from mistralai.client import Mistral
from mistralai.client.errors import HTTPValidationError, SDKError
from pdf_maker import make_pdf, words
from peers import ok, peer

BOOK = make_pdf(*(words(f"page number {n}") for n in range(4)))


def uri(data: bytes, kind: str = "application/pdf") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


@pytest.fixture(scope="module")
def client(server: Any) -> Iterator[Mistral]:
    with Mistral(api_key="any", server_url=server.url) as client:
        yield client


def read(client: Mistral, url: str = uri(BOOK), **more: Any) -> Any:
    document = {"type": "document_url", "document_url": url}
    return client.ocr.process(**{"model": "mistral-ocr-latest", "document": document} | more)


def test_models_are_known_to_its_client_too(client: Mistral) -> None:
    models = {model.id: model for model in client.models.list().data}
    assert (
        set(models) == {"fast", "balanced", "accurate", "vlm", "got-ocr2", "ocr-cpu"}
        and models["fast"].capabilities.vision
    )


def test_a_document_is_read(client: Mistral) -> None:
    answer = read(client)
    assert [page.index for page in answer.pages] == [0, 1, 2, 3]
    assert [page.markdown for page in answer.pages] == [f"page number {n}" for n in range(4)]
    assert answer.model == "mistral-ocr-latest"
    assert (answer.usage_info.pages_processed, answer.usage_info.doc_size_bytes) == (4, len(BOOK))
    page = answer.pages[2]
    assert page.images == [] and (page.header, page.footer, page.confidence_scores) == (None, None, None)
    assert (page.dimensions.dpi, page.dimensions.width, page.dimensions.height) == (200, 1111, 833)
    (block,) = page.blocks
    assert (block.type, block.content) == ("text", "page number 2")
    assert 0 < block.top_left_x < block.bottom_right_x < 1111 and 0 < block.top_left_y < block.bottom_right_y < 833


def test_an_image_is_read_with_confidences(client: Mistral, letter_uri: str) -> None:
    image = {"type": "image_url", "image_url": letter_uri}
    answer = client.ocr.process(model="accurate", document=image, confidence_scores_granularity="word")
    (page,) = answer.pages
    assert page.markdown.startswith("Dear Ms Lindqvist") and answer.model == "accurate"
    scores = page.confidence_scores
    assert 0.5 < scores.minimum_page_confidence_score <= scores.average_page_confidence_score <= 1
    for word in scores.word_confidence_scores:
        assert page.markdown[word.start_index :].startswith(word.text)
    assert [word.text for word in scores.word_confidence_scores][:3] == ["Dear", "Ms", "Lindqvist"]
    whole = client.ocr.process(model="fast", document=image | {"image_url": {"url": letter_uri}}, include_blocks=False)
    assert whole.pages[0].blocks is None and whole.pages[0].confidence_scores is None
    by_block = client.ocr.process(model="fast", document=image, confidence_scores_granularity="block").pages[0]
    assert 0.5 < by_block.blocks[0].confidence_scores.average_content_confidence_score <= 1


@pytest.mark.parametrize(("pages", "indices"), [([2, 0], [0, 2]), ("1-2", [1, 2]), ("0,2-9", [0, 2, 3])])
def test_pages_are_chosen_from_zero(client: Mistral, pages: Any, indices: list[int]) -> None:
    assert [page.index for page in read(client, pages=pages).pages] == indices


def test_a_document_is_fetched(client: Mistral) -> None:
    with peer(ok(BOOK, "Content-Type: application/pdf")) as shelf:
        assert read(client, shelf.url("/book.pdf")).pages[3].markdown == "page number 3"


def test_files_are_uploaded_read_and_deleted(client: Mistral) -> None:
    file = client.files.upload(file={"file_name": "the book.pdf", "content": BOOK}, purpose="ocr")
    assert (file.filename, file.size_bytes, file.purpose, file.mimetype) == (
        "the book.pdf",
        len(BOOK),
        "ocr",
        "application/pdf",
    )
    assert file.id in [found.id for found in client.files.list(search="BOOK").data]
    assert client.files.list(page=1, page_size=1000).data == []
    kept = client.files.retrieve(file_id=file.id)
    assert not kept.deleted and kept.created_at == file.created_at
    assert client.files.download(file_id=file.id).read() == BOOK
    signed = client.files.get_signed_url(file_id=file.id, expiry=24)
    assert read(client, signed.url).usage_info.pages_processed == 4
    document = {"type": "file", "file_id": file.id}
    assert client.ocr.process(model="fast", document=document, pages="0").pages[0].markdown == "page number 0"
    assert client.files.delete(file_id=file.id).deleted
    for gone in (client.files.retrieve, client.files.delete, client.files.download, client.files.get_signed_url):
        with pytest.raises(SDKError) as caught:
            gone(file_id=file.id)
        assert caught.value.status_code == 404 and json.loads(caught.value.body)["object"] == "error"


def test_headers_and_footers_are_taken_out_where_asked(client: Mistral) -> None:
    answer = read(client, extract_header=True, extract_footer=True)
    assert [page.markdown for page in answer.pages] == [f"page number {n}" for n in range(4)]


def test_async(server: Any) -> None:
    async def pages() -> int:
        async with Mistral(api_key="any", server_url=server.url) as client:
            document = {"type": "document_url", "document_url": uri(BOOK)}
            return len((await client.ocr.process_async(model="fast", document=document)).pages)

    assert asyncio.run(pages()) == 4


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"model": "gpt-4o"}, "invalid_model"),
        ({"document": {"type": "file", "file_id": "x"}}, "not_found"),
        ({"document": {"type": "document_url", "document_url": uri(bytes(100))}}, "unsupported_format"),
        ({"document": {"type": "document_url", "document_url": "http://192.168.0.1/a.pdf"}}, "url_refused"),
        ({"pages": [99]}, "invalid_option"),
        ({"document_annotation_format": {"type": "text"}}, "unsupported"),
    ],
)
def test_errors_are_mistrals(client: Mistral, given: dict[str, Any], code: str) -> None:
    with pytest.raises(SDKError) as caught:
        read(client, **given)
    told = json.loads(caught.value.body)
    assert caught.value.status_code == (404 if code == "not_found" else 400)
    assert (told["object"], told["code"]) == ("error", code) and told["message"] and told["type"]


def test_what_cannot_be_is_a_validation_error(client: Mistral, server: Any) -> None:
    with pytest.raises(HTTPValidationError) as caught:
        read(client, pages="one")
    assert all(detail.loc[:2] == ["body", "pages"] for detail in caught.value.data.detail)
    answer = server.client.get("/v1/files", params={"page": "x"})
    assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["query", "page"]


def test_files_are_for_reading(client: Mistral) -> None:
    with pytest.raises(SDKError) as caught:
        client.files.upload(file={"file_name": "a.jsonl", "content": b"{}"}, purpose="fine-tune")
    assert json.loads(caught.value.body)["code"] == "invalid_purpose"


def test_the_client_stands_interim_lines() -> None:
    body = {"pages": [], "model": "m", "usage_info": {"pages_processed": 0}}
    answer = b"HTTP/1.1 102 Processing\r\n\r\n" * 2 + ok(json.dumps(body).encode(), "Content-Type: application/json")
    with peer(answer) as slow, Mistral(api_key="any", server_url=slow.url("")) as client:
        assert read(client).usage_info.pages_processed == 0
    assert slow.requests[0].headers["user-agent"].startswith("mistral-client-python/")


@pytest.mark.parametrize(
    "given",
    [
        {"model": "\ud800"},
        {"document": {"type": "document_url", "document_url": "http://\ud800/"}},
        {"document": {"type": "file", "file_id": "\ud800"}},
        {"document": {"type": "nothing"}},
        {"document": "http://example.com/"},
        {"pages": "\ud800"},
        {"pages": [-1]},
        {"pages": "5-2"},
    ],
)
def test_what_no_client_sends(server: Any, given: dict[str, Any]) -> None:
    usual = {"model": "mistral-ocr-latest", "document": {"type": "document_url", "document_url": uri(BOOK)}}
    content = json.dumps(usual | given)
    answer = server.client.post("/v1/ocr", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 404, 422) and ("detail" in answer.json() or answer.json()["object"] == "error")
