from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from node import Node
from work import bench, notes

__all__ = ["bench", "node", "notes"]


@pytest.fixture
def node(notes: Path, tmp_path: Path) -> Iterator[Node]:
    """A dispatcher at work, with two workers."""
    made = Node(tmp_path / "data", page_seconds=20.0)
    made.dispatcher.start()
    yield made
    made.close()
