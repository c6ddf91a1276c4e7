"""Run a model on one thread: OpenVINO in bf16 where the processor has it, else ONNX Runtime.

Measured on an AVX-512 BF16 core against ONNX Runtime fp32 (`make bench`): detector 0.59x, small recogniser 0.52x,
tiny recogniser 0.51x of the CPU time at the same accuracy. In fp32 the two are equal, so OpenVINO is asked for only
where bf16 is native.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from legenda.runtime.processor import has_bf16

Array = NDArray[np.float32]
Input = NDArray[np.float32] | NDArray[np.uint8]
Tensor = NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int64]

GIVEN_BACK = 2**22  # bytes from which freed memory goes back to the system; at a quarter of it pages cost 8 ms more


class Session(Protocol):
    """A model; may be called from several threads."""

    def __call__(self, x: Input) -> Array:
        """Run a model of one input; its first output is the caller's own until the same thread calls again."""
        ...

    def outputs(self, *inputs: Tensor) -> list[Array]:
        """Run the model on its inputs, in their order; its outputs, in theirs, are the caller's own."""
        ...


class OnnxRuntimeSession:
    """ONNX Runtime, fp32, one thread."""

    def __init__(self, model: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # patterns per shape cost a quarter more memory and gain nothing here
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._inputs = [x.name for x in self._session.get_inputs()]

    def __call__(self, x: Input) -> Array:
        """Run the model."""
        return self.outputs(x)[0]

    def outputs(self, *inputs: Tensor) -> list[Array]:
        """Run the model."""
        found: list[Array] = self._session.run(None, dict(zip(self._inputs, inputs, strict=True)))
        return found


class OpenVinoSession:
    """OpenVINO, bf16, one thread; each calling thread has an infer request of its own.

    Args:
        model: ONNX.
        shape: of the only input it will ever get, which saves a quarter of the time; by default any.
        kept: how much is kept of shapes seen before, in operations times shapes.
    """

    def __init__(self, model: bytes, shape: Sequence[int] | None = None, kept: int = 100) -> None:
        core = _openvino_core()
        network = core.read_model(model, b"")
        if shape:
            network.reshape(list(shape))
        self._compiled = core.compile_model(
            network,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": 1,
                "NUM_STREAMS": 1,
                "PERFORMANCE_HINT": "LATENCY",
                "ENABLE_CPU_PINNING": False,
                "INFERENCE_PRECISION_HINT": "bf16",
                "CPU_RUNTIME_CACHE_CAPACITY": kept,
            },
        )
        self._local = threading.local()

    def __call__(self, x: Input) -> Array:
        """Run the model."""
        result: Array = self._request().infer({0: x}, share_inputs=True, share_outputs=True)[0]
        return result

    def outputs(self, *inputs: Tensor) -> list[Array]:
        """Run the model."""
        found = self._request().infer(dict(enumerate(inputs)), share_inputs=True)
        return [found[k] for k in range(len(self._compiled.outputs))]

    def _request(self) -> Any:
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        return request


def open_session(model: bytes, shape: Sequence[int] | None = None, kept: int = 100) -> Session:
    """The faster of the two runtimes on this processor.

    Args:
        model: ONNX.
        shape: as for `OpenVinoSession`; ONNX Runtime gains nothing by it.
        kept: as for `OpenVinoSession`.
    """
    _give_back_memory()
    return OpenVinoSession(model, shape, kept) if backend() == "openvino-bf16" else OnnxRuntimeSession(model)


@cache
def _give_back_memory() -> None:
    """Have freed tensors leave the process (glibc): each page has sizes of its own, and what is kept fits none.

    After three pages `balanced` has 430 MB instead of 516. By itself glibc stops giving back what it was once given.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter in (-3, -1):  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
            mallopt(parameter, GIVEN_BACK)


@cache
def backend() -> str:
    """`openvino-bf16` or `onnxruntime-fp32`."""
    import importlib.util

    return "openvino-bf16" if has_bf16() and importlib.util.find_spec("openvino") else "onnxruntime-fp32"


@cache
def _openvino_core() -> Any:
    # the model converter it would load is not needed, takes 80 ms, and brings a telemetry client along
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
    import openvino

    # the first tensor fills a static inside OpenVINO without the GIL: two threads doing so at once lock up for ever
    openvino.Tensor(np.zeros(1, np.float32), shared_memory=True)
    return openvino.Core()
