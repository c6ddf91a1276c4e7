"""From the input of a request to its job."""

from __future__ import annotations

from typing import Any

from legenda.server.asking import Ask
from legenda.server.dialects.queue.inputs import Inputs, parts


def ask(dialect: str, given: Inputs, told: dict[str, Any] | None = None) -> Ask:
    """The job that an input asks for; the caller adds what its headers and query say.

    Args:
        dialect: which.
        given: the input. Without pictures, it asks for a job without pages, which is done at once.
        told: more than what `outputs` needs.

    Raises:
        InvalidOptionError: a data URI that is none (`place`: which).
    """
    return Ask(
        dialect,
        parts(given.input_image_urls),
        tier=given.tier,
        languages=given.languages,
        structure=given.do_format,
        box=given.box,
        color=given.color,
        told=given.told | (told or {}),
    )
