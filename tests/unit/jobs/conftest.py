from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import on_postgres, on_sqlite
from jobs_made import Clock
from postgres import binaries, cluster

from legenda.jobs import schema
from legenda.jobs.migrations import migrate
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if binaries() is None:
        pytest.skip("Postgres is not installed")
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database with empty tables; each of the two in turn."""
    if request.param == "sqlite":
        found = on_sqlite(f"sqlite:///{tmp_path / 'legenda.db'}")
    else:
        found = on_postgres(request.getfixturevalue("postgres_url"))
    yield found
    found.dispose()


@pytest.fixture(scope="session")
def postgres_store(postgres_url: str) -> str:
    """A migrated database."""
    engine = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(sa.text("CREATE DATABASE store"))
    engine.dispose()
    url = postgres_url.replace("/postgres?", "/store?")
    engine = sa.create_engine(url)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without jobs; each of the two in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgres_store")
    engine = sa.create_engine(url)
    with engine.begin() as db:
        db.execute(sa.text("TRUNCATE " + ", ".join(schema.metadata.tables)))
    engine.dispose()
    return url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def store(store_url: str, settings: Settings, clock: Clock) -> Iterator[JobStore]:
    found = JobStore(store_url, Seal(b"k" * 32), settings, clock)
    yield found
    found.close()
