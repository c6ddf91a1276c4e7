"""The network's file: what it must be, and where it is."""

from __future__ import annotations

from legenda.notation.weights import carried

SHA256 = {"score.onnx": "e147aa64a7d301ac5a8de5e60faeefd1eaa28c70d7c37f7d9ccdf7d0dad9313e"}
"""Made by `training/score`, see the model card there."""


def weight(name: str) -> bytes:
    """See `legenda.notation.weights.carried`."""
    return carried(__package__ or "", name, SHA256[name])
