"""Second step: train the last stage of the convolutions and the head together, on distorted pictures of the lines.

    python -m training.handwriting.tune DATA FOLDER MINUTES

FOLDER is where `training.handwriting.head` kept its weights. The learning rates fall to nothing by the end of the
minutes; a run that was stopped goes on where it was.

The published weights took 770 steps, fewer than there are lines for: 43 minutes of a quarter of a core. CER of 308
lines held out, without the search for likely letters, after 200, 380, 550 and 760 steps: .199, .178, .168, .164; of
all 923 at the end .161 (.184 before). Loss and error still fell.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from training.handwriting.distort import Grey, canvas, distorted
from training.handwriting.learning import Loss, batches, error_rates
from training.handwriting.lines import Data, lines, parted
from training.handwriting.network import LastStage, Network, entry_model

from legenda.engines.ppocr.handwriting import STEP
from legenda.runtime.session import open_session

BATCH = 16
HEAD_RATE, STAGE_RATE, WARM = 6e-4, 3e-4, 60  # learning rates, and the steps they rise in
PLAIN = 0.1  # share of lines learnt from as they are
SAVED = 240  # seconds between copies of the state
LOOKED = 600  # and between looks at a third of what is held out


class Reader(nn.Module):
    """Strips to logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stage, self.head = LastStage(), Network(classes)
        self._entry = open_session(entry_model(), kept=1000)

    def forward(self, strips: Sequence[Grey]) -> tuple[Tensor, list[int]]:
        """Logits [lines, steps, classes], and how many steps are each line's."""
        steps = [max(1, strip.shape[1] // STEP) for strip in strips]
        x = torch.from_numpy(self._entry(canvas(strips)).copy()).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            seen = self.stage(x)
        return self.head(seen.float()[:, :, : max(steps)]), steps


class Run:
    """A training run, which may be stopped and taken up again."""

    def __init__(self, data: Data, folder: Path, seconds: float) -> None:
        torch.manual_seed(0)
        self.data, self.folder, self.seconds = data, folder, seconds
        self.reader = Reader(len(data.alphabet) + 1)
        self.reader.head.load_state_dict(torch.load(folder / "head.pt", weights_only=True))
        groups = [{"params": self.reader.stage.parameters()}, {"params": self.reader.head.parameters()}]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.02)
        self.spent, self.count, self.total = 0.0, 0, 0.0
        if (folder / "state.pt").exists():
            self._take_up(torch.load(folder / "state.pt", weights_only=True))

    def _take_up(self, state: dict[str, Any]) -> None:
        self.reader.load_state_dict(state["reader"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.spent, self.count = state["spent"], state["count"]

    def keep(self) -> None:
        """Write all that is needed to go on."""
        state = {"reader": self.reader.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save(state | {"spent": self.spent, "count": self.count}, self.folder / "state.new")
        (self.folder / "state.new").replace(self.folder / "state.pt")

    def learn(self, part: Sequence[int], rng: random.Random) -> float:
        """One step."""
        lines = [self.data.known[k] for k in part]
        left = max(0.0, 1 - self.spent / self.seconds) * min(1.0, (self.count + 1) / WARM)
        for group, rate in zip(self.optimiser.param_groups, (STAGE_RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * left
        strips = [line.strip.pixels if rng.random() < PLAIN else distorted(line.pixels, rng) for line in lines]
        logits, steps = self.reader(strips)
        loss = self.loss_of(logits, steps, [line.text for line in lines])
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.reader.parameters(), 2.0)
        self.optimiser.step()
        self.count += 1
        return float(loss.item())

    def look(self, every: int) -> dict[str, Any]:
        """Error rates of what was held out, of each n-th line."""
        held = self.data.held[::every]
        self.reader.eval()
        found = error_rates(lambda part: self.reader([held[k].strip.pixels for k in part]), held, self.data.alphabet)
        self.reader.train()
        return found

    def go(self) -> None:
        """Learn until the time is over."""
        self.loss_of, rng = Loss(self.data.alphabet), random.Random(self.count)
        widths = [line.width for line in self.data.known]
        saved = looked = self.spent
        print(f"begin at {self.count}", flush=True)
        while self.spent < self.seconds:
            for part in batches(widths, BATCH, rng):
                begun = time.monotonic()
                loss = self.learn(part, rng)
                self.spent += time.monotonic() - begun
                self.total = 0.99 * self.total + 0.01 * loss if self.total else loss
                if self.spent - saved > SAVED:
                    saved = self.spent
                    self.keep()
                    print(f"{self.count} steps, {self.spent:.0f} s, loss {self.total:.3f}", flush=True)
                if self.spent - looked > LOOKED:
                    looked = self.spent
                    print(f"{self.count} steps, {self.spent:.0f} s, CER {self.look(3)}", flush=True)
                if self.spent >= self.seconds:
                    break
        self.keep()
        print(f"end: CER {self.look(1)}", flush=True)


def main(data: Path, folder: Path, minutes: float) -> None:
    """Read the lines, go."""
    torch.set_num_threads(1)
    Run(parted(list(lines(data))), folder, 60 * minutes).go()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
