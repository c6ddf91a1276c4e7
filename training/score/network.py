"""The network that reads a staff: convolutions over four scales, a symbol and its traits told for each cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from legenda.notation.score import symbols

TRAITS = sum(len(names) for names in symbols.TRAITS.values())


def _down(before: int, after: int, stride: int = 2, size: int = 3) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, size, stride, size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.norm(self.convolution(x)))


def _blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(_Block(channels) for _ in range(count)))


class Network(nn.Module):
    """[batch, 1, HEIGHT, width] of ink (0 to 1), the width divisible by 16, to scores for each cell.

    Answers [batch, classes, ROWS, width / CELL] and [batch, traits, ROWS, width / CELL].
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(_down(1, 24, size=5), _down(24, 48), _blocks(48, 2))
        self.second = nn.Sequential(_down(48, 96), _blocks(96, 3))
        self.third = nn.Sequential(_down(96, 128), _blocks(128, 4))
        self.up = nn.Conv2d(128, 96, 1)
        self.mixed = _blocks(96, 1)
        self.over = nn.Conv2d(96, 64, 1)
        self.beside = nn.Conv2d(48, 64, 1)
        self.last = _blocks(64, 1)
        self.classes = nn.Conv2d(64, len(symbols.CLASSES), 1)
        self.traits = nn.Conv2d(64, TRAITS, 1)
        with torch.no_grad():
            self.classes.bias[0] = 6.0  # most cells are empty

    def forward(self, ink: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of classes and of traits."""
        fine = self.first(ink)
        middle = self.second(fine)
        coarse = self.third(middle)
        grown = nn.functional.interpolate(self.up(coarse), scale_factor=2.0, mode="nearest")
        mixed = self.mixed(grown[:, :, : middle.shape[2]] + middle)
        grown = nn.functional.interpolate(self.over(mixed), scale_factor=2.0, mode="nearest")
        seen = self.last(torch.relu(grown + self.beside(fine)))
        return self.classes(seen), self.traits(seen)
