"""What happened over all inputs: said as it happens, summed up at the end."""

from __future__ import annotations

import threading

from legenda.cli.status import error_line, exit_codes, message_line, say
from legenda.document import Page
from legenda.errors import ExitCode, LegendaError


class Report:
    """Keeps count for the last line and the exit code. Thread safe.

    Args:
        quiet: say errors, but neither problems of pages nor the summary.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._lock = threading.Lock()
        self._files = self._pages = self._unreadable = 0
        self._failures: list[ExitCode] = []
        self._failed_pages = 0

    def failed(self, name: str, error: LegendaError) -> None:
        """An input could not be read, or its result not be written."""
        with self._lock:
            self._files += 1
            self._failures.append(error.exit_code)
            say(error_line(name, error))

    def finished(self) -> None:
        """An input was read to its end."""
        with self._lock:
            self._files += 1

    def page(self, name: str, page: Page) -> None:
        """A page came out, whole or with problems."""
        failures = [exit_codes()[problem.code] for problem in page.problems if problem.code in exit_codes()]
        with self._lock:
            self._unreadable += sum(line.unreadable for line in page.lines)
            self._pages += not failures
            self._failed_pages += bool(failures)
            self._failures += failures
            for problem in () if self._quiet else page.problems:
                if problem.code != "unreadable_lines":  # these are summed up at the end
                    say(message_line(f"{name}, page {page.number}", problem.message))

    @property
    def exit_code(self) -> ExitCode:
        """OK, the class of the first failure where nothing could be read, else PARTIAL."""
        if not self._failures:
            return ExitCode.OK
        return ExitCode.PARTIAL if self._pages else self._failures[0]

    def sum_up(self) -> None:
        """Say what a reader of the result would not see in it."""
        parts = []
        failed_files = self._files > 1 and self._failures
        if failed_files:
            parts.append(f"{_count(self._pages, 'page')} of {_count(self._files, 'file')} read")
        if self._failed_pages:
            parts.append(f"{_count(self._failed_pages, 'page')} failed")
        if self._unreadable:
            parts.append(f"{_count(self._unreadable, 'line')} could not be read and {_left_out(self._unreadable)}")
        if parts and not self._quiet:
            say(f"legenda: {', '.join(parts)}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _left_out(number: int) -> str:
    return "is left out" if number == 1 else "are left out"
