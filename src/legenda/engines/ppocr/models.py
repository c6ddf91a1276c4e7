"""The models, opened when first needed and shared by all threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from threading import RLock
from typing import Literal

from legenda.engines.ppocr import weights
from legenda.engines.ppocr.handwriting import Handwriting
from legenda.engines.ppocr.recognise import Recogniser
from legenda.engines.ppocr.strip import HEIGHT
from legenda.runtime.session import Session, backend, open_session

TINY, SMALL = "ppocrv6-tiny", "ppocrv6-small"  # names of the recognisers, as lines carry them
# What is kept of shapes seen before. A recogniser that has to make its operations again for a width it has seen takes
# 1 ms (tiny) to 2 ms (small) longer; the detector would keep 24 MB a shape and gain nothing that could be measured.
_KEPT, _KEPT_OF_DETECTOR = 1000, 100

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


def handwriting() -> Handwriting:
    """The recogniser of handwritten lines."""
    with _lock:
        return _handwriting()


@cache
def _handwriting() -> Handwriting:
    return Handwriting(partial(_locked, _session, "backbone-small"))


@cache
def _session(name: weights.WeightName) -> Session:
    return open_session(
        weights.model_bytes(name), kept=_KEPT if name.startswith(("rec-", "backbone-")) else _KEPT_OF_DETECTOR
    )


@cache
def _fixed(name: weights.WeightName, width: int) -> Session:
    return open_session(weights.model_bytes(name), (1, 3, HEIGHT, width))


@cache
def _recogniser(size: Literal["tiny", "small"]) -> Recogniser:
    name: weights.WeightName = "rec-tiny" if size == "tiny" else "rec-small"
    opened = partial(_locked, _session, name)
    if size == "small":
        return Recogniser(SMALL, opened, partial(weights.head, name))
    fixed = partial(_locked, _fixed, name) if backend() == "openvino-bf16" else None
    return Recogniser(TINY, opened, partial(weights.head, name), canvas=640, fixed=fixed)


def _locked(opened: Callable[..., Session], name: weights.WeightName, *width: int) -> Session:
    with _lock:
        return opened(name, *width)
