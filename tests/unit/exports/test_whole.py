"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from legenda.errors import OutputError
from legenda.exports.whole import written


def test_a_file_appears_only_when_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "out.txt"
    with pytest.raises(ZeroDivisionError), written(target) as out:
        out.write(b"half")
        raise ZeroDivisionError
    assert list(target.parent.iterdir()) == []
    with written(target) as out:
        out.write(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with written(link) as out:
        out.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    with written(Path("/dev/null")) as out:
        out.write(b"gone")
    assert Path("/dev/null").is_char_device()


def test_what_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), written(tmp_path / "file" / "below.txt"):
        pass
    with pytest.raises(OutputError, match="cannot be written"), written(tmp_path / ("x" * 300)):
        pass


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask
