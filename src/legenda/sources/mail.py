"""Mail (RFC 5322, MIME), parsed in the sandbox: the message is the first member, and its attachments the others."""

from __future__ import annotations

import email.policy
import html
import mmap
import os
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from legenda.errors import CorruptSourceError, EmptySourceError, TooLargeError, UnsupportedFormatError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.sniff import HEAD_BYTES, describe, sniff

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MAX_HEADER = 2000
_NESTED = frozenset(("zip", "eml"))

_opened: dict[str, Any] = {}


def open_file(task: Task) -> Answer:
    """Job: open a message.

    `task.args` holds `name`, `bytes` (most of a member) and `members` (most of them).

    Returns:
        `members`: of each its `name` and its `format`, empty where it is none that can be read.

    Raises:
        CorruptSourceError: it is no message.
        TooLargeError: it has too many attachments.
    """
    assert task.source is not None  # noqa: S101  (there is an input)
    _opened.clear()
    _opened.update(task.args)
    name = task.args["name"]
    data = mmap.mmap(task.source, 0, access=mmap.ACCESS_READ)[:]
    if data.startswith(b"From "):  # of an mbox
        data = data.partition(b"\n")[2]
    try:
        message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(data)
        text = _text(message)
        attached = [part for part in message.walk() if _is_attached(part, message)]
        parts = [(_named(part, number), _bytes(part)) for number, part in enumerate(attached, 1)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptSourceError(f"{name} is damaged", str(error)[:200], "save the message again") from error
    if len(parts) >= task.args["members"]:
        raise TooLargeError(f"{name} has too many attachments", f"{len(parts)}", "save them, and give them one by one")
    _opened["members"] = [("message", text), *parts]
    told = [{"name": title[:1000], "format": _format(content)} for title, content in _opened["members"]]
    return Answer({"members": told})


def take(task: Task) -> Answer:
    """Job: write the member `task.args["index"]` to the target.

    Raises:
        EmptySourceError: it has no bytes.
        TooLargeError: it has more than it may.
        UnsupportedFormatError: nothing that can be read.
    """
    assert task.target is not None  # noqa: S101  (there is an output)
    name, data = _opened["members"][task.args["index"]]
    if not data:
        raise EmptySourceError(f"{name} is empty", "it has no bytes", "check how it was attached")
    if len(data) > _opened["bytes"]:
        raise TooLargeError(f"{name} is too large", f"{len(data)} bytes", "split it")
    if not _format(data):
        kind = sniff(data[:HEAD_BYTES])
        what = {"zip": "an archive in a message", "eml": "a message in a message"}.get(kind) or describe(data[:4096])
        why = f"it is {what}, which is not opened" if what else "its bytes are of no known format"
        raise UnsupportedFormatError(f"{name} cannot be read", why, "save it, and give it by itself")
    with os.fdopen(os.dup(task.target), "wb") as out:
        out.write(data)
    return Answer({})


def _format(data: bytes) -> str:
    format = sniff(data[:HEAD_BYTES])
    return "" if format in _NESTED else format


def _text(message: EmailMessage) -> bytes:
    """Headers and body as HTML, so that the body may be either."""
    rows = "".join(
        f"<p><b>{name}:</b> {html.escape(str(message[name])[:_MAX_HEADER])}</p>" for name in _HEADERS if message[name]
    )
    body = message.get_body(("html", "plain"))
    content = _content(body) if body is not None else ""
    if body is None or body.get_content_subtype() != "html":
        content = "<p>" + html.escape(content).replace("\r", "").replace("\n", "<br>") + "</p>"
    return f"<!DOCTYPE html><html><body>{rows}<hr>{content}</body></html>".encode("ascii", "xmlcharrefreplace")


def _content(part: Any) -> str:
    try:
        return str(part.get_content(errors="replace"))
    except LookupError:  # an encoding nobody knows
        return (part.get_payload(decode=True) or b"").decode("cp1252", "replace")


def _is_attached(part: Any, message: EmailMessage) -> bool:
    if part.is_multipart():
        return bool(part.get_content_type() == "message/rfc822")
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return True
    return part.get_content_maintype() not in ("text", "multipart")


def _named(part: Any, number: int) -> str:
    return str(part.get_filename() or f"attachment {number}")


def _bytes(part: Any) -> bytes:
    if part.is_multipart():
        return b"".join(bytes(inner) for inner in part.get_payload())
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
