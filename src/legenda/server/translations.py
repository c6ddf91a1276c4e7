"""Translations of what was read, kept for those who ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from legenda.desk.model import Model
from legenda.desk.translate import pairs, translated
from legenda.errors import MissingComponentError
from legenda.languages import resolve

if TYPE_CHECKING:
    from legenda.document import Document
    from legenda.jobs.record import Job
    from legenda.settings import Settings

_MOST = 16


class Translations:
    """Translates documents of jobs, each once while it is among the last asked for. Thread safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Document] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, job: Job, document: Document, to: str, settings: Settings) -> Document:
        """The document of a job in another language. Takes its time; raises as `translated`."""
        stored = job.results.get("json")
        key = job.id, stored.sha256 if stored else "", to
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
                return found
        made = translated(document, to, Model.configured(settings))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made


def check(to: str, settings: Settings) -> str:
    """The code of a language that something here translates to.

    Raises:
        InvalidOptionError: there is no such language.
        MissingComponentError: nothing translates to it; the message lists what is there.
    """
    code = resolve(to).code
    there = sorted({target for _, target in pairs()})
    if settings.model_url or code.partition("-")[0] in there:
        return code
    why = f"it translates to {', '.join(there)}" if there else "none was added"
    raise MissingComponentError(
        f"Translating to {to} needs a translator", why, "leave `translate_to` out to get the text as it is"
    )
