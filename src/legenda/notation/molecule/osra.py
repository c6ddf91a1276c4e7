"""OSRA (Filippov & Nicklaus 2009), a program of its own under the GPL, run on a picture in `sandbox.programs`."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from legenda.errors import EngineError, MissingComponentError, TimedOutError
from legenda.notation.base import Raster
from legenda.sandbox import bubblewrap, programs

_CAPS = programs.Caps(seconds=20.0, memory=2 * 2**30, file_bytes=2**24)
_SHARED = ("/usr/share/osra", "/usr/share/openbabel")
_MARGIN = 20  # px of paper around the drawing; OSRA leaves out what touches the edge
_LONGEST = 4 * 2**20  # bytes of its answer that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """One molecule.

    Attributes:
        mol: MOL block (CTfile V2000).
        smiles: as OSRA writes it; empty where only `mol` was asked for.
        estimate: OSRA's own confidence, a number without a unit, larger where it is surer.
        box: left, top, right, bottom on the crop, px.
    """

    mol: str
    smiles: str
    estimate: float
    box: tuple[float, float, float, float]


def installed() -> Path | None:
    """The program, or `None`."""
    found = shutil.which("osra")
    return Path(found).resolve() if found else None


def missing() -> MissingComponentError:
    """That OSRA cannot read."""
    return MissingComponentError(
        "Molecules have no second reader, OSRA",
        "it is not installed, or cannot be confined here (bubblewrap, or seccomp and Landlock)",
        "on Debian: apt-get install --no-install-recommends bubblewrap osra",
    )


def read(crop: Raster, scale: float = 1.0, *, smiles: bool = False) -> list[Found]:
    """The molecules of a picture, in the order OSRA gives them.

    Args:
        crop: uint8, [height, width] grey.
        scale: the picture is enlarged so much before.
        smiles: ask for SMILES as well, which takes as long again.

    Raises:
        MissingComponentError: OSRA is not here, or cannot be confined.
        EngineError: it took too long.
    """
    program = installed()
    if program is None:
        raise missing()
    with tempfile.TemporaryDirectory(prefix="legenda-osra-", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        (folder / "crop.png").write_bytes(_png(crop, scale))
        records = _records(_said(program, folder, "sdf"), scale)
        if smiles:
            lines = _said(program, folder, "smi").splitlines()
            texts = [line.split()[0] for line in lines if line.strip()]
            records = [Found(x.mol, text, x.estimate, x.box) for x, text in zip(records, texts, strict=False)]
        return records


def _png(crop: Raster, scale: float) -> bytes:
    import cv2

    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=how) if scale != 1 else crop
    framed = cv2.copyMakeBorder(sized, *(_MARGIN,) * 4, cv2.BORDER_CONSTANT, value=255)
    return bytes(cv2.imencode(".png", framed)[1])


def _said(program: Path, folder: Path, format: str) -> str:
    """What it writes; whoever took it over may have put anything there, so only so much text is taken."""
    out = folder / f"found.{format}"
    command = [str(program), "-f", format, "-p", "-c", "-w", str(out), str(folder / "crop.png")]
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    readable = [str(program), *(path for path in _SHARED if Path(path).exists()), *bubblewrap.system()]
    try:
        programs.run(command, folder, readable, _CAPS, environment)
    except programs.UnconfinedError:
        raise missing() from None
    except TimedOutError:
        raise EngineError("The molecule was not read", "OSRA took too long", "crop the picture") from None
    try:
        descriptor = os.open(out, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(_LONGEST).decode("ascii", "replace")


def _records(text: str, scale: float) -> list[Found]:
    found = []
    for record in text.split("$$$$\n"):
        mol, end, fields = record.partition("M  END\n")
        if not end:
            continue
        values = dict(_fields(fields))
        found.append(Found(mol + end, "", _number(values.get("Confidence_estimate", "")), _box(values, scale)))
    return found


def _fields(text: str) -> list[tuple[str, str]]:
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.startswith(">  <") and n + 1 < len(lines)]
    return [(lines[n][4:].rstrip(">"), lines[n + 1]) for n in heads]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _box(values: dict[str, str], scale: float) -> tuple[float, float, float, float]:
    sides = [_number(side) for corner in values.get("Surrounding_box", "").split("-") for side in corner.split("x")]
    left, top, right, bottom = ((side - _MARGIN) / scale for side in (sides if len(sides) == 4 else [0.0] * 4))
    return left, top, right, bottom
