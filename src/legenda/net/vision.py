"""The way out for the engine `openai`: its server is spoken to under the one policy about URLs."""

from __future__ import annotations

from urllib.parse import urlsplit

from legenda.engines.openai_vision import Endpoint, OpenAIVision
from legenda.errors import MissingComponentError, TooLargeError
from legenda.net.connection import Clock, chunks, exchange
from legenda.net.policy import check
from legenda.settings import Settings

_CONNECT_SECONDS = 10.0
_MOST = 16 * 2**20


def engine() -> OpenAIVision:
    """The engine as it is configured (`LEGENDA_VLM_…`).

    Raises:
        MissingComponentError: no server is configured.
        InvalidOptionError: the configuration cannot be used.
    """
    settings = Settings.configured()
    if not settings.vlm_url:
        raise MissingComponentError("The engine openai has no server", "", "set LEGENDA_VLM_URL, see docs/vlm.md")
    return OpenAIVision(Endpoint(_Way(settings), settings.vlm_model, settings.vlm_profile, settings.vlm_tokens))


class _Way:
    """Requests to the configured server, each on a connection of its own.

    The server is the installation's own choice, so its host may be a private one; everything else of the policy holds.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.vlm_url.rstrip("/")
        self._seconds = settings.vlm_seconds
        self._key = settings.vlm_key.get_secret_value()
        self._allow = (*settings.allow_hosts, urlsplit(self._url).hostname or "")

    def __call__(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """Status and body of an answer.

        Raises:
            OutboundError: the URL is refused.
            UnreachableError, TimedOutError: the server cannot be spoken to.
            TooLargeError: it gives too much.
        """
        # a model says nothing until it has said everything: the first byte may take as long as all
        clock = Clock(self._seconds, self._seconds)
        target = check(self._url + path, allow=self._allow, seconds=min(_CONNECT_SECONDS, self._seconds))
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        with exchange(method, target, headers, clock, body) as answer:
            got = bytearray()
            for chunk in chunks(answer):
                got += chunk
                if len(got) > _MOST:
                    raise TooLargeError(f"What {target.origin} gives is too large", f"more than {_MOST / 2**20:g} MiB")
            return answer.status, bytes(got)
