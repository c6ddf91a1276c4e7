"""Typed errors: each says what failed, why, and what to do, and carries a stable code."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal


class ExitCode(IntEnum):
    """Exit status of the command, by class of error."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    INPUT = 3
    PASSWORD = 4
    LIMIT = 5
    MISSING = 6
    PARTIAL = 7
    INTERRUPTED = 130


class LegendaError(Exception):
    """Base of every error Legenda raises on purpose.

    Args:
        what: what failed, one sentence, with the name of the file or option.
        why: the reason, where it is known.
        remedy: what the reader of the message can do about it.

    Attributes:
        place: which of several inputs it is about, from 0; `None` if that cannot be said.
    """

    code = "internal"
    exit_code = ExitCode.INTERNAL
    place: int | None = None

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(what, why, remedy)

    def __str__(self) -> str:
        why = f": {self.why.rstrip('.')}" if self.why else ""
        remedy = f"; {self.remedy.rstrip('.')}" if self.remedy else ""
        return f"{self.what.rstrip('.')}{why}{remedy}."


class InvalidOptionError(LegendaError):
    """An option has a value that cannot be used (page range, format, language)."""

    code, exit_code = "invalid_option", ExitCode.USAGE


class SourceError(LegendaError):
    """The input cannot be read."""

    code, exit_code = "source", ExitCode.INPUT


class NotFoundError(SourceError):
    """There is no such file, or it may not be opened."""

    code = "not_found"


class EmptySourceError(SourceError):
    """The input has no bytes or no pages."""

    code = "empty"


class UnsupportedFormatError(SourceError):
    """The bytes are of no format that can be read."""

    code = "unsupported_format"


class CorruptSourceError(SourceError):
    """The format is known but the bytes are damaged beyond reading."""

    code = "corrupt"


class ParserCrashError(SourceError):
    """The parser crashed on this input; the crash stayed in its sandbox."""

    code = "parser_crash"


class UnreachableError(SourceError):
    """A host cannot be spoken to, or what it answers is not what was asked for."""

    code = "unreachable"


class OutboundError(LegendaError):
    """A URL is refused: it is malformed, or leads to an address that is not public."""

    code, exit_code = "url_refused", ExitCode.INPUT


class PasswordError(LegendaError):
    """The document is encrypted."""

    code, exit_code = "password", ExitCode.PASSWORD


class PasswordRequiredError(PasswordError):
    """The document is encrypted and no password was given."""

    code = "password_required"


class WrongPasswordError(PasswordError):
    """The document is encrypted and the password given does not open it."""

    code = "wrong_password"


class LimitError(LegendaError):
    """A limit of size, memory or time was reached."""

    code, exit_code = "limit", ExitCode.LIMIT


class TooLargeError(LimitError):
    """The input or a page is larger than the limits allow."""

    code = "too_large"


class TimedOutError(LimitError):
    """Parsing or reading took longer than the limits allow."""

    code = "timed_out"


class OutOfMemoryError(LimitError):
    """Parsing needed more memory than the limits allow."""

    code = "out_of_memory"


class MissingComponentError(LegendaError):
    """An optional part (engine, language pack) is not installed."""

    code, exit_code = "missing_component", ExitCode.MISSING


class EngineError(LegendaError):
    """An engine failed on a page."""

    code = "engine"


class OutputError(LegendaError):
    """A result could not be written."""

    code, exit_code = "output", ExitCode.USAGE


class StorageError(LegendaError):
    """The blob store cannot be reached or written, or was asked for a key it cannot have."""

    code = "storage"


class SealError(LegendaError):
    """What was sealed cannot be opened with this installation's key, or there is no usable key."""

    code, exit_code = "seal", ExitCode.USAGE


class BalanceError(LegendaError):
    """There are not enough credits for the pages.

    Args:
        used: credits used of the free ones, those reserved included.
        cap: how many are free.
        period: in which time.
    """

    code, exit_code = "balance", ExitCode.LIMIT

    def __init__(
        self, what: str, why: str = "", remedy: str = "", *, used: int, cap: int, period: Literal["day", "month"]
    ) -> None:
        self.used, self.cap, self.period = used, cap, period
        super().__init__(what, why, remedy)


class ServerUnreachableError(LegendaError):
    """A server cannot be reached, or does not answer as one of ours."""

    code, exit_code = "server_unreachable", ExitCode.MISSING


class RemoteError(LegendaError):
    """A server refused what was asked for a reason that has no class here.

    Args:
        status: of its answer (HTTP), 0 where there was none.
    """

    code = "remote"

    def __init__(self, what: str, why: str = "", remedy: str = "", *, status: int = 0) -> None:
        self.status = status
        super().__init__(what, why, remedy)


class ConflictError(LegendaError):
    """An idempotency key was used before, for another request."""

    code, exit_code = "conflict", ExitCode.USAGE


class QueueFullError(LegendaError):
    """Too many pages wait already.

    Args:
        retry_after: seconds after which it may be worth trying again.
    """

    code, exit_code = "queue_full", ExitCode.LIMIT

    def __init__(self, what: str, why: str = "", remedy: str = "", *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(what, why, remedy)
