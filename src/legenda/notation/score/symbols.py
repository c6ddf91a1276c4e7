"""What the network tells of a staff: a grid of cells half a staff space wide and high, a symbol or nothing in each.

A strip of `HEIGHT` pixels, `SPACE` pixels a staff space, is seen as `ROWS` rows of cells; the middle line runs through
the middle of row `MIDDLE`, so that a row is a position of the staff. Positions count half spaces from the bottom line,
which is 0; the top line is 8.
"""

from __future__ import annotations

SPACE = 8
CELL = 4
ROWS = 44
HEIGHT = ROWS * CELL
MIDDLE = 22

NOTES = ("00", "0", "1", "2", "4", "8", "16", "32", "64")
"""Written durations as `**kern` names them: 4 is a crotchet, 0 a breve, 00 a longa."""
GRACES = ("8", "16")
RESTS = ("00", "0", "1", "2", "4", "8", "16", "32", "64")
CLEFS = ("G", "Gv", "F", "C")
KEYS = ("#", "-", "n")
BEATS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "12")
UNITS = ("1", "2", "4", "8", "16")
TIMES = ("c", "c|")
BARS = ("=", "=||", "==", "=!|:", "=:|!", "=:|!|:")

CLASSES: tuple[str, ...] = (
    "",
    *(f"note {x}" for x in NOTES),
    *(f"grace {x}" for x in GRACES),
    *(f"rest {x}" for x in RESTS),
    *(f"clef {x}" for x in CLEFS),
    *(f"key {x}" for x in KEYS),
    *(f"beats {x}" for x in BEATS),
    *(f"unit {x}" for x in UNITS),
    *(f"time {x}" for x in TIMES),
    *(f"bar {x}" for x in BARS),
)
"""What may be in a cell; the first is nothing."""

TRAITS: dict[str, tuple[str, ...]] = {
    "dots": ("", ".", ".."),
    "stem": ("", "up", "down", "both"),
    "begins": ("", "["),
    "ends": ("", "]"),
    "sign": ("", "#", "-", "n", "##", "--"),
    "tuplet": ("", "3", "5", "7"),
}
"""What a note or rest has besides; `begins` and `ends` are ties, `sign` the accidental drawn before it; 3 stands for
all tuplets of three for two (also of six for four), 7 for all others."""


def position(row: int) -> int:
    """The position of the staff a row of cells lies on."""
    return 4 + MIDDLE - row


def row(position: int) -> int:
    """The row of cells a position of the staff lies in."""
    return 4 + MIDDLE - position
