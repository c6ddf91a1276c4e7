"""What ModelRunner's webhooks say, and how they are signed."""

from __future__ import annotations

from legenda.document.jsonio import dumps
from legenda.errors import NotFoundError
from legenda.execute.hooks import Content, Delivery, Job, Material, Message, standard
from legenda.net.retries import MODELRUNNER
from legenda.server.dialects.modelrunner import results
from legenda.server.dialects.queue.outputs import unread_of


class ModelRunnerHook:
    """Tells of the start and the end of a request, nine times more if need be."""

    seconds = 15.0

    def message(self, delivery: Delivery, job: Job, open_document: Material) -> Message:
        """The result as it stands."""
        unread = unread_of(job.members, open_document.pages()) if job.pages_failed else []
        found = results.outcome(job, unread, open_document)
        event = "start" if delivery.event == "started" else "completed"
        told = {"event": event} | results.result(job, found)
        return Message(dumps(told).encode("utf-8", "replace"), sign=standard(delivery))

    def content(self, delivery: Delivery, job: Job, open_document: Material) -> Content:
        """Nothing is ever PUT."""
        raise NotFoundError("There is nothing to PUT")

    def delay(self, tries: int) -> float | None:
        """Some two and a half hours in all."""
        return MODELRUNNER.delay(tries)
