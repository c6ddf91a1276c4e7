"""Office files over HTTP."""

from __future__ import annotations

import io

import docx
import pytest

from legenda.sources import libreoffice


def letter() -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Quarterly report", 1)
    document.add_page_break()
    document.add_paragraph("Yours sincerely")
    document.save(out)
    return out.getvalue()


@pytest.mark.skipif(not libreoffice.installed(), reason="LibreOffice is not installed")
def test_an_office_file_is_read_and_comes_back_as_a_pdf(server) -> None:
    answer = server.client.post("/v1/jobs", files={"file": ("letter.docx", letter())}, data={"formats": "pdf"})
    assert answer.status_code in (200, 202), answer.text
    job = server.settled(answer.json()["id"])
    assert (job["state"], job["format"], job["progress"]["pages"]) == ("done", "docx", 2)
    result = server.client.get(f"/v1/jobs/{job['id']}/result").json()
    assert result["text"].split() == ["Quarterly", "report", "Yours", "sincerely"]
    assert server.client.get(f"/v1/jobs/{job['id']}/result?format=pdf").content.startswith(b"%PDF-")


def test_text_is_read(server) -> None:
    answer = server.client.post("/v1/jobs", files={"file": ("notes.txt", "Grüße aus Köln\n".encode())})
    job = server.settled(answer.json()["id"])
    assert (job["state"], job["format"]) == ("done", "txt")
    assert "Köln" in server.client.get(f"/v1/jobs/{job['id']}/result").json()["text"]
