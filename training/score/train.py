"""Train the network that reads staves, on one thread of a CPU, until a given time.

    python -m training.score.train --shards training/out/score --out training/out/score.pt --seconds 3600

A checkpoint is written every two minutes; started again with the same `--out`, training goes on from there.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from training.score.distort import window
from training.score.network import Network

from legenda.notation.score import symbols

_BATCH = 8
_RATE = 2e-3
_AVERAGED = 0.997  # of the weights kept, a step


def main() -> None:
    """Read the arguments, train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of training in all, from its first start")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    rng = random.Random(given.seed or time.time_ns())
    network, averaged = Network(), Network()
    averaged.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-2)
    step, spent = 0, 0.0
    if given.out.exists():
        kept = torch.load(given.out, weights_only=True)
        network.load_state_dict(kept["network"])
        averaged.load_state_dict(kept["averaged"])
        optimiser.load_state_dict(kept["optimiser"])
        step, spent = kept["step"], kept["spent"]
    strips = Strips(given.shards)
    began, saved, losses = time.time() - spent, time.time(), []
    while (spent := time.time() - began) < given.seconds:
        for group in optimiser.param_groups:
            group["lr"] = _rate(step, spent / given.seconds)
        batch = [strips.window(rng) for _ in range(_BATCH)]
        with torch.autocast("cpu", torch.bfloat16, enabled=given.bf16):
            said = network(torch.from_numpy(np.stack([x.ink for x in batch]))[:, None])
        found = loss(said[0].float(), said[1].float(), batch)
        optimiser.zero_grad()
        found.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 3.0)
        optimiser.step()
        step += 1
        _follow(averaged, network, min(_AVERAGED, 1 - 10 / (10 + step)))
        losses.append(found.item())
        if step % 100 == 0:
            print(f"{spent:6.0f} s, step {step}, loss {np.mean(losses):.3f}, {len(strips.strips)} strips", flush=True)
            losses = []
        if time.time() - saved > 120:
            saved = time.time()
            strips.refresh()
            _keep(given.out, network, averaged, optimiser, step, spent)
    _keep(given.out, network, averaged, optimiser, step, spent)


class Strips:
    """What has been rendered so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.read = folder, set[Path]()
        self.strips: list[Any] = []
        self.refresh()

    def refresh(self) -> None:
        """Take shards that were not there before."""
        for path in sorted(set(self.folder.glob("*.pkl")) - self.read):
            self.strips += pickle.loads(path.read_bytes())
            self.read.add(path)

    def window(self, rng: random.Random) -> Any:
        """A window of one of them, spoilt."""
        png, marks = rng.choice(self.strips)
        return window(picture(png), marks, lambda: picture(rng.choice(self.strips)[0]), rng)


def picture(png: bytes) -> Any:
    """The pixels of a strip."""
    import cv2

    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def loss(classes: Tensor, traits: Tensor, batch: list[Any]) -> Tensor:
    """Cross entropy of what is there, of nothing where it is doubted (focal, Lin et al. 2017), and of the traits."""
    grid = torch.from_numpy(np.stack([x.grid for x in batch]))
    logs = classes.log_softmax(1)
    there = grid > 0
    count = max(1, int(there.sum()))
    symbols_ = -logs.permute(0, 2, 3, 1)[there].gather(1, grid[there][:, None]).sum()
    nothing = logs[:, 0][grid == 0]
    paper = -((1 - nothing.exp()) ** 2 * nothing).sum()
    return (symbols_ + paper) / count + _of_traits(traits, batch)


def _of_traits(traits: Tensor, batch: list[Any]) -> Tensor:
    where = np.concatenate([np.insert(x.cells, 0, n, 1) for n, x in enumerate(batch)])
    wanted = torch.from_numpy(np.concatenate([x.traits for x in batch]))
    if not len(where):
        return traits.sum() * 0
    at = traits.permute(0, 2, 3, 1)[where[:, 0], where[:, 1], where[:, 2]]
    total, begin = traits.new_zeros(()), 0
    for n, names in enumerate(symbols.TRAITS.values()):
        own = at[:, begin : begin + len(names)]
        if (wanted[:, n] >= 0).any():
            total = total + nn.functional.cross_entropy(own, wanted[:, n], ignore_index=-1)
        begin += len(names)
    return total


def _rate(step: int, part: float) -> float:
    warm = min(1.0, (step + 1) / 100)
    return _RATE * warm * (1.0 if part < 0.3 else 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (part - 0.3) / 0.7)))


def _follow(averaged: nn.Module, network: nn.Module, keep: float) -> None:
    with torch.no_grad():
        for own, new in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
            if own.dtype.is_floating_point:
                own.lerp_(new, 1 - keep)
            else:
                own.copy_(new)


def _keep(out: Path, network: nn.Module, averaged: nn.Module, optimiser: Any, step: int, spent: float) -> None:
    partial = out.with_suffix(".partial")
    state = {"network": network.state_dict(), "averaged": averaged.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save({**state, "step": step, "spent": spent}, partial)
    partial.rename(out)


if __name__ == "__main__":
    main()
