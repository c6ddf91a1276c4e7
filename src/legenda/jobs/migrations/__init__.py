"""How the tables came to be as they are (Alembic); brought up to date when the store is opened."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

HEAD = "0007"
"""The newest revision; a database that has it is opened without loading Alembic."""

_FOLDER = Path(__file__).parent
_LOCK = 0x6C6567656E6461  # of Postgres, for whoever migrates: "legenda"


def migrate(engine: sa.Engine) -> None:
    """Bring the tables up to date, in one transaction; of several processes one does it and the others wait."""
    with engine.begin() as db:
        if db.dialect.name == "postgresql":
            db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _revision(db) == HEAD:
            return
        from alembic import command
        from alembic.config import Config

        config = Config(attributes={"connection": db})
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        command.upgrade(config, "head")


def _revision(db: sa.Connection) -> str | None:
    if not sa.inspect(db).has_table("alembic_version"):
        return None
    found: str | None = db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found
