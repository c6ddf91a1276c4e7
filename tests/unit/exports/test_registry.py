from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from legenda.document import Block, Line, Page, from_box
from legenda.exports import EXPORTERS, Exporter


def test_every_name_leads_to_its_exporter() -> None:
    for name, exporter in EXPORTERS.items():
        assert issubclass(exporter, Exporter)
        assert exporter.format == name
        assert exporter.suffix.startswith(".")


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from legenda.exports import EXPORTERS; [EXPORTERS[name] for name in EXPORTERS];"
        "print({'PIL', 'cv2', 'pikepdf', 'numpy', 'pypdfium2', 'lxml'} & sys.modules.keys() or 'none')"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "none\n"


@pytest.mark.parametrize("name", ["txt", "txt-layout", "md", "json", "hocr"])
def test_control_characters_and_surrogates_never_leave(
    name: str, export: Callable[..., bytes], page: Callable[..., Page]
) -> None:
    box = from_box(0, 0, 100, 20)
    block = Block("text", box, (Line("a\x00b\x1b[31m\ud83d \x0c\ufffe", box, 0.5, engine="\x07"),))
    given = export(name, [page(block)], name="x\x00\ud800.png", metadata={"title": "\x08"})
    text = given.decode()
    assert not any(character in "\x00\x07\x08\x0c\x1b\ufffe" for character in text)
    assert "a\ufffdb\ufffd[31m\ufffd" in text.replace("\\", "")
