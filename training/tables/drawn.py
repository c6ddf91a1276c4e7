"""Tables drawn with known words, rows, columns and spans: what `legenda.layout.tables` was tuned with.

python -m training.tables.drawn FOLDER     some of them as pictures, to look at
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legenda.document import Line, Word, from_box

FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "DejaVuSansCondensed.ttf")
TEXT = (
    "total net gross income of the share by region method control dose patients median age group weight unit price "
    "amount balance assets paid due north south rate index mean error annual change first second third quarter model "
    "speed output input size average"
).split()


@dataclass
class Drawn:
    """A drawn table.

    Attributes:
        picture: RGB.
        lines: as an engine would see them: words with gaps up to 1.2 heights are one line.
        cells: row, column, rows, columns, text.
        rows: how many.
        columns: how many.
        style: how it was drawn.
    """

    picture: Image.Image
    lines: list[Line]
    cells: list[tuple[int, int, int, int, str]]
    rows: int
    columns: int
    style: str
    words: list[tuple[str, tuple[float, float, float, float]]] = field(default_factory=list)

    def html(self) -> str:
        """The truth, as HTML."""
        rows: list[str] = [""] * self.rows
        for row, _, down, across, text in sorted(self.cells):
            spans = f' rowspan="{down}"' * (down > 1) + f' colspan="{across}"' * (across > 1)
            rows[row] += f"<td{spans}>{text}</td>"
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def drawn(seed: int) -> Drawn:
    """A table; the same one for the same seed."""
    rng = random.Random(seed)
    size = rng.choice((12, 15, 18, 22, 28))
    font = ImageFont.truetype(rng.choice(FONTS), size)
    bold = ImageFont.truetype("DejaVuSans-Bold.ttf", size)
    style = rng.choice(("ruled", "booktabs", "across", "down", "none", "zebra", "ruled", "booktabs"))
    columns, body = rng.randint(2, 9), rng.randint(2, 24)
    cells, rows = _contents(rng, columns, body, style)
    return _set(rng, cells, (rows, columns), style, (font, bold, size))


def _contents(rng: random.Random, columns: int, body: int, style: str) -> tuple[list[tuple], int]:
    """Row, column, rows, columns, text with line feeds, bold."""
    cells: list[tuple] = []
    two = columns >= 4 and rng.random() < 0.35
    top = 2 if two else 1
    if two:
        cells.append((0, 0, 2, 1, _words(rng, 1, 2), True))
        at = 1
        while at < columns:
            n = min(rng.randint(2, 3), columns - at)
            if n < 2 or rng.random() < 0.2:
                cells.append((0, at, 2, 1, _words(rng, 1, 1), True))
                at += 1
                continue
            cells.append((0, at, 1, n, _words(rng, 1, 3), True))
            cells += [(1, at + k, 1, 1, _words(rng, 1, 1), True) for k in range(n)]
            at += n
    else:
        cells += [(0, c, 1, 1, "" if not c and rng.random() < 0.2 else _words(rng, 1, 2, wrap=rng.random() < 0.25), True) for c in range(columns)]
    wrapped, sparse = rng.random() < 0.3, rng.random() < 0.25
    sections = style != "none" and rng.random() < 0.2
    groups = style == "ruled" and columns >= 3 and rng.random() < 0.25
    r, until = top, top
    for k in range(body):
        if sections and k % 5 == 0:
            cells.append((r, 0, 1, columns, _words(rng, 1, 3), True))
            r += 1
        first = 0
        if groups:
            if r >= until:
                n = min(rng.randint(1, 4), body - k) if not sections else 1
                cells.append((r, 0, n, 1, _words(rng, 1, 2), False))
                until = r + n
            first = 1
        for c in range(first, columns):
            if c == first:
                text = _words(rng, 1, 4, wrap=wrapped and rng.random() < 0.5)
            elif sparse and rng.random() < 0.4:
                text = ""
            elif c == columns - 1 and wrapped and rng.random() < 0.3:
                text = _words(rng, 3, 6, wrap=True)
            else:
                text = _number(rng)
            cells.append((r, c, 1, 1, text, False))
        r += 1
    return cells, r


def _words(rng: random.Random, least: int, most: int, wrap: bool = False) -> str:
    words = [rng.choice(TEXT) for _ in range(rng.randint(max(least, 2 if wrap else 1), max(most, 2)))]
    words[0] = words[0].capitalize()
    if wrap and len(words) > 1:
        cut = len(words) // 2
        return " ".join(words[:cut]) + "\n" + " ".join(words[cut:])
    return " ".join(words)


def _number(rng: random.Random) -> str:
    return rng.choice((f"{rng.randint(0, 999)}", f"{rng.random() * 100:.2f}", f"{rng.randint(1, 99)},{rng.randint(100, 999)}", "—", f"{rng.randint(0, 100)}%"))


def _set(rng: random.Random, cells: list[tuple], shape: tuple[int, int], style: str, fonts: tuple) -> Drawn:
    font, bold, size = fonts
    rows, columns = shape
    pad = rng.uniform(0.25, 0.7) * size if style != "none" else rng.uniform(0.15, 0.5) * size
    gap = rng.uniform(0.5, 2.0) * size
    pitch = size * 1.3
    widths, heights = [size * 1.0] * columns, [pitch] * rows
    def measured(text: str, strong: bool) -> float:
        return max((bold if strong else font).getlength(part) for part in text.split("\n")) if text else 0
    for r, c, down, across, text, strong in sorted(cells, key=lambda x: x[3] + x[2]):
        have = sum(widths[c : c + across]) + gap * (across - 1)
        need = measured(text, strong)
        if need > have:
            for k in range(c, c + across):
                widths[k] += (need - have) / across
        lines = text.count("\n") + 1
        if lines * pitch > sum(heights[r : r + down]):
            for k in range(r, r + down):
                heights[k] = max(heights[k], lines * pitch / down)
    margin = size
    xs = [margin]
    for w in widths:
        xs.append(xs[-1] + w + gap)
    ys = [margin]
    for h in heights:
        ys.append(ys[-1] + h + 2 * pad)
    picture = Image.new("RGB", (int(xs[-1] + margin), int(ys[-1] + margin)), "white")
    draw = ImageDraw.Draw(picture)
    head = max((r + d for r, _, d, _, _, s in cells if s and r < 2 and r + d <= 2), default=1)
    shade = rng.choice(((255, 255, 255), (220, 220, 220), (200, 215, 240)))
    draw.rectangle([xs[0], ys[0], xs[-1], ys[head]], fill=shade)
    if style == "zebra":
        for r in range(head, rows, 2):
            draw.rectangle([xs[0], ys[r], xs[-1], ys[r + 1]], fill=(235, 235, 235))
    width = rng.choice((1, 1, 2))
    ink = rng.choice(((0, 0, 0), (90, 90, 90), (150, 150, 150)))
    if style in ("ruled", "down"):
        for r, c, down, across, *_ in cells:
            if style == "ruled":
                draw.rectangle([xs[c], ys[r], xs[c + across], ys[r + down]], outline=ink, width=width)
            else:
                draw.line([xs[c], ys[r], xs[c], ys[r + down]], fill=ink, width=width)
    if style == "across":
        for y in (ys[0], *ys[head:]):
            draw.line([xs[0], y, xs[-1], y], fill=ink, width=width)
    if style in ("booktabs", "down"):
        for y in (ys[0], ys[head], ys[-1]):
            draw.line([xs[0], y, xs[-1], y], fill=ink, width=width)
        for r, c, _, across, _, strong in cells:
            if strong and across > 1 and r == 0:
                draw.line([xs[c] + gap / 2, ys[1], xs[c + across] - gap / 2, ys[1]], fill=ink, width=1)
    flush = [rng.choice("lcr") if c else "l" for c in range(columns)]
    middle = rng.random() < 0.5
    words: list[tuple[str, tuple[float, float, float, float]]] = []
    runs: list[list[tuple[str, tuple[float, float, float, float]]]] = []
    for r, c, down, across, text, strong in cells:
        if not text:
            continue
        parts = text.split("\n")
        used = font if not strong else bold
        top = ys[r] + pad
        if middle or down > 1:
            top = (ys[r] + ys[r + down]) / 2 - len(parts) * pitch / 2
        for k, part in enumerate(parts):
            room = xs[c + across] - xs[c] - gap
            way = "c" if across > 1 else flush[c]
            x = xs[c] + gap / 2 + (room - used.getlength(part)) * {"l": 0, "c": 0.5, "r": 1}[way]
            run = []
            for word in part.split(" "):
                w = used.getlength(word)
                y = top + k * pitch
                draw.text((x, y), word, fill="black", font=used)
                jitter = [rng.gauss(0, 0.03 * size) for _ in range(4)]
                box = (x + jitter[0], y + 0.05 * size + jitter[1], x + w + jitter[2], y + 1.22 * size + jitter[3])
                run.append((word, box))
                x += w + used.getlength(" ")
            runs.append(run)
    lines = _lines(runs, size)
    for run in runs:
        words += run
    return Drawn(picture, lines, [(r, c, d, a, t.replace("\n", " ")) for r, c, d, a, t, _ in cells], rows, columns, style, words)


def _lines(runs: list, size: float) -> list[Line]:
    """Runs nearer than 1.2 heights on one row become one line, as detectors have it."""
    runs = sorted(runs, key=lambda run: (run[0][1][1], run[0][1][0]))
    merged: list[list] = []
    for run in sorted(runs, key=lambda run: run[0][1][0]):
        for other in merged:
            last = other[-1][1]
            if abs(last[1] - run[0][1][1]) < 0.2 * size and 0 <= run[0][1][0] - last[2] < 1.2 * size:
                other += run
                break
        else:
            merged.append(list(run))
    lines = []
    for run in merged:
        words = tuple(Word(text, from_box(*box), 0.95) for text, box in run)
        boxes = np.array([box for _, box in run])
        around = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
        lines.append(Line(" ".join(w.content for w in words), from_box(*map(float, around)), 0.95, words))
    return lines


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(12):
        drawn(seed).picture.save(folder / f"{seed}.png")
