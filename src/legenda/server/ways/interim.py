"""Lines before an answer that takes long, so that clients neither give up nor ask again.

Which ones a client stands was measured: requests and urllib take `102 Processing` for the answer, and Node's fetch
breaks at a second `100 Continue`; so clients that nothing is known of get none.
"""

from __future__ import annotations

from collections.abc import Iterable

EXTENSION = "legenda.interim"
"""`scope["extensions"]` has a callable under this name, where the caller stands a line; it takes and gives nothing."""

_PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINES = {
    "fal-client/": _PROCESSING,
    "@fal-ai/": _PROCESSING,
    "modelrunner": _PROCESSING,
    "@modelrunner/": _PROCESSING,
    "python-httpx": _PROCESSING,
    "OpenAI/Python": _PROCESSING,
    "AsyncOpenAI/Python": _PROCESSING,
    "mistral-client-python/": _PROCESSING,
    "node": _PROCESSING,
    "undici": _PROCESSING,
    "curl/": _PROCESSING,
    "python-requests": _CONTINUE,
    "Python-urllib": _CONTINUE,
}


def line_for(headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """The line that a client can be sent, by its `User-Agent`."""
    agent = next((value.decode("latin-1") for name, value in headers if name == b"user-agent"), "")
    return next((line for start, line in _LINES.items() if agent.startswith(start)), None)
