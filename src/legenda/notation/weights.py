"""Weights that lie in the package, beside what uses them."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from legenda.errors import MissingComponentError

_REMEDY = "run: pip install --force-reinstall legenda"


def carried(package: str, name: str, sha256: str) -> bytes:
    """A file of `weights/` in a package, checked.

    Raises:
        MissingComponentError: it is not there, or not the one we know.
    """
    try:
        data = files(package).joinpath("weights", name).read_bytes()
    except OSError as error:
        raise MissingComponentError(f"The weights {name} cannot be read", str(error), _REMEDY) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise MissingComponentError(f"The weights {name} are not ours", "their sha256 differs", _REMEDY)
    return data
