"""A hundred pictures without any text, the same every time: paper, noise, textures, landscapes, shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Grey = NDArray[np.float64]
SIZES = ((1240, 1754), (1754, 1240), (800, 600), (1600, 1200), (620, 877))


def pictures(count: int = 100, seed: int = 20) -> Iterator[tuple[str, Image.Image]]:
    """Name and picture; kinds take turns, every picture has its own chance and size."""
    for k in range(count):
        kind, draw = list(KINDS.items())[k % len(KINDS)]
        chance = np.random.default_rng((seed, k))
        size = SIZES[k // len(KINDS) % len(SIZES)]
        yield f"{kind}-{k:03d}", draw(size, chance)


def _grey(values: Grey) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _blank(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    return Image.new("RGB", size, tuple(int(v) for v in chance.integers(0, 256, 3)))


def _paper(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    fibres = fractal(size, chance, 1.2) * 14
    specks = chance.random((size[1], size[0])) < 2e-5
    return _grey(238 + fibres - 120 * specks)


def _scanner(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """An empty glass: noise, a shadow at the edge, dust, a streak."""
    sheet = 245 + chance.normal(0, 5, (size[1], size[0]))
    sheet[:, : size[0] // 40] -= np.linspace(120, 0, size[0] // 40)
    sheet[:, int(chance.integers(size[0]))] -= 60
    page = _grey(sheet)
    pen = ImageDraw.Draw(page)
    for _ in range(40):
        x, y, r = *chance.integers(0, size, 2), chance.uniform(0.5, 3)
        pen.ellipse((x - r, y - r, x + r, y + r), 90)
    return page


def _gradient(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    y, x = np.mgrid[: size[1], : size[0]]
    turn = chance.uniform(0, np.pi)
    return _grey(128 + 120 * np.sin(np.cos(turn) * x / size[0] * 5 + np.sin(turn) * y / size[1] * 5))


def _texture(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """Weave or brickwork."""
    y, x = np.mgrid[: size[1], : size[0]]
    period = chance.uniform(6, 40)
    return _grey(150 + 50 * np.sign(np.sin(x / period) * np.sin(y / period)) + chance.normal(0, 12, x.shape))


def _salt(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    return _grey(np.where(chance.random((size[1], size[0])) < chance.uniform(0.01, 0.3), 0.0, 255.0))


def _landscape(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """Sky over hills, blurred like a photo out of focus."""
    sky, ground = (fractal(size, chance, power) for power in (2.2, 1.6))
    y, x = np.mgrid[: size[1], : size[0]]
    hills = size[1] * (0.5 + 0.1 * np.sin(x / size[0] * chance.uniform(3, 9)) + 0.06 * sky)
    shade = np.where(y < hills, 190 + 40 * sky, 90 + 45 * ground)
    colours = [_grey(shade * chance.uniform(0.7, 1.1)) for _ in range(3)]
    return Image.merge("RGB", colours).filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 3)))


def _cloud(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    return _grey(128 + 70 * fractal(size, chance, chance.uniform(0.6, 2.5)))


def _shapes(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    for _ in range(int(chance.integers(5, 60))):
        (x0, x1), (y0, y1) = (sorted(chance.integers(0, side, 2).tolist()) for side in size)
        colour = tuple(chance.integers(0, 230, 3).tolist())
        draw = (pen.rectangle, pen.ellipse, pen.line)[int(chance.integers(3))]
        draw((x0, y0, x1 + 1, y1 + 1), fill=colour, width=int(chance.integers(1, 6)))
    return page


def _halftone(size: tuple[int, int], chance: np.random.Generator) -> Image.Image:
    """A photo as newspapers print it: dots whose size follows the brightness."""
    y, x = np.mgrid[: size[1], : size[0]]
    pitch, turn = chance.uniform(4, 12), chance.uniform(0, np.pi / 2)
    u, v = (np.cos(turn) * x + np.sin(turn) * y) / pitch, (np.cos(turn) * y - np.sin(turn) * x) / pitch
    screen = np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)
    return _grey(np.where(screen > fractal(size, chance, 2.0), 0.0, 255.0))


def fractal(size: tuple[int, int], chance: np.random.Generator, power: float) -> Grey:
    """Noise with a spectrum that falls by `power`, as in natural pictures (about 2); mean 0, deviation 1."""
    width, height = size
    radius = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width) * width)
    radius[0, 0] = 1
    waves = np.fft.rfft2(chance.normal(0, 1, (height, width))) / radius ** (power / 2)
    waves[0, 0] = 0
    field: Grey = np.fft.irfft2(waves, (height, width))
    field /= field.std()
    return field


KINDS: dict[str, Callable[[tuple[int, int], np.random.Generator], Image.Image]] = {
    "blank": _blank,
    "paper": _paper,
    "scanner": _scanner,
    "gradient": _gradient,
    "texture": _texture,
    "salt": _salt,
    "landscape": _landscape,
    "cloud": _cloud,
    "shapes": _shapes,
    "halftone": _halftone,
}
