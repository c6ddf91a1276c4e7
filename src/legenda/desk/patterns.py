"""Regular expressions of callers: matched within a time limit, since some take for ever."""

from __future__ import annotations

import re
from typing import Any

from legenda.errors import InvalidOptionError

_LONGEST = 500  # characters of a pattern
_SECONDS = 1.0  # for one text


class Pattern:
    """A caller's regular expression, which does not tell case apart.

    The time limit is `regex`'s (in the extra `server`); without it, callers are users of their own machine.

    Raises:
        InvalidOptionError: it is none.
    """

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _LONGEST:
            raise InvalidOptionError(f"A pattern has more than {_LONGEST} characters", "", "make it shorter")
        self._timed = True
        self._pattern: Any
        try:
            import regex

            self._pattern = regex.compile(pattern, regex.IGNORECASE)
        except ImportError:
            self._timed, self._pattern = False, _own(pattern)
        except Exception as error:
            raise InvalidOptionError(f"{pattern!r} is no pattern", str(error)) from None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it matches, without matches of nothing.

        Raises:
            InvalidOptionError: it takes too long.
        """
        try:
            found = self._pattern.finditer(text, timeout=_SECONDS) if self._timed else self._pattern.finditer(text)
            return [match.span() for match in found if match.end() > match.start()]
        except TimeoutError:
            raise InvalidOptionError(
                "A pattern takes too long", "it backtracks", "write it without nested repeats"
            ) from None


def _own(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise InvalidOptionError(f"{pattern!r} is no pattern", str(error)) from None
