"""The network's files: what they must be, and where they are."""

from __future__ import annotations

import json
from functools import cache

from legenda.notation.weights import carried

SHA256 = {
    "encoder.onnx": "80ff3a110f6824c3ef2f8890b0ab18cece61f02a1dad7ebf193a1011a0dc5063",
    "decoder.onnx": "8dca3aed0095dfef802fb2a000393b9b2203edd4d92692ed643a7602a9ad072a",
    "tokens.json": "c178ae92516a50c74628bd96769452a3643f03215e37734e54a4f358f34b5739",
}
"""Made by `training/formula/export.py` of the weights of pix2tex (Lukas Blecher, MIT)."""


def weight(name: str) -> bytes:
    """See `legenda.notation.weights.carried`."""
    return carried(__package__ or "", name, SHA256[name])


@cache
def vocabulary() -> tuple[str, ...]:
    """The text of each token; a leading space is one, tokens 0 to 2 are padding, begin and end."""
    loaded: list[str] = json.loads(weight("tokens.json"))
    return tuple(token.replace("Ġ", " ") for token in loaded)
