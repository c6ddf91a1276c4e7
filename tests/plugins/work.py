"""Units of work, made by hand."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from leftovers import left_open
from pdf_maker import make_pdf, words

import legenda
from legenda.blobs import BlobStore
from legenda.execute.base import Outcome, Unit
from legenda.execute.local import LocalExecutor
from legenda.jobs.record import Claim, Failure, Input, Job, JobRequest, PageDone, Reading, Stage, Stored

ENGINES = Path(__file__).parent / "engines"
ID = "0123456789abcdef" * 2


class Bench:
    """A blob store with an input, an executor, and the outcomes of its units.

    Args:
        folder: of the blobs.
        workers, units: of the executor.
        megabytes, page_seconds: of the units.
    """

    def __init__(self, folder: Path, workers: int = 1, units: int = 100) -> None:
        self.blobs = BlobStore(folder.resolve().as_uri())
        self.executor = LocalExecutor(workers, units)
        self.megabytes, self.page_seconds = 600, 20.0

    def job(self, data: bytes, engine: str = "trapped", **request: Any) -> Job:
        sha256 = hashlib.sha256(data).hexdigest()
        key = f"inputs/{sha256}"
        self.blobs.put(key, data)
        source = Input(request.pop("name", "book"), key, sha256, len(data))
        reading = Reading(engine=engine, **request.pop("reading", {}))
        return Job(ID, "running", JobRequest("t", source, reading=reading, **request), time.time())

    def unit(
        self,
        stage: Stage,
        job: Job,
        pages: Sequence[int] = (),
        keys: Sequence[str] = (),
        failures: dict[int, Failure] | None = None,
    ) -> Unit:
        claim = Claim(stage, job, "token", tuple(pages), keys=tuple(keys), failures=failures or {})
        return Unit(claim, self.blobs.url, self.megabytes, self.page_seconds)

    def done(self, unit: Unit) -> list[Outcome]:
        return [outcome for outcome in self.executor.run(unit) if outcome is not None]

    def read(self, job: Job, pages: Sequence[int]) -> list[PageDone]:
        outcomes = self.done(self.unit("read", job, pages))
        assert all(isinstance(outcome, PageDone) for outcome in outcomes)
        return outcomes  # type: ignore[return-value]

    def assemble(
        self, job: Job, pages: Sequence[PageDone], failures: dict[int, Failure] | None = None
    ) -> dict[str, Stored]:
        numbers, keys = [page.number for page in pages], [page.key for page in pages]
        (results,) = self.done(self.unit("assemble", job, numbers, keys, failures))
        assert isinstance(results, dict)
        return results


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Engines of a third party, installed; and the file in which one notes its processes and pages."""
    monkeypatch.syspath_prepend(ENGINES)
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv("LEGENDA_TEST_NOTES", str(path))
    return path


@pytest.fixture
def bench(notes: Path, tmp_path: Path) -> Iterator[Bench]:
    """An executor with one worker; nothing of it may be left in the end."""
    made = Bench(tmp_path / "blobs")
    made.blobs.put("first", b"")  # starts what lives as long as the process, and so does the library
    legenda.read(make_pdf(words("text")))
    before = left_open() if sys.platform.startswith("linux") else None
    yield made
    made.executor.close()
    if before:
        assert left_open() == before
