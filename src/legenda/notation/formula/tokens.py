"""LaTeX as tokens: commands, and single characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S")
_TEXT = re.compile(r"(\\(?:text[a-z]*|[mh]box)\s*\{)([^{}]*)(\})")
SPACE = "\\ "


def tokens(latex: str) -> list[str]:
    r"""The tokens of LaTeX in math mode; spaces count for nothing, but in `\text` they become `\ `."""
    kept = _TEXT.sub(lambda m: m[1] + m[2].strip().replace(" ", SPACE) + m[3], latex)
    return [SPACE if len(sign) == 1 and sign in "\\" else sign for sign in _TOKEN.findall(kept)]


def written(sequence: Sequence[str]) -> str:
    """The tokens as LaTeX, with a space only where a command would run into a letter."""
    parts: list[str] = []
    for token in sequence:
        if parts and token[:1].isalpha() and parts[-1][:1] == "\\" and parts[-1][-1:].isalpha():
            parts.append(" ")
        parts.append(token)
    return "".join(parts)
