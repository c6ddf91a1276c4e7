"""The models, opened when first needed and shared by all threads."""

from __future__ import annotations

from functools import cache, partial
from threading import RLock
from typing import Literal

from legenda.engines.ppocr import weights
from legenda.engines.ppocr.recognise import Recogniser
from legenda.engines.ppocr.session import Session, open_session

TINY, SMALL = "ppocrv6-tiny", "ppocrv6-small"  # names of the recognisers, as lines carry them

_lock = RLock()  # two threads that ask at once must not open a model twice


def detector() -> Session:
    """The tiny detector: as accurate here as the small one at 0.4 of its time."""
    with _lock:
        return _session("det-tiny")


def orienter() -> Session:
    """The page orientation classifier."""
    with _lock:
        return _session("orientation")


def recogniser(size: Literal["tiny", "small"]) -> Recogniser:
    """A line recogniser."""
    with _lock:
        return _recogniser(size)


@cache
def _session(name: weights.WeightName) -> Session:
    return open_session(weights.model_bytes(name))


@cache
def _recogniser(size: Literal["tiny", "small"]) -> Recogniser:
    name: weights.WeightName = "rec-tiny" if size == "tiny" else "rec-small"
    return Recogniser(
        TINY if size == "tiny" else SMALL,
        _session(name),
        partial(weights.head, name),
        canvas=640 if size == "tiny" else 0,
    )
