"""Both runtimes give the same text."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest
from written import written

from legenda.engines.ppocr import weights
from legenda.engines.ppocr.detect import detect
from legenda.engines.ppocr.recognise import Recogniser
from legenda.engines.ppocr.strip import cut
from legenda.runtime.session import OnnxRuntimeSession, OpenVinoSession, Session, backend

LINES = ("Both runtimes read the same", "12.50 EUR on 20 November")
Opener = Callable[[bytes], Session]
RUNTIMES = [
    OnnxRuntimeSession,
    pytest.param(OpenVinoSession, marks=pytest.mark.skipif(not find_spec("openvino"), reason="no OpenVINO here")),
]


@pytest.mark.parametrize("opened", RUNTIMES)
def test_detector_and_recogniser(opened: Opener) -> None:
    page = written(*LINES)
    quads = detect(opened(weights.model_bytes("det-tiny")), page).quads
    strips = [cut(page, quad) for quad in sorted(quads, key=lambda q: q[0, 1])]
    session = opened(weights.model_bytes("rec-tiny"))
    recogniser = Recogniser("x", lambda: session, lambda: weights.head("rec-tiny"), canvas=640)
    assert tuple(r.text.strip() for r in recogniser.read(strips, recogniser.latin)) == LINES


@pytest.mark.parametrize("opened", RUNTIMES)
def test_threads_share_a_session(opened: Opener) -> None:
    session = opened(weights.model_bytes("orientation"))
    inputs = [np.random.default_rng(n).normal(size=(1, 3, 224, 224)).astype(np.float32) for n in range(8)]
    alone = [session(x).copy() for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda x: session(x).copy(), inputs * 4))
    assert np.array_equal(np.stack(together), np.stack(alone * 4))


def test_the_runtime_in_use_has_a_name() -> None:
    assert backend() in ("openvino-bf16", "onnxruntime-fp32")
