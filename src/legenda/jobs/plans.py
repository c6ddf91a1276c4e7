"""What a plan allows: size of inputs, pages of inputs, priority."""

from __future__ import annotations

from legenda.errors import TooLargeError
from legenda.jobs.record import JobRequest
from legenda.settings import Plan, Settings


def plan_of(settings: Settings, name: str) -> Plan:
    """The plan of that name; of one that was taken out of the settings nothing is left but `default`."""
    return settings.plans.get(name) or settings.plans.get("default") or Plan()


def priority(settings: Settings, request: JobRequest) -> int:
    """What a job is queued with: asked for and the plan's together, -10..10."""
    return max(-10, min(10, request.priority + plan_of(settings, request.plan).priority))


def most_megabytes(settings: Settings, plan: str) -> int:
    """Largest input, in MiB."""
    return min(settings.upload_megabytes, plan_of(settings, plan).file_megabytes or settings.upload_megabytes)


def most_pages(settings: Settings, plan: str) -> int:
    """Most pages of one input."""
    return min(settings.pages, plan_of(settings, plan).file_pages or settings.pages)


def check_input(settings: Settings, request: JobRequest, pages: int) -> None:
    """Hold an input to its plan.

    Raises:
        TooLargeError: more bytes or pages than that.
    """
    megabytes, most = most_megabytes(settings, request.plan), most_pages(settings, request.plan)
    if request.source.size > megabytes * 2**20:
        raise TooLargeError("The input is too large", f"more than {megabytes} MiB", "send it in parts")
    if pages > most:
        raise TooLargeError("The input has too many pages", f"{pages}, and {most} are allowed", "choose pages of it")
