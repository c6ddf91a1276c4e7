"""The parts of an installation that a command needs to look after its keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from legenda.errors import InvalidOptionError
from legenda.jobs.keys import Keys
from legenda.jobs.meter import Meter
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """What `legenda keys` works with; a server may run meanwhile."""

    settings: Settings
    engine: sa.Engine
    keys: Keys
    meter: Meter

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Installation]:
        """The installation the environment and the configuration name.

        Raises:
            InvalidOptionError: the configuration cannot be used.
            SealError: the key of the installation cannot.
        """
        settings = Settings.configured()
        seal = Seal.of(settings)
        store = JobStore(settings.database, seal, settings)
        try:
            yield cls(settings, store.engine, Keys(store.engine, seal), store.meter)
        finally:
            store.close()

    def check_plan(self, name: str) -> None:
        """Refuse a plan that is not configured.

        Raises:
            InvalidOptionError: it is not.
        """
        if name not in self.settings.plans:
            known = ", ".join(sorted(self.settings.plans))
            raise InvalidOptionError(f"There is no plan {name!r}", "", f"choose of {known}, or configure it")
