"""How the command ends: errors as one line on standard error, exit codes by class of error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from legenda.errors import ExitCode, LegendaError


@contextmanager
def leaving() -> Iterator[None]:
    """Turn what a command raises into its exit code.

    Typed errors become one line on standard error; Ctrl-C ends with 130; a reader that closed its end of the pipe
    (`| head`) has what it wanted, so that ends with 0.
    """
    try:
        yield
    except LegendaError as error:
        say(error_line("", error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("legenda: interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # else the interpreter fails once more when it flushes standard output on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OK)


def say(line: str) -> None:
    """One line on standard error; without its control characters, so that a file name cannot drive a terminal."""
    from legenda.document.text import printable

    sys.stderr.write(printable(line.replace("\n", " ")) + "\n")
    sys.stderr.flush()


def error_line(name: str, error: LegendaError) -> str:
    """`legenda: FILE: what. why. remedy.`, the name left out where the error says it."""
    return message_line("" if name in error.what else name, str(error))


def message_line(name: str, message: str) -> str:
    """`legenda: FILE: message`."""
    return f"legenda: {name}: {message}" if name else f"legenda: {message}"


@cache
def exit_codes() -> dict[str, ExitCode]:
    """Stable code of every typed error, to its exit code."""
    found: dict[str, ExitCode] = {}
    classes = [LegendaError]
    while classes:
        error = classes.pop()
        found[error.code] = error.exit_code
        classes.extend(error.__subclasses__())
    return found
