"""One request a page: the picture as PNG in a data URI, an answer of text."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from legenda.engines.base import Raster
from legenda.engines.openai_vision.profiles import PROFILES, Profile, profile_of
from legenda.engines.transcriber import Transcript, Wish
from legenda.errors import EngineError, InvalidOptionError, LegendaError

Send = Callable[[str, str, bytes | None], tuple[int, bytes]]
"""Method, path behind the endpoint's URL, and JSON; gives status and body. Raises a `LegendaError` if it cannot."""

_BUSY = frozenset((429, 502, 503, 504))
_TRIES = 3
_PAUSE = 0.5  # seconds, doubled each time
_MOST_TEXT = 200_000  # characters of an answer; what is longer is a loop


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which model, and how it is reached.

    Attributes:
        send: speaks to the server; its owner decides what may be spoken to.
        model: name the server has it under; empty for the first one the server lists.
        profile: how it is asked, see `PROFILES`; empty to tell by the name.
        tokens: most of an answer.
    """

    send: Send = field(repr=False)
    model: str = ""
    profile: str = ""
    tokens: int = 4096


class OpenAIVision:
    """A model behind a server of OpenAI's protocol.

    Raises:
        InvalidOptionError: there is no such profile.
    """

    name = "openai"

    def __init__(self, endpoint: Endpoint) -> None:
        if endpoint.profile and endpoint.profile not in PROFILES:
            raise InvalidOptionError(f"There is no profile {endpoint.profile!r}", f"there are {', '.join(PROFILES)}")
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._model = endpoint.model

    @property
    def model(self) -> str:
        """Name of the model; asked for once, where it is not set.

        Raises:
            EngineError: the server has none.
        """
        with self._lock:
            if not self._model:
                listed = self._json("GET", "/models").get("data")
                names = [str(x["id"]) for x in listed or [] if isinstance(x, dict) and x.get("id")]
                if not names:
                    raise EngineError("The model server lists no model", "", "set LEGENDA_VLM_MODEL")
                self._model = names[0]
            return self._model

    @property
    def profile(self) -> Profile:
        """How the model is asked."""
        chosen = self._endpoint.profile
        return PROFILES[chosen] if chosen else profile_of(self.model)

    def transcribe(self, raster: Raster, wish: Wish) -> Transcript:
        """Write down a page; see `Transcriber`."""
        profile, model = self.profile, self.model
        picture = _fitted(raster, profile.longest)
        answer = self._json("POST", "/chat/completions", self._request(model, profile, picture, wish))
        text, finished = _said(answer)
        parse = profile.parse if wish.formatted else profile.parse_text
        passages = parse(text[:_MOST_TEXT], (picture.shape[1], picture.shape[0]))
        return Transcript(passages, model.rpartition("/")[2], finished and len(text) <= _MOST_TEXT)

    def _request(self, model: str, profile: Profile, picture: Raster, wish: Wish) -> dict[str, Any]:
        prompt = profile.formatted if wish.formatted else profile.text
        content: list[dict[str, Any]] = [{"type": "image_url", "image_url": {"url": _data_uri(picture)}}]
        if prompt:
            content.append({"type": "text", "text": prompt})
        request = {
            "model": model,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": self._endpoint.tokens,
            **profile.sampling,
        }
        if wish.attempt:  # the same again would give the same again
            request |= {"temperature": 0.4, "frequency_penalty": 0.3, "seed": wish.attempt}
        return request

    def _json(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        for attempt in range(_TRIES):
            status, got = self._endpoint.send(method, path, sent)
            if status not in _BUSY or attempt == _TRIES - 1:
                break
            time.sleep(_PAUSE * 2**attempt)
        return _understood(status, got)


def _understood(status: int, got: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(got)
    except (ValueError, RecursionError):
        answer = None
    if status != 200:
        raise _refused(status, answer)
    if not isinstance(answer, dict):
        raise EngineError("The model server gives what is no JSON object", "", "check LEGENDA_VLM_URL")
    return answer


def _refused(status: int, answer: Any) -> LegendaError:
    error = answer.get("error", answer) if isinstance(answer, dict) else None
    why = error.get("message") if isinstance(error, dict) else error
    said = f": {' '.join(str(why).split())[:200]}" if why else ""
    return EngineError("The model server refused", f"status {status}{said}", "check LEGENDA_VLM_MODEL and its key")


def _said(answer: dict[str, Any]) -> tuple[str, bool]:
    """The text, and whether the model came to an end."""
    try:
        choice = answer["choices"][0]
        content = choice["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise EngineError("The model server gives no answer", "it has no choices[0].message.content") from None
    if isinstance(content, list):  # parts
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or ""), choice.get("finish_reason") != "length"


def _fitted(raster: Raster, longest: int) -> Raster:
    import cv2

    scale = longest / max(raster.shape[:2])
    if scale >= 1:
        return raster
    size = max(1, round(raster.shape[1] * scale)), max(1, round(raster.shape[0] * scale))
    return np.asarray(cv2.resize(raster, size, interpolation=cv2.INTER_AREA), np.uint8)


def _data_uri(picture: Raster) -> str:
    import cv2

    pixels = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, png = cv2.imencode(".png", pixels)
    if not done:
        raise EngineError("The page cannot be sent to the model", "it cannot be written as PNG")
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
