"""Microsoft's own client against a server."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import regex
from azure.ai.documentintelligence import DocumentIntelligenceClient
from azure.ai.documentintelligence.models import AnalyzeDocumentRequest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from pdf_maker import make_pdf, words
from peers import ok, peer, status

JUNK = b"\x00\xff\x01\xfe" * 8  # neither a document nor text
BOOK = make_pdf(words("INVOICE 42"), words(""), words("# of lamps: 7"))
ANALYZE = "/documentintelligence/documentModels/prebuilt-read:analyze?api-version=2024-11-30"
ID = "5f1c0d2e-9b7a-4f63-a1d8-c4e7b2096f3a"


@pytest.fixture(scope="module")
def client(server: Any) -> Iterator[DocumentIntelligenceClient]:
    with DocumentIntelligenceClient(server.url, AzureKeyCredential("any"), polling_interval=0.05) as client:
        yield client


def cut(text: str, span: Any, index: str) -> str:
    units = regex.findall(r"\X", text) if index == "textElements" else text
    if index == "utf16CodeUnit":
        return text.encode("utf-16-le")[2 * span.offset : 2 * (span.offset + span.length)].decode("utf-16-le")
    return "".join(units[span.offset : span.offset + span.length])


@pytest.mark.parametrize("form", ["bytes", "stream", "base64Source", "urlSource", "json"])
def test_documents_come_in_every_form(client, form):
    with peer(ok(BOOK)) as shelf:
        body: Any = {
            "bytes": BOOK,
            "stream": io.BytesIO(BOOK),
            "base64Source": AnalyzeDocumentRequest(bytes_source=BOOK),
            "urlSource": AnalyzeDocumentRequest(url_source=shelf.url("/a.pdf")),
            "json": {"base64Source": base64.b64encode(BOOK).decode()},
        }[form]
        result = client.begin_analyze_document("prebuilt-read", body).result()
    assert (result.model_id, result.api_version, result.content_format) == ("prebuilt-read", "2024-11-30", "text")
    assert result.content == "INVOICE 42\n\n# of lamps: 7"
    assert [page.page_number for page in result.pages] == [1, 2, 3]


@pytest.mark.parametrize("index", ["textElements", "unicodeCodePoint", "utf16CodeUnit"])
def test_spans(client, index):
    result = client.begin_analyze_document("prebuilt-read", BOOK, string_index_type=index).result()
    assert result.string_index_type == index
    for page in result.pages:
        lines = [line.content for line in page.lines]
        assert cut(result.content, page.spans[0], index) == "\n".join(lines)
        for line in page.lines:
            assert cut(result.content, line.spans[0], index) == line.content and len(line.polygon) == 8
        for word in page.words:
            assert cut(result.content, word.span, index) == word.content and 0 <= word.confidence <= 1
    first, empty, _ = result.pages
    assert (first.unit, first.angle) == ("inch", 0) and (empty.lines, empty.words) == ([], [])
    assert result.styles == [] and result.tables is None and result.warnings is None


def test_pictures_are_in_pixels(client, letter):
    result = client.begin_analyze_document("prebuilt-read", letter, locale="en-US").result()
    (page,) = result.pages
    assert page.unit == "pixel" and "Lindqvist" in result.content
    assert "".join(paragraph.content for paragraph in result.paragraphs).count("Lindqvist") == 1
    for paragraph in result.paragraphs:
        assert cut(result.content, paragraph.spans[0], "textElements").replace("\n", " ") == paragraph.content
        assert paragraph.bounding_regions[0].page_number == 1 and paragraph.role is None


def test_layout(client, letter):
    result = client.begin_analyze_document(
        "prebuilt-layout", letter, features=["languages", "ocrHighResolution"]
    ).result()
    assert result.model_id == "prebuilt-layout" and result.tables == [] and result.figures == []
    (section,) = result.sections
    assert section.elements == [f"/paragraphs/{n}" for n in range(len(result.paragraphs))]
    for language in result.languages:
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", language.locale) and 0 <= language.confidence <= 1


def test_markdown(client):
    pdf = make_pdf(words("# of lamps: 7 *each*"), words("and 1 < 2"))
    poller = client.begin_analyze_document("prebuilt-layout", pdf, output_content_format="markdown")
    result = poller.result()
    assert result.content_format == "markdown" and "<!-- PageBreak -->" in result.content
    assert result.content.startswith("\\# of lamps: 7 ")
    for page in result.pages:
        for word in page.words:
            assert cut(result.content, word.span, "textElements").replace("\\", "") == word.content
        for line in page.lines:
            assert cut(result.content, line.spans[0], "textElements").replace("\\", "") == line.content
    first, second = result.pages
    assert cut(result.content, second.spans[0], "textElements") == "and 1 < 2"
    assert [cut(result.content, x.spans[0], "textElements") for x in result.paragraphs] == [
        cut(result.content, first.spans[0], "textElements"),
        "and 1 < 2",
    ]


def test_pages_are_chosen(client):
    result = client.begin_analyze_document("prebuilt-read", BOOK, pages="1, 3").result()
    assert [page.page_number for page in result.pages] == [1, 3]


def test_searchable_pdf(client):
    poller = client.begin_analyze_document("prebuilt-read", BOOK, output=["pdf"])
    poller.result()
    made = b"".join(client.get_analyze_result_pdf("prebuilt-read", poller.details["operation_id"]))
    assert made.startswith(b"%PDF-")
    without = client.begin_analyze_document("prebuilt-read", BOOK)
    without.result()
    with pytest.raises(ResourceNotFoundError):
        client.get_analyze_result_pdf("prebuilt-read", without.details["operation_id"])


def test_results_are_deleted(client):
    poller = client.begin_analyze_document("prebuilt-read", BOOK)
    poller.result()
    client.delete_analyze_result("prebuilt-read", poller.details["operation_id"])
    with pytest.raises(ResourceNotFoundError):
        client.get_analyze_result_pdf("prebuilt-read", poller.details["operation_id"])


def test_pages_that_failed_are_warned_of(client, server):
    archive = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.pdf", BOOK)
        made.writestr("b.pdf", JUNK)
    result = client.begin_analyze_document("prebuilt-read", archive.getvalue()).result()
    assert [(warning.code, warning.target) for warning in result.warnings] == [("unsupported_format", "4")]
    assert len(result.pages) == 4


def test_errors_of_requests(client):
    with pytest.raises(HttpResponseError) as error:
        client.begin_analyze_document("prebuilt-read", JUNK)
    assert (error.value.status_code, error.value.error.code) == (400, "InvalidRequest")
    assert error.value.error.innererror["code"] == "InvalidContent"
    with pytest.raises(ResourceNotFoundError) as missing:
        client.begin_analyze_document("prebuilt-invoice", BOOK)
    assert missing.value.error.innererror["code"] == "ModelNotFound"
    for wrong in ({"features": ["barcodes"]}, {"string_index_type": "bytes"}, {"pages": "x"}, {"locale": "nonsense"}):
        with pytest.raises(HttpResponseError) as error:
            client.begin_analyze_document("prebuilt-read", BOOK, **wrong)
        assert (error.value.status_code, error.value.error.code) == (400, "InvalidArgument")
    for source in ({}, {"urlSource": "https://a.example", "base64Source": "AAAA"}, {"base64Source": "!"}):
        with pytest.raises(HttpResponseError) as error:
            client.begin_analyze_document("prebuilt-read", source)
        assert (error.value.status_code, error.value.error.code) == (400, "InvalidArgument")
    with pytest.raises(HttpResponseError) as error:
        client.begin_analyze_document("prebuilt-read", {"urlSource": "http://10.0.0.1/a"})
    assert error.value.error.innererror["code"] == "ContentSourceNotAccessible"


def test_errors_of_operations(client):
    with pytest.raises(HttpResponseError) as error:
        client.begin_analyze_document("prebuilt-read", b"%PDF-1.7 and nothing else").result()
    assert error.value.error.code == "InvalidRequest"
    assert error.value.error.innererror["code"] == "InvalidContent"
    with peer(status(404)) as nobody, pytest.raises(HttpResponseError) as error:
        client.begin_analyze_document("prebuilt-read", {"urlSource": nobody.url("/a")}).result()
    assert error.value.error.innererror["code"] == "ContentSourceNotAccessible"


def test_what_is_taken_can_be_asked_for(server):
    headers = {"Ocp-Apim-Subscription-Key": "k", "Content-Type": "application/pdf"}
    taken = server.client.post(ANALYZE, content=BOOK, headers=headers)
    assert (taken.status_code, taken.content) == (202, b"")
    url = taken.headers["operation-location"]
    start = f"{server.url}/documentintelligence/documentModels/prebuilt-read/analyzeResults/"
    assert url.startswith(start) and taken.headers["retry-after"].isdecimal()
    server.settled(url.removeprefix(start).partition("?")[0].replace("-", ""))
    body = server.client.get(url).json()
    assert body.keys() == {"status", "createdDateTime", "lastUpdatedDateTime", "analyzeResult"}
    assert body["status"] == "succeeded" and body["createdDateTime"] <= body["lastUpdatedDateTime"]
    assert server.client.get(url.replace("prebuilt-read", "prebuilt-layout")).status_code == 404


@pytest.mark.parametrize("id", [ID, "x", "00000000000000000000000000000000"])
def test_operations_that_are_unknown(server, id):
    for path in (f"/documentintelligence/documentModels/prebuilt-read/analyzeResults/{id}",):
        answer = server.client.get(path, params={"api-version": "2024-11-30"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NotFound")


def test_the_shape_of_errors(server):
    answer = server.client.post(ANALYZE.partition("?")[0], content=BOOK, headers={"Content-Type": "application/pdf"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidArgument")
    answer = server.client.post(ANALYZE, content=b"x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UnsupportedMediaType")
    assert server.client.get("/documentintelligence/nosuch").json()["error"]["code"] == "NotFound"
    assert server.client.get(ANALYZE).json()["error"]["code"] == "MethodNotAllowed"
    answer = server.client.post(ANALYZE, content=BOOK, headers={"X-Forwarded-For": "1.2.3.4"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "403")


def test_keys(tmp_path):
    import json
    import os
    import subprocess
    import sys

    from serving import serving

    command = [sys.executable, "-m", "legenda", "keys", "create", "ann", "--scope", "read,write", "--json"]
    environment = os.environ | {"LEGENDA_DATA_DIR": str(tmp_path)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    with serving(tmp_path, workers="1") as server:
        for key, let_in in ((json.loads(made.stdout)["secret"], True), ("wrong", False)):
            with DocumentIntelligenceClient(server.url, AzureKeyCredential(key), polling_interval=0.05) as client:
                if let_in:
                    assert client.begin_analyze_document("prebuilt-read", BOOK).result().pages
                    continue
                with pytest.raises(ClientAuthenticationError) as error:
                    client.begin_analyze_document("prebuilt-read", BOOK)
                assert error.value.error.code == "401"
