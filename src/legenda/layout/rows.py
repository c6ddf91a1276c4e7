"""Visual rows: lines that stand beside each other."""

from __future__ import annotations

import numpy as np

from legenda.layout.frame import Frame, Ints

# Two boxes stand on one row when their centres differ by less than this share of the smaller height.
SAME_ROW = 0.55


def rows(frame: Frame, members: Ints) -> list[list[int]]:
    """Group lines into rows, top to bottom, each from the side where reading starts.

    A line joins the row of the nearest line already there, so rows may follow a slight curve or a rest of tilt.
    """
    found: list[list[int]] = []
    middle, height, left, right = frame.middle, frame.height, frame.left, frame.right
    for i in members[np.argsort(middle[members], kind="stable")].tolist():
        for row in reversed(found[-4:]):
            near = min(row, key=lambda j: max(left[j] - right[i], left[i] - right[j]))
            apart = max(left[near] - right[i], left[i] - right[near])
            level = abs(middle[i] - middle[near]) < SAME_ROW * min(height[i], height[near])
            if level and apart > -0.5 * frame.unit:
                row.append(i)
                break
        else:
            found.append([i])
    for row in found:
        row.sort(key=lambda j: (left[j], j))
    found.sort(key=lambda row: (float(np.mean(middle[row])), row[0]))
    return found
