"""A server whose database is Postgres and whose blobs lie in a bucket: nothing of its jobs is on its own disk."""

from __future__ import annotations

import io
import time
from pathlib import Path

import buckets
import postgres
import pytest
from benchmarks.serve import inputs
from benchmarks.serve.server import Server
from pdf_maker import make_pdf, words


@pytest.mark.skipif(postgres.binaries() is None, reason="Postgres is not installed")
def test_postgres_and_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_pdf(words("The harbour report", 20, 250), words("Page two of it", 20, 250))
    with buckets.served() as variables, postgres.cluster() as database:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings = {"database_url": database, "blobs_url": "s3://legenda/here", "workers": 1}
        with Server(tmp_path, seconds=0.01, **settings) as server, server.client() as client:
            job = client.submit(data, text_layer="only", formats=["pdf"]).wait()
            document = job.document()
            assert "harbour report" in document.text
            job.download("pdf", out := io.BytesIO())
            assert out.getvalue().startswith(b"%PDF")
            assert [page.number for page in client.submit(inputs.pdf(9), engine="pace").pages()] == list(range(1, 10))
            long = client.submit(inputs.pdf(60), engine="pace")
            while long.refresh().pages_done < 5:
                time.sleep(0.02)
            server.kill()
            server.start()
            with server.client() as again:
                assert again.job(long.id).wait().pages_done == 60
                assert again.job(job.id).document() == document
        left = [path.name for path in (tmp_path / "data").rglob("*") if path.is_file()]
        assert set(left) <= {"secret.key", ".node-0.lock"}
