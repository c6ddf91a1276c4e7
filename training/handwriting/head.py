"""First step: train the head of `legenda.engines.ppocr.handwriting` on what the published convolutions make of lines.

    pip install torch rapidfuzz
    python -m training.handwriting.head DATA FOLDER

Twelve rounds took 12 minutes of one core, with steps of 8 pixels, half as many as in the next step. Of 36 documents
held out, 923 lines, it leaves a CER of .184; of lines it has learnt from, .156. More rounds gain nothing: the
convolutions have to learn, too.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from training.handwriting.learning import Loss, batches, error_rates
from training.handwriting.lines import Data, Line, lines, parted
from training.handwriting.network import Network, published

from legenda.engines.ppocr import handwriting
from legenda.runtime.session import open_session

ROUNDS, BATCH, STRIDE = 12, 32, 2

Columns = NDArray[np.float16]


def columns(found: Sequence[Line]) -> list[Columns]:
    """What the convolutions make of each line, [width / 4, channels]; 12 ms each."""
    backbone, made = open_session(published(), kept=1000), []
    for line in found:
        strip = line.strip
        seen = backbone(handwriting.pixels(strip))[0][:, : strip.width // handwriting.STEP]
        made.append(seen.astype(np.float16).T.copy())
    return made


def side_by_side(part: Sequence[Columns], rng: random.Random | None) -> tuple[Tensor, list[int]]:
    """[lines, channels, steps] and how many steps of the head each has; with `rng` some steps are left out."""
    longest = max(map(len, part))
    x = torch.zeros(len(part), longest + longest % STRIDE, part[0].shape[1])
    for row, seen in zip(x, part, strict=True):
        row[: len(seen)] = torch.from_numpy(seen.astype(np.float32))
        for _ in range(rng.randint(0, 2) if rng else 0):
            start = rng.randrange(max(1, len(seen) - 6))
            row[start : start + rng.randint(1, 6)] = 0
    if rng:
        x = x * (torch.rand(len(part), 1, x.shape[2]) > 0.06)
    return x.transpose(1, 2), [-(-len(seen) // STRIDE) for seen in part]


def train(data: Data, known: list[Columns], held: list[Columns], folder: Path) -> None:
    """Train, and keep the weights of every round."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng, loss_of = random.Random(0), Loss(data.alphabet)
    network = Network(len(data.alphabet) + 1, STRIDE)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    total = ROUNDS * (len(known) // BATCH + 25)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2.5e-3, total_steps=total, pct_start=0.12)

    def read(part: Sequence[int]) -> tuple[Tensor, list[int]]:
        x, steps = side_by_side([held[k] for k in part], None)
        return network(x), steps

    for turn in range(ROUNDS):
        for part in batches([len(seen) for seen in known], BATCH, rng):
            x, steps = side_by_side([known[k] for k in part], rng)
            loss = loss_of(network(x), steps, [data.known[k].text for k in part])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
        network.eval()
        print(f"round {turn}: loss {loss.item():.3f}, CER {error_rates(read, data.held, data.alphabet)}", flush=True)
        network.train()
        torch.save(network.state_dict(), folder / "head.pt")


def main(data: Path, folder: Path) -> None:
    """Read the lines, look at them once, train."""
    folder.mkdir(parents=True, exist_ok=True)
    found = parted(list(lines(data)))
    (folder / "alphabet.json").write_text(json.dumps(found.alphabet, ensure_ascii=False), "utf-8")
    train(found, columns(found.known), columns(found.held), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
