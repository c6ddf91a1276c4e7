"""A checkpoint to the network the package runs, batch norms folded into convolutions.

python -m training.score.export --checkpoint training/out/score.pt --out src/legenda/notation/score/weights/score.onnx
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from torch import nn
from training.score.network import Network


def main() -> None:
    """Read the arguments, export, tell the sha256 for `weights.py`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    network = Network()
    kept = torch.load(given.checkpoint, weights_only=True)
    network.load_state_dict(kept["averaged"])
    network.eval()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    _export(network, given.out)
    print(
        f"step {kept['step']}, {given.out.stat().st_size} bytes, {hashlib.sha256(given.out.read_bytes()).hexdigest()}"
    )


def _export(network: nn.Module, out: Path) -> None:
    example = torch.zeros(1, 1, 176, 256)
    torch.onnx.export(
        network, (example,), str(out), opset_version=17, dynamo=False, do_constant_folding=True,
        input_names=["ink"], output_names=["classes", "traits"],
        dynamic_axes={"ink": {3: "width"}, "classes": {3: "columns"}, "traits": {3: "columns"}},
    )  # fmt: skip


if __name__ == "__main__":
    main()
