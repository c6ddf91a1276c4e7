"""Pages do not pile up: a process that exports hundreds takes no more memory than for a few."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CODE = """
import sys, tempfile
from pathlib import Path
from legenda.document import Block, Line, Page, Word, compose, from_box
from legenda.exports import EXPORTERS, Origin

def block(kind, top, texts):
    lines = []
    for row, text in enumerate(texts):
        box = from_box(60 + 200 * (row % 4), top + 20 * (row // 4), 240 + 200 * (row % 4), top + 18 + 20 * (row // 4))
        lines.append(Line(text, box, 0.9, tuple(Word(word, box, 0.9) for word in text.split())))
    return Block(kind, from_box(60, top, 900, top + 400), tuple(lines))

exporter = EXPORTERS[sys.argv[1]](tempfile.TemporaryFile(), Origin("a"))
for number in range(1, int(sys.argv[2]) + 1):
    texts = [f"page {number} line {row} of much text" for row in range(80)]
    numbers = [f"{number}.{row}" for row in range(80)]
    blocks = [block("text", 0, texts), block("table", 500, numbers)]
    exporter.add(compose(Page(number, 1000, 1400, "pixel"), blocks))
exporter.close()
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("name", ["docx", "xlsx", "pptx", "html", "alto", "csv"])
def test_memory_does_not_grow_with_the_pages(name: str) -> None:
    def peak(pages: int) -> int:
        command = [sys.executable, "-c", _CODE, name, str(pages)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    # the pages themselves hold more text than that
    assert peak(400) < peak(20) + 4_000
