"""How many jobs may come in a minute, counted in one place for all servers.

The generic cell rate algorithm (ITU-T I.371, as a leaky bucket): of an account one time is kept, the one at which its
whole allowance is there again. A minute's jobs may come at once; after that one may as often as they do on average.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from legenda.errors import QueueFullError
from legenda.jobs import schema

_MINUTE = 60.0
_rates = schema.rates.c


def count(db: sa.Connection, account: str, most: int, now: float) -> None:
    """Count a job that comes now.

    Args:
        db: in a transaction; if that is rolled back, the job was never counted.
        account: whose.
        most: jobs a minute; 0 for any number.
        now: seconds since 1970.

    Raises:
        QueueFullError: more came already.
    """
    if not most:
        return
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    gap = _MINUTE / most
    then = sa.case((_rates.whole > now, _rates.whole), else_=now) + gap
    counted = (
        insert(schema.rates)
        .values(account=account, whole=now + gap)
        # one statement, so that two servers cannot both have the last place; half a gap is for rounding
        .on_conflict_do_update(
            index_elements=[_rates.account], set_={"whole": then}, where=then < now + _MINUTE + gap / 2
        )
        .returning(_rates.whole)
    )
    if db.execute(counted).one_or_none() is None:
        whole = db.execute(sa.select(_rates.whole).where(_rates.account == account)).scalar_one()
        raise QueueFullError(
            "Too many jobs came",
            f"the plan allows {most} a minute",
            "try again later",
            retry_after=whole + gap - now - _MINUTE,
        )


def forget(db: sa.Connection, now: float) -> None:
    """Delete what says nothing any more; waits for nobody."""
    old = sa.select(_rates.account).where(_rates.whole < now).with_for_update(skip_locked=True)
    db.execute(sa.delete(schema.rates).where(_rates.account.in_(old)))
