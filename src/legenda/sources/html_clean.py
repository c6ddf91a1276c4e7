"""HTML as LibreOffice should get it, in the sandbox: one body, and nothing that loads anything else."""

from __future__ import annotations

import re

_UNSEEN = ("script", "iframe", "object", "applet", "frameset", "noframes", "template", "svg", "audio", "video")
_DROPPED = re.compile(
    "|".join(
        [
            r"<!--.*?(?:-->|$)",
            *(rf"<{tag}\b.*?(?:</{tag}\s*>|$)" for tag in _UNSEEN),
            r"</?(?:!doctype|link|base|meta|embed|html|body|frame|param|source|\?xml)\b[^>]*>",
            r"<[?!][^>]*>",
        ]
    ),
    re.IGNORECASE | re.DOTALL,
)
_HEAD = re.compile(r"<head\b[^>]*>(.*?)(?:</head\s*>|(?=<body\b))", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)


def cleaned(text: str) -> str:
    """The page in one body. Without one, LibreOffice loses the first paragraph."""
    styles = "".join(_STYLE.findall(head[1])) if (head := _HEAD.search(text)) else ""
    body = _DROPPED.sub("", _HEAD.sub("", text))
    return f"<!DOCTYPE html><html><head>{styles}</head><body>{body}</body></html>"
