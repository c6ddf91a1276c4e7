"""The engine `got`: the model, loaded when the first page comes."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from legenda.engines.base import Raster
from legenda.engines.got import weights
from legenda.engines.got.mode import Answer, Mode
from legenda.engines.got.model import GotModel
from legenda.engines.markup import markdown, plain
from legenda.engines.transcriber import Transcript, Wish

_PATCHES = 6  # parts of a page that are looked at when the whole gave a bad answer


class Got:
    """GOT-OCR2; see `Transcriber`.

    Args:
        place: folder of the weights; by default `weights.found()`.

    Raises:
        MissingComponentError: the weights, or the libraries to run them, are not there.
    """

    name = "got"

    def __init__(self, place: str = "") -> None:
        self._place = place or weights.found()
        self._lock = threading.Lock()
        self._loaded: GotModel | None = None

    @property
    def model(self) -> GotModel:
        """The model, loaded now if need be.

        Raises:
            MissingComponentError: what lies there is no GOT-OCR2.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = GotModel(self._place)
            return self._loaded

    def write(self, pictures: Sequence[Raster], mode: Mode) -> list[Answer]:
        """Write down pictures in any of the model's ways; see `GotModel.write`."""
        return self.model.write(pictures, mode)

    def transcribe(self, raster: Raster, wish: Wish) -> Transcript:
        """Write down a page; see `Transcriber`."""
        mode = Mode(wish.formatted, patches=_PATCHES if wish.attempt else 1, again=bool(wish.attempt))
        (answer,) = self.write([raster], mode)
        passages = markdown(answer.text) if wish.formatted else plain(answer.text)
        return Transcript(passages, weights.NAME, answer.complete)
