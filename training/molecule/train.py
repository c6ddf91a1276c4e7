"""Train the network that tells the letters of labels.

    python -m molecule.train OUT.npz --fonts FILE... [--real SQUARES.npz]

Two minutes on one core. Prints how often held-out pictures are told right, drawn ones and real ones.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from legenda.notation.molecule.glyphs import SIGNS
from molecule.letters import drawn

_AGAIN = 4  # times a real letter is shown where a drawn one is shown once


class Network(nn.Module):
    """Three convolutions and one layer: some 65,000 weights. What `glyphs.told` computes."""

    def __init__(self) -> None:
        super().__init__()
        self.c0 = nn.Conv2d(1, 16, 5, 2, 2)
        self.c1 = nn.Conv2d(16, 32, 3, 2, 1)
        self.c2 = nn.Conv2d(32, 48, 3, 2, 1)
        self.out = nn.Linear(48 * 16, len(SIGNS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits [n, signs] of pictures [n, 1, SIDE, SIDE]."""
        for layer in (self.c0, self.c1, self.c2):
            x = layer(x).relu()
        return self.out(nn.functional.dropout(x.flatten(1), 0.2, self.training))


def main() -> None:
    """Draw, train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--epochs", type=int, default=8)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    x, y = drawn(asked.fonts, asked.count, 1)
    held = {"drawn": drawn(asked.fonts, 3000, 2)}
    if asked.real:
        with np.load(asked.real) as real:
            part = np.arange(len(real["y"])) % 10 == 0
            held["real"] = real["x"][part], real["y"][part]
            again = np.repeat(np.nonzero(~part)[0], _AGAIN)
            x, y = np.concatenate([x, real["x"][again]]), np.concatenate([y, real["y"][again]])
    network = _trained(torch.from_numpy(x.astype(np.float32))[:, None], torch.from_numpy(y), asked.epochs)
    for name, (pictures, numbers) in held.items():
        found = network(torch.from_numpy(pictures.astype(np.float32))[:, None]).argmax(1).numpy()
        print(name, len(numbers), "right", round(float((found == numbers).mean()), 4))
    np.savez_compressed(asked.out, **{k: v.numpy().astype(np.float16) for k, v in network.state_dict().items()})


def _trained(x: torch.Tensor, y: torch.Tensor, epochs: int, batch: int = 128) -> Network:
    network = Network()
    steps = epochs * (len(x) // batch)
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for at in range(0, len(x) - batch + 1, batch):
            chosen = order[at : at + batch]
            loss = nn.functional.cross_entropy(network(x[chosen]), y[chosen], label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            falling.step()
    return network.eval()


if __name__ == "__main__":
    main()
