"""A language model behind an OpenAI-compatible API, as llama.cpp, vLLM or Ollama serve it, where one is configured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from legenda.errors import MissingComponentError, RemoteError

if TYPE_CHECKING:
    from legenda.settings import Settings

_FIRST_SECONDS = 60.0  # until its first word
_LONGEST = 2 * 2**20  # bytes of an answer

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """Where the model is, and how it is spoken to.

    Attributes:
        url: base of the API (`http://127.0.0.1:8000/v1`).
        name: of the model there.
        key: sent as a bearer token; empty for none.
        seconds: most time of an answer.
    """

    url: str
    name: str
    key: str = field(default="", repr=False)
    seconds: float = 120.0

    @classmethod
    def configured(cls, settings: Settings) -> Model | None:
        """The model of an installation; `None` where none is configured."""
        if not settings.model_url:
            return None
        key = settings.model_key.get_secret_value()
        return cls(settings.model_url, settings.model_name or "default", key, settings.model_seconds)

    def stream(self, messages: Sequence[Message], **more: Any) -> Iterator[str]:
        """The answer to messages, piece by piece as it is made.

        Args:
            messages: `role` and `content` each.
            more: members of the request, such as `response_format`.

        Raises:
            RemoteError: it refuses, or what it says is not understood.
            UnreachableError, TimedOutError: it cannot be spoken to, or takes too long.
            MissingComponentError: what is needed to speak to it is not installed.
        """
        for line in self._lines(messages, more):
            if not line.startswith(b"data:") or line[5:].strip() in (b"", b"[DONE]"):
                continue
            try:
                piece = json.loads(line[5:])["choices"][0].get("delta", {}).get("content") or ""
            except (ValueError, LookupError, AttributeError, TypeError):
                raise RemoteError(
                    "The language model's answer is not understood", "", "check LEGENDA_MODEL_URL"
                ) from None
            yield str(piece)

    def complete(self, messages: Sequence[Message], **more: Any) -> str:
        """The whole answer; raises as `stream`."""
        return "".join(self.stream(messages, **more))

    def _lines(self, messages: Sequence[Message], more: Mapping[str, Any]) -> Iterator[bytes]:
        try:
            from legenda.net.connection import Clock, chunks, exchange
            from legenda.net.policy import check
        except ImportError as error:
            what = "The language model cannot be spoken to"
            raise MissingComponentError(
                what, f"{error.name} is not installed", "pip install 'legenda[server]'"
            ) from None
        url = f"{self.url.rstrip('/')}/chat/completions"
        # the operator named this host, so its address may be private
        target = check(url, allow=(_host(url),), seconds=_FIRST_SECONDS)
        asked = {"model": self.name, "messages": list(messages), "stream": True, "temperature": 0, **more}
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        clock = Clock(min(_FIRST_SECONDS, self.seconds), self.seconds)
        with exchange("POST", target, headers, clock, json.dumps(asked).encode()) as answer:
            if answer.status != 200:
                why = f"it answers with status {answer.status}"
                raise RemoteError("The language model refuses", why, "check LEGENDA_MODEL_NAME and LEGENDA_MODEL_KEY")
            yield from _split(chunks(answer))


def configured() -> Model | None:
    """The model that the environment or the configuration file names; `None` where none is named."""
    import os

    if not (os.environ.get("LEGENDA_MODEL_URL") or os.environ.get("LEGENDA_CONFIG")):
        return None
    from legenda.settings import Settings

    return Model.configured(Settings.configured())


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or ""


def _split(chunks: Any) -> Iterator[bytes]:
    """Lines of a body that comes in pieces."""
    kept, size = b"", 0
    for chunk in chunks:
        size += len(chunk)
        if size > _LONGEST:
            raise RemoteError("The language model does not stop", f"more than {_LONGEST // 2**20} MiB", "")
        *lines, kept = (kept + chunk).split(b"\n")
        yield from (line.strip() for line in lines)
    yield kept.strip()
