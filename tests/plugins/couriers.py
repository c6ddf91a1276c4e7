"""A store with an outbox, and a courier for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from legenda.blobs import BlobStore
from legenda.document import Page, assemble, to_json
from legenda.execute.courier import Courier
from legenda.execute.hooks import Hook
from legenda.jobs import schema
from legenda.jobs.keys import Keys
from legenda.jobs.record import Input, JobRequest, PageDone, Prepared, Stored
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

JSON = to_json(assemble([Page(1, 100.0, 50.0, "pixel")], "scan.pdf")).encode()
KEY = b"k" * 32
PDF = b"%PDF-1.7 " + bytes(range(256)) * 4000


class Service:
    """A real store with real blobs, and a courier."""

    def __init__(self, folder: Path, hooks: Mapping[str, Hook] | None = None, **options: Any) -> None:
        self.settings = Settings(data_dir=folder, **{"allow_hosts": ("127.0.0.0/8",), **options})
        seal = Seal(KEY)
        self.store = JobStore(f"sqlite:///{folder / 'legenda.db'}", seal, self.settings)
        self.blobs = BlobStore((folder / "blobs").as_uri())
        self.keys = Keys(self.store.engine, seal)
        self.courier = Courier(self.store, self.blobs, self.keys, self.settings, node="n", hooks=hooks)

    def close_job(self, tenant: str = "t", key_id: str = "", **more: Any) -> str:
        """A job that is done, and whose outbox is written."""
        source = Input("scan.pdf", "inputs/x", uuid.uuid4().hex * 2, 3)
        request = JobRequest(tenant, source, key_id=key_id, formats=("pdf",), metadata={"order": "\ud800ü"}, **more)
        job, _ = self.store.submit(request, Prepared("pdf", (1,)))
        claim = self.store.claim("n", lease=60)
        assert claim is not None and self.store.page(claim, PageDone(1, key=f"pages/{job.id}"))
        claim = self.store.claim("n", lease=60)
        assert claim is not None and claim.stage == "assemble"
        results = {}
        for name, data in (("pdf", PDF), ("json", JSON)):
            self.blobs.put(f"results/{job.id}/{name}", data)
            results[name] = Stored(f"results/{job.id}/{name}", len(data), "b" * 64)
        assert self.store.assembled(claim, results)
        return job.id

    def carry(self) -> int:
        """One round, waited for."""
        begun = self.courier.run_once()
        self.settle()
        return begun

    def settle(self) -> None:
        with self.courier._changed:
            assert self.courier._changed.wait_for(lambda: not self.courier._count, 20)

    def outbox(self) -> list[Any]:
        with self.store.engine.connect() as db:
            return list(db.execute(sa.select(schema.outbox).order_by(schema.outbox.c.created)))

    def change(self, **values: Any) -> None:
        """Let time pass, or tries have been made."""
        with self.store.engine.begin() as db:
            db.execute(sa.update(schema.outbox).values(values))

    def make_due(self) -> None:
        with self.store.engine.begin() as db:
            db.execute(sa.update(schema.outbox).where(schema.outbox.c.state == "waiting").values(due=0.0))
