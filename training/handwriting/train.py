"""Train the recurrent layer of `legenda.engines.ppocr.handwriting` on what the convolutions make of lines.

    pip install torch rapidfuzz
    python -m training.handwriting.train DATA FOLDER

Twelve rounds took 12 minutes on one core. Of 36 documents held out, 923 lines, the published weights have a CER of .182
(.150 on careful hands, .303 on Hooker's notes); the last four rounds gained .004, so that more data or convolutions of
its own would have to come next.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import Tensor, nn
from training.handwriting.lines import Sample, samples

ROUNDS, BATCH, HELD_OUT = 12, 32, 36
RARE = 5  # characters seen less often are left out


class Network(nn.Module):
    """A convolution of stride 2, an LSTM in both directions, a linear layer over the alphabet; class 0 is the blank."""

    def __init__(self, channels: int, classes: int, width: int = 224, hidden: int = 160) -> None:
        super().__init__()
        convolution = nn.Conv1d(channels, width, 5, 2, 2)
        self.conv = nn.Sequential(convolution, nn.BatchNorm1d(width), nn.SiLU(), nn.Dropout(0.2))
        self.rnn = nn.LSTM(width, hidden, 1, bidirectional=True, batch_first=True)
        self.out = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * hidden, classes))

    def forward(self, x: Tensor) -> Tensor:
        """From [lines, channels, steps] to logits [lines, steps / 2, classes]."""
        return self.out(self.rnn(self.conv(x).transpose(1, 2))[0])


def batch(lines: list[Sample], rng: random.Random | None) -> tuple[Tensor, Tensor]:
    """Features side by side, and how many steps each has; with `rng` some of them are left out."""
    longest = max(len(line.features) for line in lines)
    x = torch.zeros(len(lines), longest + longest % 2, lines[0].features.shape[1])
    for row, line in zip(x, lines, strict=True):
        row[: len(line.features)] = torch.from_numpy(line.features.astype(np.float32))
        for _ in range(rng.randint(0, 2) if rng else 0):
            start = rng.randrange(max(1, len(line.features) - 6))
            row[start : start + rng.randint(1, 6)] = 0
    if rng:
        x = x * (torch.rand(len(lines), 1, x.shape[2]) > 0.06)
    return x.transpose(1, 2), torch.tensor([(len(line.features) + 1) // 2 for line in lines])


def decoded(steps: Tensor, alphabet: list[str]) -> str:
    """The greedy path without repetitions and blanks."""
    best = steps.argmax(-1).tolist()
    return "".join(alphabet[k - 1] for before, k in zip([0, *best], best, strict=False) if k and k != before)


def error_rate(network: Network, lines: list[Sample], alphabet: list[str]) -> float:
    """Character errors over characters."""
    network.eval()
    errors = 0
    with torch.no_grad():
        for start in range(0, len(lines), BATCH):
            part = lines[start : start + BATCH]
            x, lengths = batch(part, None)
            for line, steps, length in zip(part, network(x), lengths, strict=True):
                errors += Levenshtein.distance(decoded(steps[:length], alphabet), line.text)
    network.train()
    return errors / sum(len(line.text) for line in lines)


def main(data: Path, folder: Path) -> None:
    """Train, and keep the weights that are best on what was held out."""
    torch.manual_seed(0)
    rng, lines = random.Random(0), samples(data)
    documents = sorted({line.document for line in lines})
    rng.shuffle(documents)
    held = [line for line in lines if line.document in documents[:HELD_OUT]]
    counted = Counter(character for line in lines for character in line.text)
    alphabet = sorted(character for character, count in counted.items() if count >= RARE)
    index = {character: place for place, character in enumerate(alphabet, 1)}
    known = [line for line in lines if line.document not in documents[:HELD_OUT] and line.text]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alphabet.json").write_text(json.dumps(alphabet, ensure_ascii=False), "utf-8")
    network = Network(lines[0].features.shape[1], len(alphabet) + 1)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    steps = ROUNDS * (len(known) // BATCH + 20)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2.5e-3, total_steps=steps, pct_start=0.12)
    loss_of, best = nn.CTCLoss(zero_infinity=True), 1.0
    for turn in range(ROUNDS):
        for part in _batches(known, rng):
            x, lengths = batch(part, rng)
            spelt = [[index[c] for c in line.text if c in index] for line in part]
            chances = network(x).log_softmax(-1).transpose(0, 1)
            target = torch.tensor([k for word in spelt for k in word])
            loss = loss_of(chances, target, lengths, torch.tensor([len(word) for word in spelt]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            schedule.step()
        rate = error_rate(network, held, alphabet)
        print(f"round {turn}: CER {rate:.4f}", flush=True)
        if rate < best:
            best = rate
            torch.save(network.state_dict(), folder / "best.pt")


def _batches(lines: list[Sample], rng: random.Random) -> list[list[Sample]]:
    """Lines of like length together, in any order."""
    lines = rng.sample(lines, len(lines))
    found = []
    for start in range(0, len(lines), 20 * BATCH):
        part = sorted(lines[start : start + 20 * BATCH], key=lambda line: len(line.features))
        found += [part[k : k + BATCH] for k in range(0, len(part), BATCH)]
    return rng.sample(found, len(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
