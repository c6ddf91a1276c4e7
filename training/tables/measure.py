"""How many drawn tables are read right, by style.

python -m training.tables.measure [COUNT]
"""

from __future__ import annotations

import sys
from collections import defaultdict

import numpy as np
from training.tables.drawn import Drawn, drawn

from legenda.document import Block, from_box
from legenda.exports.table_html import html
from legenda.exports.tables import table
from legenda.layout.tables import table_of

FIRST = 5000  # the ones before were looked at


def right(given: Drawn) -> tuple[bool, float]:
    """Whether rows, columns, spans and texts are all right, and how sure the reading is of it."""
    raster = np.asarray(given.picture)
    found = table_of(raster, (0, 0, raster.shape[1], raster.shape[0]), given.lines)
    if found is None:
        return False, 0.0
    shown = html(table(Block("table", from_box(0, 0, 1, 1), found[1], table=found[0])))
    plain = shown.replace("<thead>", "").replace("</thead>", "").replace("<tbody>", "").replace("</tbody>", "")
    return plain.replace("\n", "").replace("th>", "td>").replace("<th", "<td") == given.html(), found[0].confidence


def main() -> None:
    """Print shares by style and by confidence."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    styles: dict[str, list[bool]] = defaultdict(list)
    sure: dict[float, list[bool]] = defaultdict(list)
    for seed in range(FIRST, FIRST + count):
        given = drawn(seed)
        good, confidence = right(given)
        styles[given.style].append(good)
        sure[round(confidence, 1)].append(good)
    for name, found in (*sorted(styles.items()), *sorted(sure.items())):
        print(f"{name!s:10} {sum(found):4d} of {len(found):4d}  {sum(found) / len(found):.2f}")


if __name__ == "__main__":
    main()
