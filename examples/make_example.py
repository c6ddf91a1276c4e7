"""Draw `src/legenda/data/example.png`, the page that `make read` reads when it is given no file.

Run `python examples/make_example.py [folder of the DejaVu fonts]`. The letter and everyone in it are made up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "legenda" / "data" / "example.png"
FONTS = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype/dejavu")
WIDTH, HEIGHT, LEFT, RIGHT = 1240, 1754, 130, 1110  # A4 at 150 dpi
GREYS = 16  # enough for smooth letters; a quarter of the bytes of 256
INK = 24

LETTER = [
    "Dear Ms Lindqvist,",
    "",
    "thank you for your order of 3 March. The lamps left our workshop this",
    "morning, packed in two boxes, and should reach Malmö by Thursday. The",
    "smaller glass shade you asked about (no. 14-B) is out of stock until May;",
    "we have kept one aside in your name and will send it free of charge.",
    "",
    "Please pay the sum below within 30 days. If you pay before the end of the",
    "month you may deduct 2 % for prompt payment.",
]
ITEMS = [
    ("Item", "Description", "Qty", "Price", "Amount"),
    ("1001", "Desk lamp “Polaris”, brass", "4", "129.00", "516.00"),
    ("1007", "Wall lamp, frosted glass", "2", "89.50", "179.00"),
    ("2210", "LED bulb E27, 7 W, warm white", "12", "4.25", "51.00"),
    ("9000", "Freight and packing", "1", "38.00", "38.00"),
]
TOTALS = [("Subtotal", "784.00"), ("VAT 25 %", "196.00"), ("Total EUR", "980.00")]
COLUMNS = [(LEFT, "ls"), (LEFT + 110, "ls"), (LEFT + 640, "rs"), (LEFT + 790, "rs"), (RIGHT, "rs")]


def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A DejaVu font, its size in pixels."""
    return ImageFont.truetype(str(FONTS / f"DejaVu{name}.ttf"), size)


def draw_head(page: ImageDraw.ImageDraw) -> None:
    """The sender, the recipient and the date."""
    page.text((LEFT, 150), "NORDLICHT & SØNNER", INK, font("Sans-Bold", 40), anchor="ls")
    page.text((LEFT, 190), "Lamps since 1921 · Hafenstraße 12 · 24103 Kiel", INK, font("Sans", 20), anchor="ls")
    page.line((LEFT, 214, RIGHT, 214), fill=INK, width=3)
    for i, text in enumerate(("Karin Lindqvist", "Östergatan 9 A", "211 25 Malmö", "Sweden")):
        page.text((LEFT, 300 + 34 * i), text, INK, font("Serif", 25), anchor="ls")
    for i, text in enumerate(("Invoice no. 2026-0417", "17 March 2026", "Customer 50318")):
        page.text((RIGHT, 300 + 34 * i), text, INK, font("Serif", 25), anchor="rs")


def draw_letter(page: ImageDraw.ImageDraw) -> None:
    """The letter's text."""
    page.text((LEFT, 500), "Your order of four desk lamps", INK, font("Serif-Bold", 29), anchor="ls")
    for i, text in enumerate(LETTER):
        page.text((LEFT, 566 + 38 * i), text, INK, font("Serif", 25), anchor="ls")


def draw_items(page: ImageDraw.ImageDraw) -> None:
    """The table of items and the totals."""
    top = 990
    for i, row in enumerate(ITEMS):
        face = font("Sans-Bold" if i == 0 else "Sans", 22)
        for (x, anchor), cell in zip(COLUMNS, row, strict=True):
            page.text((x, top + 44 * i), cell, INK, face, anchor=anchor)
    page.line((LEFT, top + 14, RIGHT, top + 14), fill=INK, width=2)
    page.line((LEFT, top + 44 * 4 + 18, RIGHT, top + 44 * 4 + 18), fill=INK, width=2)
    for i, (label, amount) in enumerate(TOTALS):
        face = font("Sans-Bold" if i == 2 else "Sans", 22)
        page.text((COLUMNS[3][0], 1220 + 40 * i), label, INK, face, anchor="rs")
        page.text((RIGHT, 1220 + 40 * i), amount, INK, face, anchor="rs")


def draw_foot(page: ImageDraw.ImageDraw) -> None:
    """The close and the bank."""
    page.text((LEFT, 1400), "With kind regards", INK, font("Serif", 25), anchor="ls")
    page.text((LEFT, 1470), "Jens Nordlicht", INK, font("Serif", 29), anchor="ls")
    page.line((LEFT, 1610, RIGHT, 1610), fill=INK, width=1)
    page.text((LEFT, 1642), "IBAN DE02 1203 0000 0000 2020 51", INK, font("SansMono", 19), anchor="ls")
    page.text((RIGHT, 1642), "Page 1 of 1", INK, font("Sans", 19), anchor="rs")


def main() -> None:
    """Draw the page and write it as a small PNG."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    page = ImageDraw.Draw(image)
    for draw in (draw_head, draw_letter, draw_items, draw_foot):
        draw(page)
    greys = image.point(lambda v: round(v / 255 * (GREYS - 1)))
    small = Image.frombytes("P", greys.size, greys.tobytes())
    small.putpalette([v for i in range(GREYS) for v in [i * 255 // (GREYS - 1)] * 3])
    small.save(TARGET, optimize=True, bits=4, dpi=(150, 150))


if __name__ == "__main__":
    main()
