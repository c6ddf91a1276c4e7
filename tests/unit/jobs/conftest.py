from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import on_postgres, on_sqlite
from postgres import binaries, cluster


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
