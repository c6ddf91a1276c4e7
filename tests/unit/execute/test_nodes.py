from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from legenda.execute.nodes import Node

_HOLD = """
import sys
from pathlib import Path
from legenda.execute.nodes import Node
print(Node(Path(sys.argv[1])).name, flush=True)
sys.stdin.read()
"""


def test_processes_of_one_folder_have_names_of_their_own(tmp_path: Path) -> None:
    first, second = Node(tmp_path), Node(tmp_path)
    assert first.name != second.name and max(len(first.name), len(second.name)) <= 64
    name = first.name
    first.close()
    first.close()
    again = Node(tmp_path)
    assert again.name == name
    again.close()
    second.close()


def test_other_folders_have_other_names(tmp_path: Path) -> None:
    nodes = [Node(tmp_path / name) for name in ("a", "b") if (tmp_path / name).mkdir() is None]
    assert nodes[0].name != nodes[1].name
    for node in nodes:
        node.close()


def test_who_comes_after_one_that_was_killed_has_its_name(tmp_path: Path) -> None:
    holds = subprocess.Popen(
        [sys.executable, "-c", _HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holds.stdout is not None
    name = holds.stdout.readline().strip()
    other = Node(tmp_path)
    assert other.name != name
    holds.kill()
    holds.communicate()
    heir = Node(tmp_path)
    assert heir.name == name
    heir.close()
    other.close()
