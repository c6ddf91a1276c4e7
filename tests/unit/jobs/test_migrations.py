from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from legenda.jobs import migrations, schema
from legenda.jobs.database import Database

_OPEN = """
import sys
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings
sys.stdin.read(1)
store = JobStore(sys.argv[1], Seal(b"k" * 32), Settings())
assert store.jobs(None) == []
store.close()
"""


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables; each of the two in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(sa.text("DROP DATABASE IF EXISTS empty"))
        db.execute(sa.text("CREATE DATABASE empty"))
    engine.dispose()
    return url.replace("/postgres?", "/empty?")


def indexes(engine: sa.Engine, table: str) -> dict[str, tuple[object, object]]:
    with engine.connect() as db:
        found = sa.inspect(db).get_indexes(table)
    where = f"{engine.dialect.name}_where"
    return {str(x["name"]): (x["column_names"], str(x.get("dialect_options", {}).get(where))) for x in found}


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    database = Database(empty_url)
    migrations.migrate(database.engine)
    migrations.migrate(database.engine)
    with database.engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), schema.metadata) == []
    migrated = {table: indexes(database.engine, table) for table in schema.metadata.tables}
    with database.engine.begin() as db:
        db.execute(sa.text("DROP TABLE alembic_version"))
    schema.metadata.drop_all(database.engine)
    schema.metadata.create_all(database.engine)
    assert {table: indexes(database.engine, table) for table in schema.metadata.tables} == migrated
    database.close()


def test_the_newest_revision_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_processes_that_start_at_once(empty_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", _OPEN, empty_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    for process in started:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()


def test_nothing_is_left_of_a_migration_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite, too, undoes all of it, so that it can be run again."""
    from alembic import op

    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    made = op.create_table

    def create(name: str, *columns: object, **more: object) -> object:
        if name == "pages":
            raise OSError("disk full")
        return made(name, *columns, **more)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", create)
        with pytest.raises(OSError, match="disk full"):
            migrations.migrate(database.engine)
    with database.read() as db:
        assert sa.inspect(db).get_table_names() == []
    migrations.migrate(database.engine)
    database.close()
