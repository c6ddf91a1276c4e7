"""The client against a real server."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from benchmarks.serve import inputs
from benchmarks.serve.server import Server
from jsonschema import Draft202012Validator
from pdf_maker import make_pdf, words

import legenda
from legenda import Client, Reader, ReadOptions, errors
from legenda.document import schema, to_dict

TEXT = make_pdf(
    words("The quick brown fox jumps over the lazy dog", 20, 250), words("Second page of the document", 20, 250)
)


def test_a_document_read_there_is_the_one_read_here(client: Client, tmp_path: Path) -> None:
    (path := tmp_path / "fox.pdf").write_bytes(TEXT)
    there = client.read(path, text_layer="only")
    with Reader(ReadOptions(text_layer="only"), 1) as reader:
        here = reader.read(path)
    assert there.text == here.text
    assert "quick brown fox" in there.text
    assert there.name == "fox.pdf"
    assert [(p.number, p.width, p.unit, p.source) for p in there.pages] == [
        (p.number, p.width, p.unit, p.source) for p in here.pages
    ]
    Draft202012Validator(schema()).validate(to_dict(there))


def test_pages_come_while_others_are_read(client: Client) -> None:
    job = client.submit(inputs.pdf(12), engine="pace")
    states = []
    numbers = []
    for page in job.pages():
        numbers.append(page.number)
        states.append(job.state)
        assert page.text
    assert numbers == list(range(1, 13))
    assert states[0] != "done"
    assert job.state == "done"


def test_waiting_tells_how_far_it_is(client: Client) -> None:
    seen = []
    job = client.submit(inputs.pdf(12), engine="pace", pages="2-9").wait(
        lambda job: seen.append((job.pages_done, job.page_count))
    )
    assert seen[-1] == (8, 8)
    assert seen == sorted(seen)
    assert [page.number for page in job.document().pages] == list(range(2, 10))


def test_results_in_every_format(client: Client, tmp_path: Path) -> None:
    job = client.submit(TEXT, name="fox.pdf", text_layer="only", formats=["txt", "pdf"]).wait()
    starts = {"txt": b"The quick", "md": b"", "json": b'{"schema_version"', "hocr": b"<?xml", "pdf": b"%PDF"}
    for format, start in starts.items():
        job.download(format, tmp_path / format)
        assert (tmp_path / format).read_bytes().startswith(start)
        out = io.BytesIO()
        job.download(format, out)
        assert out.getvalue() == (tmp_path / format).read_bytes()
    assert b"brown fox" in (tmp_path / "md").read_bytes()
    with pytest.raises(errors.LegendaError):
        job.download("docx2", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_a_large_upload_streams(client: Client) -> None:
    sent: list[tuple[int, int]] = []
    data = inputs.picture() + bytes(20 * 2**20)
    job = client.submit(data, engine="pace", sent=lambda done, of: sent.append((done, of)))
    assert job.wait().document().text
    assert sent[-1] == (len(data), len(data))
    assert len(sent) > 100


def test_the_same_key_is_the_same_job(client: Client) -> None:
    data = inputs.picture()
    first, second = (client.submit(data, engine="pace", idempotency_key="order-4711") for _ in range(2))
    assert first.id == second.id
    with pytest.raises(errors.ConflictError):
        client.submit(inputs.picture(), engine="pace", idempotency_key="order-4711")
    assert client.job(first.id).wait().document().text


def test_cancelling_and_deleting(client: Client) -> None:
    job = client.submit(inputs.pdf(400), engine="pace")
    job.counted()
    assert job.cancel().state == "cancelled"
    with pytest.raises(errors.LegendaError, match="cancelled"):
        job.wait()
    job.delete()
    job.delete()
    with pytest.raises(errors.NotFoundError):
        client.job(job.id)


def test_deleting_leaves_nothing_of_the_text(client: Client, server: Server) -> None:
    job = client.submit(inputs.picture(), engine="pace", formats=["txt"]).wait()
    stamp = job.document().text.encode()

    def holders() -> list[Path]:
        return [path for path in (server.folder / "data").rglob("*") if path.is_file() and stamp in path.read_bytes()]

    assert holders()
    job.delete()
    assert not holders()


@pytest.mark.parametrize(
    ("data", "options", "kind"),
    [
        (b"\0no picture at all", {}, errors.UnsupportedFormatError),
        (b"", {}, errors.LegendaError),
        (make_pdf(words("locked", 20, 250), password="sesame"), {}, errors.PasswordRequiredError),
        (make_pdf(words("locked", 20, 250), password="sesame"), {"password": "wrong"}, errors.WrongPasswordError),
        (TEXT, {"pages": "7"}, errors.InvalidOptionError),
        (TEXT, {"tier": "best"}, errors.LegendaError),
        (TEXT, {"no_such_option": 1}, errors.LegendaError),
        ("http://127.0.0.1:1/a.pdf", {}, errors.LegendaError),
        ("http://169.254.169.254/latest/meta-data", {}, errors.LegendaError),
    ],
)
def test_refusals_are_typed(
    client: Client, data: str | bytes, options: dict[str, object], kind: type[Exception]
) -> None:
    with pytest.raises(kind) as raised:
        client.read(data, **options)
    assert isinstance(raised.value, errors.LegendaError)
    assert raised.value.code not in ("internal", "remote", "server_unreachable")
    assert "sesame" not in str(raised.value)


def test_a_password_opens(client: Client) -> None:
    data = make_pdf(words("The locked text", 20, 250), password="sesame")
    assert "locked text" in client.read(data, password="sesame", text_layer="only").text


def test_the_public_name() -> None:
    assert legenda.Client is Client
