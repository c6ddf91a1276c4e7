"""What a child may be asked to do, and what a job looks like from inside the child."""

from __future__ import annotations

from typing import Any, NamedTuple

from legenda.sandbox.frames import Buffer

ALLOWED = {
    "legenda.sources.archive_members:open_file",
    "legenda.sources.archive_members:take",
    "legenda.sources.mail:open_file",
    "legenda.sources.mail:take",
    "legenda.sources.office_files:prepare",
    "legenda.sources.office_notes:attach",
    "legenda.sources.office_sheets:unfold",
    "legenda.sources.office_text:open_file",
    "legenda.sources.office_text:page",
    "legenda.sources.pdf:open_file",
    "legenda.sources.pdf:looks",
    "legenda.sources.pdf:page",
    "legenda.sources.pdf:raster",
    "legenda.sources.pdf_attachments:open_file",
    "legenda.sources.pdf_attachments:take",
    "legenda.sources.picture:copy",
    "legenda.sources.picture:open_file",
    "legenda.sources.picture:page",
    "legenda.sources.picture:raster",
    "legenda.sources.pdf_join:write",
    "legenda.sources.pdf_layer:write",
}
"""Jobs by `module:function`. They are functions `(Task) -> Answer` and run in the child only."""


class Task(NamedTuple):
    """What a job is given.

    Attributes:
        args: the JSON object of the call.
        buffers: the raw buffers of the call.
        source: descriptor of the input, open for reading, seekable; `None` without input.
        target: descriptor of the output file, open for writing, empty; `None` unless output is allowed.
    """

    args: dict[str, Any]
    buffers: list[bytearray]
    source: int | None
    target: int | None


class Answer(NamedTuple):
    """What a job gives back: JSON and raw buffers."""

    args: dict[str, Any]
    buffers: list[Buffer] = []  # noqa: RUF012  (never changed: an answer is packed and dropped)
