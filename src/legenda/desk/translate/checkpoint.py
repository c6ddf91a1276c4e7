"""PyTorch's file format before version 1.6, read without running anything that stands in it.

Such a file is five pickles (a magic number, a version, sizes of types, the tensors without their values, the names of
storages) and then the values of each storage. Pickles can name anything that can be imported; here three names are
known, and all three lead to functions of this module.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from legenda.errors import MissingComponentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_FLOAT = 4  # bytes
_LARGEST = 2**28  # values of a storage


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def tensors(file: BinaryIO) -> Mapping[str, NDArray[Any]]:
    """Tensors of a checkpoint (float32), by name.

    Args:
        file: the checkpoint, from its start.

    Raises:
        MissingComponentError: it is not such a file, or holds more than float32 tensors.
    """
    try:
        return _tensors(file)
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise MissingComponentError("The weights are not understood", str(error)) from error


def _tensors(file: BinaryIO) -> Mapping[str, NDArray[Any]]:
    import numpy as np

    magic, _version, _sizes, named, keys = (_Reader(file).load() for _ in range(5))
    if magic != _MAGIC:
        raise ValueError("it does not begin as one")
    storages = {str(key): _values(file) for key in keys}
    found = {}
    for name, tensor in named.items():
        if isinstance(tensor, _Tensor):
            values = storages[tensor.storage][tensor.start :]
            if sum((n - 1) * s for n, s in zip(tensor.shape, tensor.strides, strict=True)) >= max(values.size, 1):
                raise ValueError(f"{name} is larger than its storage")
            strides = [_FLOAT * stride for stride in tensor.strides]
            found[str(name)] = np.array(np.lib.stride_tricks.as_strided(values, tensor.shape, strides))
    return found


def _values(file: BinaryIO) -> NDArray[Any]:
    import numpy as np

    count = int.from_bytes(file.read(8), "little")
    if count > _LARGEST:
        raise ValueError("a storage is too large")
    data = file.read(_FLOAT * count)
    if len(data) != _FLOAT * count:
        raise EOFError("it ends early")
    return np.frombuffer(data, "<f4")


class _Reader(pickle.Unpickler):
    """Knows three names."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
            ("torch", "FloatStorage"): _float_storage,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} is no tensor of float32")
        return known[module, name]

    def persistent_load(self, pid: Any) -> str:
        kind, storage, key, _device, _count, view = pid
        if kind != "storage" or storage is not _float_storage or view is not None:
            raise pickle.UnpicklingError("it has storages other than float32")
        return str(key)


def _float_storage() -> None:
    """Stands for the type of that name, and is never called for a value."""


def _rebuilt(storage: str, start: int, shape: Sequence[int], strides: Sequence[int], *_: Any) -> _Tensor:
    return _Tensor(storage, max(0, int(start)), tuple(map(int, shape)), tuple(map(int, strides)))
