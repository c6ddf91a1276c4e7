"""Tables whose cells run over several lines: read cell by cell within a row of the table."""

from __future__ import annotations

import numpy as np

from legenda.layout.frame import Floats, Frame, Ints, quantile
from legenda.layout.rows import rows

# Rows of a table stand further apart than the lines of a cell by this factor; tuned with benchmarks/reading_order.py.
_LOOSER = 1.17
# Steps beyond this many of the smallest are gaps in the page, not between rows.
_GAP = 3.0


def reading(frame: Frame, members: Ints) -> list[list[int]]:
    """Rows of lines in reading order; the lines of a cell that runs over several follow each other."""
    found = rows(frame, members)
    if len(found) < 4 or sum(len(row) > 1 for row in found) < 2:
        return found
    groups = _groups(frame, found)
    if not _wrapped(frame, groups):
        return found
    return [row for group in groups for row in (_by_cell(frame, group) if len(group) > 1 else group)]


def _groups(frame: Frame, found: list[list[int]]) -> list[list[list[int]]]:
    """Rows parted where the step to the next is one of the looser kind; one group when there is one kind only."""
    middles = np.array([quantile(frame.middle[row], 0.5) for row in found])
    steps = np.maximum(np.diff(middles), 1e-3 * frame.unit)
    limit = _step_limit(np.log(np.minimum(steps, _GAP * quantile(steps, 0.1))))
    groups = [[found[0]]]
    for row, step in zip(found[1:], steps, strict=True):
        if np.log(step) > limit:
            groups.append([])
        groups[-1].append(row)
    return groups


def _step_limit(steps: Floats) -> float:
    """Threshold between two kinds of steps (Otsu 1979), infinite when there are not two."""
    ordered = np.sort(steps)
    n = len(ordered)
    k = np.arange(1, n)
    total = np.cumsum(ordered)
    low, high = total[:-1] / k, (total[-1] - total[:-1]) / (n - k)
    best = int(np.argmax(k * (n - k) * (high - low) ** 2))
    if high[best] - low[best] < np.log(_LOOSER):
        return np.inf
    return float(ordered[best] + ordered[best + 1]) / 2


def _wrapped(frame: Frame, groups: list[list[list[int]]]) -> bool:
    """Whether rows after the first of their group look like continuations: fewer cells, hardly a bare number."""
    several = [group for group in groups if len(group) > 1]
    if len(groups) < 2 or not several or max(len(group) for group in several) > 12:
        return False
    full_first = np.mean([len(group[0]) >= max(len(row) for row in group) for group in several])
    fewer_last = np.mean([len(group[-1]) < len(group[0]) for group in several])
    later = np.array([i for group in several for row in group[1:] for i in row])
    numbers = np.mean(frame.digits[later] > 0.5 * frame.chars[later])
    return bool(full_first >= 0.8 and fewer_last >= 0.55 and numbers < 0.5)


def _by_cell(frame: Frame, group: list[list[int]]) -> list[list[int]]:
    """The lines of a table row, column by column; columns part where no line stands across."""
    lines = sorted((i for row in group for i in row), key=lambda i: (frame.left[i], i))
    columns: list[list[int]] = []
    reach = -np.inf
    for i in lines:
        if frame.left[i] > reach - 0.2 * frame.unit:
            columns.append([])
        columns[-1].append(i)
        reach = max(reach, frame.right[i])
    return [row for column in columns for row in rows(frame, np.array(column))]
