"""Ids of requests: those of jobs, in the forms that the services give theirs."""

from __future__ import annotations

import re
import uuid

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_NANO = 21  # characters of six bits: room for the 122 random bits of a UUID, version and variant left out
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def uuid_of(job: str) -> str:
    """The UUID that a job's id is."""
    return str(uuid.UUID(hex=job))


def job_of_uuid(text: str) -> str:
    """The job's id again; empty if it is none."""
    return text.replace("-", "").lower() if _UUID.fullmatch(text.lower()) else ""


def nano_of(job: str) -> str:
    """A job's id in 21 characters of the alphabet `A-Za-z0-9_-`."""
    number = int(job, 16)
    random = (number >> 80) << 74 | (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    return "".join(_ALPHABET[random >> 6 * place & 63] for place in reversed(range(_NANO)))


def job_of_nano(text: str) -> str:
    """The job's id again; empty if it is none."""
    if len(text) != _NANO or any(character not in _ALPHABET for character in text):
        return ""
    random = 0
    for character in text:
        random = random << 6 | _ALPHABET.index(character)
    if random >> 122:
        return ""
    high, middle, low = random >> 74, random >> 62 & 0xFFF, random & (1 << 62) - 1
    return f"{high << 80 | 0x4 << 76 | middle << 64 | 0b10 << 62 | low:032x}"
