"""The network's file: what it must be, and where it is."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from legenda.errors import MissingComponentError

SHA256 = {"score.onnx": "e147aa64a7d301ac5a8de5e60faeefd1eaa28c70d7c37f7d9ccdf7d0dad9313e"}
"""Made by `training/score`, see the model card there."""


def weight(name: str) -> bytes:
    """The network's file, checked.

    Raises:
        MissingComponentError: it is not there, or not the one we know.
    """
    try:
        data = files(__package__).joinpath("weights", name).read_bytes()
    except OSError as error:
        raise MissingComponentError(f"The score weights {name} cannot be read", str(error), _REMEDY) from error
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise MissingComponentError(f"The score weights {name} are not ours", "their sha256 differs", _REMEDY)
    return data


_REMEDY = "run: pip install --force-reinstall legenda"
