"""How often jobs of an account come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "rates",
        sa.Column("account", sa.String(80), primary_key=True),
        sa.Column("whole", sa.Float(), nullable=False),
    )
    op.create_index("rates_whole", "rates", ["whole"])


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("rates")
